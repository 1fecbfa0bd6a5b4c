import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHub } from '../../../src/hub/runningHub.ts';
import { maxJsonBytes } from '../../../src/hub/receivers/receiver.ts';
import { rawHttp, request } from '../receivers/rawHttp.ts';
import { atEnd, request as traceRequest, temporaryFolder } from './spans.ts';

test('JSON that would hold up everybody is refused with what to do, protobuf of that size is looked at', async (t) => {
  const hub = await startHub({ dataDir: await temporaryFolder(t), version: '1.0.0', otlpHttpPort: 0, otlpGrpcPort: 0, limitBytes: 1e9, idleExitMs: undefined });
  atEnd(t, () => hub.stop('the test is over'));
  const port = Number(new URL(hub.info.otlpHttp).port);
  const { bytes } = traceRequest([{ id: 1 }]);
  const padded = (length: number) => Buffer.concat([bytes, Buffer.alloc(length - bytes.length, ' ')]);
  const send = (type: string, body: Uint8Array) => rawHttp(port, request('POST', '/v1/traces', { 'Content-Type': type }, body));
  const tooLarge = await send('application/json', padded(maxJsonBytes + 1));
  assert.equal(tooLarge.status, 413);
  assert.match((JSON.parse(tooLarge.body.toString()) as { message: string }).message, /^the body is larger than 16777216 bytes; send smaller batches, or protobuf$/);
  assert.equal((await send('application/json', padded(maxJsonBytes))).status, 200);
  assert.equal((await send('application/x-protobuf', padded(maxJsonBytes + 1))).status, 400);
});
