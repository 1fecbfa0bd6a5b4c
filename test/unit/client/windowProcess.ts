// A window as a process of its own: `windowProcess.ts DATA HUB_SCRIPT VERSION CAPTURE`. It makes a capture, sends one span to it, says so, and stays
// until its input ends. Each line that it prints is what it did: `hub PID` as it started one, `kept` as its span was acknowledged.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { connectHub } from '../../../src/client/hubConnection.ts';

const [, , dataDir = '', hubScript = '', version = '', captureId = ''] = process.argv;
const info = (message: string): void => {
  const pid = /^starting a hub \((\d+)\)$/.exec(message)?.[1];
  if (pid !== undefined) process.stdout.write(`hub ${pid}\n`);
};
const hub = connectHub({
  dataDir, hubScript, version, clientName: captureId, startIfMissing: true, otlpHttpPort: 0, otlpGrpcPort: 0,
  log: { trace() {}, debug() {}, info, warn() {}, error() {} },
});
/** The hub may be replaced by another window's at any moment. */
async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      await delay(50);
    }
  }
}
await untilDone(() => hub.call('startCapture', { captureId, name: captureId, kind: 'debug' }));
const startUnixNano = `${Date.now()}000000`;
const attributes = [{ key: 'service.name', value: { stringValue: captureId } }, { key: 'traceline.capture', value: { stringValue: captureId } }];
const span = { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex'), name: 'work', kind: 1, startTimeUnixNano: startUnixNano, endTimeUnixNano: startUnixNano };
const body = JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: [span] }] }] });
await untilDone(async () => {
  const { otlpHttp } = await hub.call('status', undefined);
  const answer = await fetch(`${otlpHttp}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (!answer.ok) throw new Error(String(answer.status));
});
process.stdout.write('kept\n');
process.stdin.resume();
await once(process.stdin, 'end');
await untilDone(() => hub.call('endCapture', { captureId }));
hub.close();
