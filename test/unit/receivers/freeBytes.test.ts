import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { Intake } from '../../../src/hub/intake.ts';
import { freeBytes } from '../../../src/hub/receivers/freeBytes.ts';
import { startOtlpHttp } from '../../../src/hub/receivers/otlpHttp.ts';
import type { Receiver } from '../../../src/hub/receivers/receiver.ts';
import { RecordingLog } from '../../contract/recordingSink.ts';
import { encode } from '../decode/otlpProto.ts';

const canFree = 'transfer' in ArrayBuffer.prototype;

describe('freeing bytes', () => {
  test('those with a buffer of their own are gone, with the head of a message before them too', { skip: !canFree && 'this Node cannot' }, () => {
    const own = Buffer.alloc(100_000, 1);
    freeBytes(own);
    assert.equal(own.length, 0);
    const framed = Buffer.alloc(100_005, 1).subarray(5);
    freeBytes(framed);
    assert.equal(framed.length, 0);
  });

  test('those that share a buffer stay, as does what is beside them', () => {
    const large = Buffer.alloc(100_000, 1);
    const part = large.subarray(0, 90_000);
    freeBytes(part);
    assert.equal(part.length, 90_000);
    assert.equal(large.length, 100_000);
    // From the pool that small buffers share.
    const [one, other] = [Buffer.from('one'), Buffer.from('other')];
    freeBytes(one);
    assert.equal(one.toString(), 'one');
    assert.equal(other.toString(), 'other');
  });

  test('nothing and twice is no harm', () => {
    freeBytes(new Uint8Array());
    const bytes = Buffer.alloc(50_000);
    freeBytes(bytes);
    freeBytes(bytes);
  });
});

describe('a body of a request', () => {
  const seen: { readonly bytes: Uint8Array; readonly during: string; fails: boolean }[] = [];
  let fails = false;
  let receiver: Receiver;
  const spans = Array.from({ length: 3000 }, (_, n) => ({ traceId: Buffer.alloc(16, 1), spanId: Buffer.from(String(n).padStart(8, '0')), name: `a span with a long name, number ${n}, of several hundred kilobytes` }));
  const body = Buffer.from(encode('ExportTraceServiceRequest', { resourceSpans: [{ scopeSpans: [{ spans }] }] }));

  before(async () => {
    receiver = await startOtlpHttp({
      traces: async (bytes) => {
        await new Promise((resolve) => setImmediate(resolve));
        seen.push({ bytes, during: Buffer.from(bytes).toString('base64'), fails });
        if (fails) throw new Error('on purpose');
      },
      logs: async () => {},
      metrics: () => {},
    }, { port: 0, intake: new Intake(), log: new RecordingLog() });
  });
  after(() => receiver.close());

  const post = () => new Promise<number | undefined>((resolve, reject) => {
    const request = http.request({ port: receiver.port, method: 'POST', path: '/v1/traces', headers: { 'content-type': 'application/x-protobuf', 'content-length': body.length } }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    request.on('error', reject);
    request.end(body);
  });

  test('is whole while it is stored, and its memory is given back when it is answered', async () => {
    assert.ok(body.length > 200_000, 'comes in several pieces');
    assert.equal(await post(), 200);
    fails = true;
    assert.equal(await post(), 500);
    assert.deepEqual(seen.map((each) => each.fails), [false, true]);
    for (const { bytes, during } of seen) {
      assert.ok(during === body.toString('base64'), 'as it was sent');
      assert.equal(bytes.length, canFree ? 0 : body.length);
    }
  });
});
