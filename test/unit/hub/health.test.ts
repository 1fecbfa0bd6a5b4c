import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { findHub, readLease } from '../../../src/client/findHub.ts';
import { startHub } from '../../../src/hub/runningHub.ts';
import { latenciesText, requestsText } from '../../../src/client/intakeText.ts';
import { rawHttp, request } from '../receivers/rawHttp.ts';
import { atEnd, request as traceRequest, temporaryFolder } from './spans.ts';

interface Page {
  readonly code: number | undefined;
  readonly type: string | undefined;
  readonly text: string;
}

function ask(port: number, path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Page> {
  return new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ code: response.statusCode, type: response.headers['content-type'], text }));
    }).on('error', reject).end();
  });
}

/** Every line of the text exposition format, or the test fails: `name{labels}` → value. */
function samples(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  assert.ok(text.endsWith('\n'));
  for (const line of text.trimEnd().split('\n')) {
    if (/^# (?:HELP traceline_[a-z_]+ [^\n]+|TYPE traceline_[a-z_]+ (?:counter|gauge|histogram))$/.test(line)) continue;
    const match = /^(traceline_[a-z_]+(?:\{[a-z]+="[A-Za-z0-9.+-]+"\})?) (-?[0-9.e+-]+)$/.exec(line);
    assert.ok(match, line);
    assert.ok(!found.has(match[1]!), `${match[1]} twice`);
    found.set(match[1]!, Number(match[2]));
  }
  return found;
}

test('the health pages: for this machine, without a token, never for a page, and with nothing of a span', async (t) => {
  const dataDir = await temporaryFolder(t);
  const hub = await startHub({ dataDir, version: '1.2.3', otlpHttpPort: 0, otlpGrpcPort: 0, limitBytes: 1e9, idleExitMs: undefined });
  atEnd(t, () => hub.stop('the test is over'));
  const control = Number(new URL(hub.info.control).port);
  const http = Number(new URL(hub.info.otlpHttp).port);
  const { bytes } = traceRequest([{ id: 1, name: 'secret-operation', service: 'secret-service', attributes: [{ key: 'k', value: 'secret-value' }] }]);
  const headers = { 'Content-Type': 'application/json' };
  assert.equal((await rawHttp(http, request('POST', '/v1/traces', headers, bytes))).status, 200);
  assert.equal((await rawHttp(http, request('POST', '/v1/traces', headers, '{'))).status, 400);

  const health = await ask(control, '/healthz');
  assert.deepEqual([health.code, health.type], [200, 'application/json']);
  const { uptimeSeconds, ...rest } = JSON.parse(health.text) as Record<string, unknown>;
  assert.deepEqual(rest, { status: 'ok', troubles: [], version: '1.2.3', pid: process.pid });
  assert.equal(typeof uptimeSeconds, 'number');
  // Clients know a hub by this page.
  assert.equal((await findHub(dataDir))?.pid, process.pid);

  const metrics = await ask(control, '/metrics?x=1');
  assert.deepEqual([metrics.code, metrics.type], [200, 'text/plain; version=0.0.4; charset=utf-8']);
  const found = samples(metrics.text);
  const expected = {
    spans_received_total: 1, spans_stored: 1, spans_rejected_total: 0, spans_dropped_total: 0, clients: 0, requests_kept_total: 1, request_bytes_total: bytes.length,
    'requests_refused_total{reason="invalid"}': 1, 'requests_refused_total{reason="overloaded"}': 0, pending_bytes: 0,
    'decode_seconds_bucket{le="+Inf"}': 1, decode_seconds_count: 1, commit_seconds_count: 1,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(found.get(`traceline_${name}`), value, name);
  const buckets = [...found].filter(([name]) => name.startsWith('traceline_commit_seconds_bucket')).map(([, value]) => value);
  assert.deepEqual(buckets, [...buckets].sort((a, b) => a - b));
  assert.doesNotMatch(metrics.text + health.text, /secret/);

  const token = (await readLease(dataDir))!.token;
  for (const page of ['/healthz', '/metrics']) {
    const strange: Readonly<Record<string, string>>[] = [
      { host: 'evil.example' }, { host: '127.0.0.1.evil.example' }, { origin: 'http://127.0.0.1:3000' }, { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' },
    ];
    for (const each of strange) assert.equal((await ask(control, page, each)).code, 404, JSON.stringify(each));
    assert.equal((await ask(control, page, { host: 'localhost:1', 'sec-fetch-site': 'none' })).code, 200);
    assert.equal((await ask(control, page, {}, 'POST')).code, 404);
    assert.equal((await ask(control, page, {}, 'HEAD')).text, '');
  }
  assert.doesNotMatch(metrics.text + health.text + (await readFile(path.join(dataDir, 'hub.log'), 'utf8')), new RegExp(token));
});

test('figures in words', () => {
  const histogram = { boundsSeconds: [0.001, 0.005], sumSeconds: 1 };
  const none = { overloaded: 0, unavailable: 0, tooLarge: 0, invalid: 0, stranger: 0, failed: 0 };
  const figures = {
    requests: 1234, bytes: 5_600_000, refused: none, pendingBytes: 0, maxPendingBytes: 1, overloaded: false,
    decode: { ...histogram, counts: [95, 5, 0] }, commit: { ...histogram, counts: [0, 0, 1] },
  };
  assert.equal(requestsText(figures), '1,234 kept (5.6 MB), none refused');
  assert.equal(requestsText({ ...figures, refused: { ...none, overloaded: 2, invalid: 1 } }), '1,234 kept (5.6 MB), 3 refused (2 overloaded, 1 invalid)');
  assert.equal(latenciesText(figures), 'decoded within 1 ms, committed in more than 5 ms (95 of 100)');
  assert.equal(latenciesText({ ...figures, commit: { ...histogram, counts: [0, 0, 0] } }), 'none yet');
});
