import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { injectEnvironment } from '../../../src/client/injection.ts';
import { ProgramFolder } from '../probe/program.ts';

describe('a program with NodeSDK and no settings of its own', () => {
  let folder: ProgramFolder;
  before(async () => {
    folder = await ProgramFolder.create();
  });
  after(() => folder.remove());

  it('sends stamped spans of its capture to the hub, and prints what it printed before', async () => {
    const requests: { path: string; type: string; body: string }[] = [];
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part)).on('end', () => {
        requests.push({ path: request.url ?? '', type: request.headers['content-type'] ?? '', body: Buffer.concat(parts).toString('latin1') });
        response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const file = await folder.write(
        'sdk.cjs',
        `const { NodeSDK } = require('@opentelemetry/sdk-node');
const { trace } = require('@opentelemetry/api');
const sdk = new NodeSDK({ instrumentations: [] });
sdk.start();
trace.getTracer('t').startActiveSpan('work', (span) => span.end());
console.log('done');
sdk.shutdown();
`,
      );
      const { variables, spansWillCome } = injectEnvironment({
        environment: { OTEL_SERVICE_NAME: 'shop' },
        otlpHttp: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        otlpGrpc: undefined,
        captureId: 'capture-1',
        probes: { node: folder.probe },
      });
      assert.equal(spansWillCome, true);
      const outcome = await folder.run([file], { env: { OTEL_SERVICE_NAME: 'shop', ...variables } });
      assert.deepEqual(outcome, { code: 0, stdout: 'done\n', stderr: '' });
      const traces = requests.filter((request) => request.path === '/v1/traces');
      assert.equal(traces.length, 1);
      assert.equal(traces[0]?.type, 'application/x-protobuf');
      for (const text of ['traceline.capture', 'capture-1', 'shop', 'work', 'code.file.path', Buffer.from(file).toString('latin1'), 'code.stacktrace']) {
        assert.ok(traces[0]?.body.includes(text), text);
      }
    } finally {
      server.close();
    }
  });
});
