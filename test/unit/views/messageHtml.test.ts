import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageHtml } from '../../../src/views/messageHtml.ts';

test('what a file says of itself is text on the page, never markup', () => {
  const html = messageHtml({ text: '<img src=x onerror=alert(1)> & "x"', actions: [{ action: 'text', label: 'Open as <b>Text' }], progress: '<b>', nonce: 'n0nce' });
  assert.ok(html.includes('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;x&quot;'));
  assert.ok(html.includes('data-action="text">Open as &lt;b&gt;Text</button>'));
  assert.doesNotMatch(html, /<img|<b>/);
});

test('its policy lets in the script and the style that carry its nonce, and nothing else', () => {
  const html = messageHtml({ text: '', actions: [], progress: 'Read so far', nonce: 'n0nce' });
  const policy = /content="([^"]*default-src[^"]*)"/.exec(html)?.[1];
  assert.equal(policy, "default-src 'none'; script-src 'nonce-n0nce'; style-src 'nonce-n0nce'; base-uri 'none'; form-action 'none'");
  assert.equal(html.match(/<(?:script|style) nonce="n0nce">/g)?.length, 2);
  assert.doesNotMatch(html, /<script(?! nonce="n0nce">)| style=| on\w+=/);
});
