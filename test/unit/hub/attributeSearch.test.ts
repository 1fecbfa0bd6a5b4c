import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeTraces } from '../../../src/decode/otlpProtobuf.ts';
import { HubCore } from '../../../src/hub/core.ts';
import { MemoryStore } from '../../../src/hub/store/memoryStore.ts';
import type { AttributeValue } from '../../../src/model/attributes.ts';
import { traceRequest } from '../decode/modelToProto.ts';
import { encode } from '../decode/otlpProto.ts';
import { makeSpan, request, traceIdOf } from './spans.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const core = () => new HubCore({ dataDir: '', version: '1.0.0', limitBytes: 1e12, store: new MemoryStore(), readOnly: false, troubles: [], log, onChange: () => {} });

const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }), fc.constantFrom('true', '7', '-1', '0.5', '"quoted"', 'back\\slash', 'ü', ''), fc.boolean(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt(-9n, 9n),
  fc.double(), fc.constantFrom(0.5, -1, 7),
);

test('a trace is found by any attribute that one of its spans has, in either encoding, and by none that it has not', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom('a', 'order.id', 'ü"\\'), value), { minLength: 1, maxLength: 8 }), async (attributes) => {
    const hub = core();
    const shapes = attributes.map(([key, each], n) => ({ id: n + 1, trace: n + 1, attributes: [{ key: 'other', value: 'x' }, { key, value: each }] }));
    for (const [n, shape] of shapes.entries()) {
      if (n % 2 === 0) {
        const bytes = Buffer.from(encode('ExportTraceServiceRequest', traceRequest([makeSpan(shape)])));
        await hub.traces(bytes, 'protobuf', decodeTraces(bytes));
      } else {
        const { bytes, encoding, batch } = request([shape]);
        await hub.traces(bytes, encoding, batch);
      }
    }
    for (const [key, each] of [...attributes, ['a', 'nobody has it'] as const, ['nobody', 'x'] as const]) {
      const found = await hub.handlers().traces({ attribute: { key, value: String(each) } });
      const expected = attributes.flatMap(([own, ofOwn], n) => (own === key && String(ofOwn) === String(each) ? [traceIdOf(n + 1)] : []));
      assert.deepEqual(found.map(({ traceId }) => traceId).sort(), expected.sort(), `${key} = ${String(each)}`);
    }
    await hub.close();
  }), { numRuns: 60 });
});

test('the other wishes of a query hold too, and the limit is of the newest', async () => {
  const hub = core();
  for (let n = 1; n <= 20; n++) {
    const { bytes, encoding, batch } = request([{ id: n, trace: n, name: n % 2 === 0 ? 'even' : 'odd', startMs: n, durationMs: n, attributes: [{ key: 'k', value: 5n }] }]);
    await hub.traces(bytes, encoding, batch);
  }
  const ids = async (query: object) => (await hub.handlers().traces({ attribute: { key: 'k', value: '5' }, ...query })).map(({ traceId }) => Number(traceId.replace(/^0+/, '0x')));
  assert.deepEqual(await ids({ limit: 3 }), [20, 19, 18]);
  assert.deepEqual(await ids({ name: 'odd', minDurationMs: 15 }), [19, 17, 15]);
  assert.deepEqual(await ids({ service: 'nobody' }), []);
  assert.equal((await hub.handlers().traces({ attribute: { key: 'service.name', value: 'shop' }, limit: 1 })).length, 1);
  await hub.close();
});
