import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeTraces } from '../../../src/decode/otlpProtobuf.ts';
import { Processes } from '../../../src/hub/processes.ts';
import { skimTraces } from '../../../src/hub/skimTraces.ts';
import { resourceFacts } from '../../../src/hub/spanFacts.ts';
import type { Attribute } from '../../../src/model/attributes.ts';
import { readSite } from '../../../src/model/readSite.ts';
import { captureAttribute, type Span } from '../../../src/model/span.ts';
import { spans } from '../decode/arbitraries.ts';
import { traceRequest } from '../decode/modelToProto.ts';
import { encode } from '../decode/otlpProto.ts';
import { makeSpan } from './spans.ts';

const wantedKeys = [
  'code.file.path', 'code.filepath', 'code.line.number', 'code.lineno', 'code.column.number', 'code.function.name', 'code.function', 'code.namespace', 'code.module.name', 'code.stacktrace',
  'exception.stacktrace', 'exception.message', 'http.route', 'http.request.method', 'http.method', 'rpc.service', 'rpc.method', 'telemetry.sdk.language', 'service.name',
  'service.instance.id', 'process.pid', captureAttribute, 'http.response.status_code', 'code.other', '',
];
const bytesOf = (sent: readonly Span[]) => Buffer.from(encode('ExportTraceServiceRequest', traceRequest(sent)));

/** All that the hub counts a span by. */
function facts(span: Span) {
  const { traceId, spanId, parentSpanId, name, kind, startUnixNano, endUnixNano, status, resource } = span;
  return { traceId, spanId, parentSpanId, name, kind, startUnixNano, endUnixNano, status, site: readSite(span), resource: resourceFacts(resource), process: new Processes().of(span)?.identity };
}

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

test('a skimmed request says of each span what the decoded one says, or is left to the decoder', () => {
  let skimmed = 0;
  fc.assert(fc.property(withWantedKeys, (sent) => {
    const bytes = bytesOf(sent);
    const skim = skimTraces(bytes);
    if (skim === undefined) return;
    skimmed++;
    const decoded = decodeTraces(bytes);
    assert.deepEqual(decoded.rejections, []);
    assert.deepEqual(skim.spans.map(facts), decoded.spans.map(facts));
    assert.equal(skim.sizes.length, skim.spans.length);
    assert.ok(skim.sizes.every((size) => size > 20) && skim.sizes.reduce((a, b) => a + b, 0) <= bytes.length);
  }), { numRuns: 600 });
  assert.ok(skimmed > 100, `${skimmed} of 600`);
});

test('what the decoder refuses, in whole or in part, is never skimmed', () => {
  let refused = 0;
  fc.assert(fc.property(withWantedKeys, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }), fc.option(fc.nat()), (sent, flips, cut) => {
    const bytes = bytesOf(sent);
    if (bytes.length === 0) return;
    for (const [at, value] of flips) bytes[at % bytes.length] = value;
    const broken = cut === null ? bytes : bytes.subarray(0, cut % bytes.length);
    const skim = skimTraces(broken);
    let decoded;
    try {
      decoded = decodeTraces(broken);
    } catch {
      refused++;
      assert.equal(skim, undefined);
      return;
    }
    if (skim === undefined) return;
    assert.deepEqual(decoded.rejections, []);
    assert.deepEqual(skim.spans.map(facts), decoded.spans.map(facts));
  }), { numRuns: 3000 });
  assert.ok(refused > 500, `${refused}`);
});

test('what SDKs write is skimmed: lists, bytes and maps among the attributes, events, links', () => {
  const span = makeSpan({ id: 1, file: '/a.js', attributes: [{ key: 'list', value: ['a', 'b'] }, { key: 'flag', value: true }, { key: 'n', value: 5n }, { key: 'd', value: 0.5 }, { key: 'long', value: 'x'.repeat(500) }] });
  const list: Attribute = { key: 'process.command_args', value: ['node', 'main.js'] };
  const sent: Span = {
    ...span, resource: { ...span.resource, attributes: [...span.resource.attributes, list] },
    events: [{ timeUnixNano: 5n, name: 'exception', attributes: [{ key: 'exception.stacktrace', value: 'Error\n    at f (/a.js:1:1)' }], droppedAttributesCount: 0 }],
    links: [{ traceId: span.traceId, spanId: span.spanId, traceState: '', attributes: [list], droppedAttributesCount: 0, flags: 0 }],
  };
  const skim = skimTraces(bytesOf([sent, { ...sent, spanId: '00000000000000ab' }]));
  assert.deepEqual(skim?.spans.map(facts), [facts(sent), { ...facts(sent), spanId: '00000000000000ab' }]);
  assert.equal(skim?.spans[0]?.traceId, sent.traceId);
});

test('names that hash alike are still told apart, whatever came before', () => {
  const names = Array.from({ length: 20_000 }, (_, n) => `name ${n * 7919} of ${n}`);
  for (const name of [...names, ...names]) assert.equal(skimTraces(bytesOf([{ ...makeSpan({ id: 1 }), name }]))?.spans[0]?.name, name);
});
