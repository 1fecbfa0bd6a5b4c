import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceRequestJson } from '../../../src/decode/otlpJsonWriter.ts';
import { skimTraces } from '../../../src/hub/skim.ts';
import { SpanShapes, shapeOf } from '../../../src/hub/spanShapes.ts';
import type { Span } from '../../../src/model/span.ts';
import { traceRequest } from '../decode/modelToProto.ts';
import { encode } from '../decode/otlpProto.ts';
import { makeSpan } from './spans.ts';

const written = {
  protobuf: (sent: readonly Span[]) => Buffer.from(encode('ExportTraceServiceRequest', traceRequest(sent))),
  json: (sent: readonly Span[]) => Buffer.from(JSON.stringify(traceRequestJson(sent))),
} as const;

for (const encoding of ['protobuf', 'json'] as const) {
  test(`what spans of one place have in common is one object for all requests: ${encoding}`, () => {
    const services = ['orders', 'stock', 'payments'];
    const sent = Array.from({ length: 600 }, (_, n) => makeSpan({ id: n + 1, file: `/app/part${n % 200}.js`, service: services[n % 3] }));
    const shapesOf = (ids: number) => {
      const request = sent.map((span, n) => ({ ...span, spanId: (ids + n).toString(16).padStart(16, '0'), startUnixNano: span.startUnixNano + 5n }));
      return skimTraces(written[encoding](request), encoding)!.spans.map(({ shape }) => shape);
    };
    const [first, second] = [shapesOf(1000), shapesOf(5000)];
    assert.equal(new Set(first).size, 600);
    const same = first.filter((shape, n) => shape === second[n]).length;
    // Three that hash alike have two places.
    assert.ok(same > 560, `${same}`);
    assert.equal(new Set([...first, ...second].map(({ resource }) => resource)).size, 3);
  });
}

test('a table that is full, or a key that is too long, forgets and never mistakes', () => {
  const shapes = new SpanShapes();
  const { resource, scope } = makeSpan({ id: 1 });
  const other = { ...scope };
  const key = (text: string, of = scope) => {
    const bytes = Buffer.from(text);
    shapes.begin(1, resource, of);
    shapes.put(1, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.length);
    return shapes.find();
  };
  const texts = Array.from({ length: 30_000 }, (_, n) => (n % 1000 === 0 ? 'x'.repeat(9000) + n : `${'y'.repeat(n % 300)} ${n}`));
  let kept = 0;
  for (const text of [...texts, ...texts]) {
    const found = key(text);
    if (found === undefined) shapes.add(shapeOf(text, 1, undefined, undefined, resource, scope));
    else assert.equal(found.name, text);
  }
  for (const text of texts.slice(-500)) if (key(text)?.name === text) kept++;
  assert.ok(kept > 400, `${kept}`);
  assert.equal(key(texts.at(-1)!, other), undefined);
});
