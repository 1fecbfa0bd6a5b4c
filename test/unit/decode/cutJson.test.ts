import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CutArray, cutJson } from '../../../src/decode/cutJson.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const filler = 'ü'.repeat(20_000);

/** The document with its cut arrays put back, as `JSON.parse` gives it. */
function whole(value: unknown): unknown {
  if (value instanceof CutArray) return [...value.parts()].flat();
  if (Array.isArray(value)) return value.map(whole);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, whole(each)])) : value;
}

function read(text: string): unknown {
  const cut = cutJson(bytesOf(text), ['spans', 'logRecords'], () => undefined);
  return cut === undefined ? undefined : whole(cut.document);
}

describe('a document with its long arrays cut out', () => {
  it('is the document, wherever they are', () => {
    for (const document of [
      { spans: [] },
      { spans: [1, [2, { spans: [3] }], '"],{[\\'], logRecords: [{}] },
      [{ data: [{ spans: [{ name: 'spans' }], processes: { p1: {} } }, { spans: [{ name: '\\"spans":[' }] }] }],
      { resourceSpans: [{ scopeSpans: [{ spans: Array.from({ length: 40 }, (_, n) => ({ n, filler, attributes: [{ key: 'spans', value: ['a', n] }] })), scope: { name: 'late' } }] }] },
    ]) {
      for (const text of [JSON.stringify(document), JSON.stringify(document, undefined, 2), ` \n${JSON.stringify(document)}\r\n\t`]) assert.deepEqual(read(text), document);
    }
    assert.deepEqual(read(`\uFEFF{"spans" : [ ] }`), { spans: [] });
  });

  it('is the document, whatever is in it', () => {
    const names = fc.constantFrom('spans', 'logRecords', 'name', 'scopeSpans', 'spans"', '');
    const { document } = fc.letrec((tie) => ({
      document: fc.oneof({ depthSize: 'small' }, fc.string({ unit: 'grapheme' }), fc.double().map(String), fc.constant(null), tie('list'), fc.dictionary(names, tie('list'))),
      list: fc.array(tie('document'), { maxLength: 6 }),
    }));
    fc.assert(fc.property(document, fc.constantFrom(undefined, 1), (value, indent) => {
      const text = JSON.stringify({ spans: [value], value }, undefined, indent);
      assert.deepEqual(read(text), JSON.parse(text));
    }), { numRuns: 2000 });
  });

  it('is parsed some elements at a time, and says how far it is', () => {
    const text = JSON.stringify({ spans: Array.from({ length: 40 }, (_, n) => ({ n, filler })) });
    const upto: number[] = [];
    const cut = cutJson(bytesOf(text), ['spans'], (byte) => upto.push(byte));
    const [array] = cut?.arrays ?? [];
    assert.equal(array?.isRead, false);
    assert.ok([...array!.parts()].every((part) => part.length < 5));
    assert.equal(array?.isRead, true);
    assert.ok(upto.length > 8 && upto.every((byte, index) => byte > (upto[index - 1] ?? 0)));
    assert.equal(upto.at(-1), bytesOf(text).length - 2);
  });
});

describe('what cannot be cut', () => {
  it('is not: several documents, something else under the name, nothing to cut', () => {
    for (const text of ['{"spans":[]}\n{"spans":[]}', '{"spans":1,"logRecords":[]}', '{"spans":[', '{"spans":[]', '[1,2]', '', '{"spans":[]} x']) assert.equal(read(text), undefined, text);
  });

  it('is refused where it is not JSON', () => {
    const long = `{"filler":"${'x'.repeat(70_000)}"}`;
    for (const spans of [`${long},`, `,${long}`, `${long},,${long}`, `${long} ${long}`, `${long},{]`, `${long},nul`]) {
      assert.throws(() => read(`{"spans":[${spans}]}`), { name: 'Error', message: /^not JSON: / }, spans.slice(-40));
    }
    assert.throws(() => read('{"spans":[],}'), { message: /^not JSON: / });
    assert.throws(() => cutJson(Uint8Array.of(...bytesOf('{"a":"'), 0xff, ...bytesOf('","spans":[]}')), ['spans'], () => undefined), { message: /no UTF-8/ });
  });
});
