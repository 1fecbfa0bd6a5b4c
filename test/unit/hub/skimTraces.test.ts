import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { traceRequestJson } from '../../../src/decode/otlpJsonWriter.ts';
import { decodeTraces } from '../../../src/hub/chunkReader.ts';
import { skimTraces } from '../../../src/hub/skim.ts';
import type { Attribute } from '../../../src/model/attributes.ts';
import { captureAttribute, type Span } from '../../../src/model/span.ts';
import { spans } from '../decode/arbitraries.ts';
import { traceRequest } from '../decode/modelToProto.ts';
import { encode } from '../decode/otlpProto.ts';
import { countedFacts as facts } from './countedFacts.ts';
import { makeSpan } from './spans.ts';

const wantedKeys = [
  'code.file.path', 'code.filepath', 'code.line.number', 'code.lineno', 'code.column.number', 'code.function.name', 'code.function', 'code.namespace', 'code.module.name', 'code.stacktrace',
  'exception.stacktrace', 'exception.message', 'http.route', 'http.request.method', 'http.method', 'rpc.service', 'rpc.method', 'telemetry.sdk.language', 'service.name',
  'service.instance.id', 'process.pid', captureAttribute, 'http.response.status_code', 'code.other', '',
];
const encodings = ['protobuf', 'json'] as const;
const bytesOf = (sent: readonly Span[], encoding: (typeof encodings)[number] = 'protobuf') => (
  encoding === 'json' ? Buffer.from(JSON.stringify(traceRequestJson(sent))) : Buffer.from(encode('ExportTraceServiceRequest', traceRequest(sent)))
);

/** Generated attributes under keys that count, values as they are or such as count. */
const withWantedKeys = fc.tuple(spans, fc.array(fc.tuple(fc.constantFrom(...wantedKeys), fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('7', 'nodejs', 'x'.repeat(300)), fc.bigInt(0n, 99n), fc.double())), { minLength: 1 }))
  .map(([generated, pairs]) => {
    let next = 0;
    const renamed = (attributes: readonly Attribute[]) => attributes.map((attribute) => {
      const [key, value] = pairs[next++ % pairs.length]!;
      return next % 3 === 0 ? attribute : { key, value: next % 5 === 0 ? attribute.value : value };
    });
    const resources = new Map<object, Span['resource']>();
    return generated.map((span): Span => {
      if (!resources.has(span.resource)) resources.set(span.resource, { ...span.resource, attributes: renamed(span.resource.attributes) });
      return { ...span, resource: resources.get(span.resource)!, attributes: renamed(span.attributes), events: span.events.map((event) => ({ ...event, attributes: renamed(event.attributes) })) };
    });
  });

for (const encoding of encodings) {
  test(`a skimmed request says of each span what the decoded one says, or is left to the decoder: ${encoding}`, () => {
    let skimmed = 0;
    fc.assert(fc.property(withWantedKeys, (sent) => {
      const bytes = bytesOf(sent, encoding);
      const skim = skimTraces(bytes, encoding);
      if (skim === undefined) return;
      skimmed++;
      const decoded = decodeTraces(bytes, encoding);
      assert.deepEqual(decoded.rejections, []);
      assert.deepEqual(skim.spans.map(facts), decoded.spans.map(facts));
      assert.equal(skim.sizes.length, skim.spans.length);
      assert.ok(skim.sizes.every((size) => size > 20) && skim.sizes.reduce((a, b) => a + b, 0) <= bytes.length);
    }), { numRuns: 600 });
    assert.ok(skimmed > 100, `${skimmed} of 600`);
  });

  test(`what the decoder refuses, in whole or in part, is never skimmed: ${encoding}`, () => {
    let refused = 0, skimmed = 0;
    const byte = encoding === 'protobuf' ? fc.nat(255) : fc.oneof(fc.nat(255), fc.constantFrom(...[...'{}[]",:\\ \n-+.019eEutfn\u0000'].map((letter) => letter.charCodeAt(0))));
    fc.assert(fc.property(withWantedKeys, fc.array(fc.tuple(fc.nat(), byte), { minLength: 1, maxLength: 2 }), fc.option(fc.nat(), { freq: 2 }), (sent, flips, cut) => {
      const bytes = bytesOf(sent, encoding);
      if (bytes.length === 0) return;
      for (const [at, value] of flips) bytes[at % bytes.length] = value;
      const broken = cut === null ? bytes : bytes.subarray(0, cut % bytes.length);
      const skim = skimTraces(broken, encoding);
      let decoded;
      try {
        decoded = decodeTraces(broken, encoding);
      } catch {
        refused++;
        assert.equal(skim, undefined);
        return;
      }
      if (skim === undefined) return;
      skimmed++;
      assert.deepEqual(decoded.rejections, []);
      assert.deepEqual(skim.spans.map(facts), decoded.spans.map(facts));
    }), { numRuns: 3000 });
    assert.ok(refused > 500 && skimmed > 5, `${refused} refused, ${skimmed} skimmed`);
  });

  test(`what SDKs write is skimmed: lists among the attributes, events, links: ${encoding}`, () => {
    const span = makeSpan({ id: 1, file: '/a.js', attributes: [{ key: 'list', value: ['a', 'b'] }, { key: 'flag', value: true }, { key: 'n', value: 5n }, { key: 'd', value: 0.5 }, { key: 'long', value: 'x'.repeat(500) }] });
    const list: Attribute = { key: 'process.command_args', value: ['node', 'main.js'] };
    const sent: Span = {
      ...span, resource: { ...span.resource, attributes: [...span.resource.attributes, list] },
      events: [{ timeUnixNano: 5n, name: 'exception', attributes: [{ key: 'exception.stacktrace', value: 'Error: "é"\n    at f (/a.js:1:1)' }], droppedAttributesCount: 0 }],
      links: [{ traceId: span.traceId, spanId: span.spanId, traceState: '', attributes: [list], droppedAttributesCount: 0, flags: 0 }],
    };
    const bytes = bytesOf([sent, { ...sent, spanId: '00000000000000ab' }], encoding);
    for (const time of ['first', 'again']) {
      const skim = skimTraces(bytes, encoding);
      assert.deepEqual(skim?.spans.map(facts), [facts(sent), { ...facts(sent), spanId: '00000000000000ab' }], time);
    }
  });
}

test('a resource that is known counts as one that is not: a request of too many items is left to the decoder', () => {
  // ResourceSpans of one Resource with 2048 attributes that say nothing; so short that it is remembered.
  const group = Buffer.from([0x0a, 0x83, 0x20, 0x0a, 0x80, 0x20, ...new Array<readonly number[]>(2048).fill([0x0a, 0x00]).flat()]);
  const requestOf = (groups: number) => Buffer.concat(new Array<Buffer>(groups).fill(group));
  assert.deepEqual(decodeTraces(requestOf(100), 'protobuf').spans, []);
  assert.deepEqual(skimTraces(requestOf(100), 'protobuf')?.spans, []);
  assert.throws(() => decodeTraces(requestOf(2100), 'protobuf'), /more than \d+ items/);
  assert.equal(skimTraces(requestOf(2100), 'protobuf'), undefined);
});

test('JSON in other shapes than SDKs write it is read as the decoder reads it, or left to it', () => {
  const plain = { traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1' };
  const of = (span: string, group = '') => `{"resourceSpans":[{${group}"scopeSpans":[{"spans":[${span}]}]}]}`;
  const span = JSON.stringify(plain).slice(1, -1);
  const key = (json: string) => of(`{${span},"attributes":[${json}]}`);
  const skimmedToo = [
    of(`{${span}}`), ` ${of(`{ ${span} , "kind" : 2 }`)}\n`, of(`{${span},"unknown":{"a":[1,-0.5e+3,null,true,"\\u00e9\\n"]}}`), of(`{${span},"name":"\\"\\ud83d\\ude00\\ud83d"}`), of(`{${span},"startTimeUnixNano":"1790000000123456789"}`),
    key('{"value":{"stringValue":"/b"},"key":"code.file.path"}'), key('{"key":"code.line.number","value":{"intValue":-7}}'), key('{"key":"code.line.number","value":{"intValue":"12"}}'), of(`{${span}}`, '"resource":{"attributes":[]},"extra":[],'),
  ];
  const left = [
    of(`{${span},"name":null}`), of(`{${span},"kind":"SPAN_KIND_SERVER"}`), of(`{${span},"kind":2.0}`), of(`{${span},"traceId":"00000000000000000000000000000002"}`), of(`{${span},"trac\\u0065Id":"00000000000000000000000000000002"}`),
    of(`{${span.replace('1"', 'A"')}}`), of(`{${span},"startTimeUnixNano":1790000000123456789}`), key('{"key":"code\\u002efile.path","value":{"stringValue":"/b"}}'), key('{"key":"code.line.number","value":{"intValue":1e3}}'),
    key('{"key":"code.file.path","value":{"stringValue":"/a","intValue":"1"}}'), key('{"key":"code.file.path","value":{"arrayValue":{"values":[{"stringValue":"/a"}]}}}'), key('{"key":"x","value":{"kvlistValue":{"values":[]}}}'),
    key('{"key":"x","value":{"intValue":"1.5"}}'), key('{"key":"x","value":{"intValue":- 5}}'), key('{"key":"x","value":{"doubleValue":01}}'), key('{"key":"x","value":{"doubleValue":"NaN"}}'), key('{"key":5}'), of(`{${span}},`), `${of(`{${span}}`)}x`,
    of(`{${span},"unknown":${'['.repeat(80)}${']'.repeat(80)}}`), `{"resourceSpans":[{"scopeSpans":[{"spans":[{${span}}]}],"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"late"}}]}}]}`, `\ufeff${of(`{${span}}`)}`, '', '[]', of('{}'),
  ];
  for (const [isSkimmed, texts] of [[true, skimmedToo], [false, left]] as const) {
    for (const text of texts) {
      const bytes = Buffer.from(text);
      const skim = skimTraces(bytes, 'json');
      assert.equal(skim !== undefined, isSkimmed, text);
      if (skim !== undefined) assert.deepEqual(skim.spans.map(facts), decodeTraces(bytes, 'json').spans.map(facts), text);
    }
  }
  assert.equal(skimTraces(Buffer.from([...Buffer.from(of(`{${span},"name":"`)), 0xff, ...Buffer.from('"}')]), 'json'), undefined);
});

test('names that hash alike are still told apart, whatever came before', () => {
  const names = Array.from({ length: 20_000 }, (_, n) => `name ${n * 7919} of ${n}`);
  for (const name of [...names, ...names]) assert.equal(skimTraces(bytesOf([{ ...makeSpan({ id: 1 }), name }]), 'protobuf')?.spans[0]?.name, name);
});
