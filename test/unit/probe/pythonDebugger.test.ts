import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { OpenAtStop } from '../../../src/debug/openAtStop.ts';
import { decodeProbeReport, type ProbeReport } from '../../../src/decode/probeReport.ts';
import { stringAttribute } from '../../../src/model/attributes.ts';
import { pythonEnvironment } from '../../capture/python/environment.mjs';
import { DapClient } from './dapClient.ts';

const probe = path.resolve(import.meta.dirname, '../../../src/probe/python');

const program = `import threading, time
from opentelemetry.sdk.trace import TracerProvider

tracer = TracerProvider().get_tracer('shop')


def work():
    with tracer.start_as_current_span('it\\'s "wörk" \\\\'):
        tracer.start_span('ended').end()
        time.sleep(0.3)
        print(threading.active_count(), *map(type, threading.enumerate()))
    return 1


with tracer.start_as_current_span('outer', attributes={'text': 'it\\'s "ö" \\\\ \\n'}):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
`;
const stopLine = program.split('\n').findIndex((line) => line.includes('active_count')) + 1;

/** Installed by the capture matrix too, which needs the same. */
const python = ((): string | Error => {
  try {
    return pythonEnvironment({ mayInstall: true });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
})();

describe('a Python program that debugpy holds', { skip: typeof python !== 'string' && `no Python with debugpy: ${python.message.split('\n')[0]}` }, () => {
  let folder: string;
  let adapter: ChildProcess;
  let client: DapClient;
  before(async () => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'traceline python "ž" ')));
    writeFileSync(path.join(folder, 'main.py'), program);
    const port = await freePort();
    adapter = spawn(String(python), ['-m', 'debugpy.adapter', '--host', '127.0.0.1', '--port', String(port)], { stdio: 'ignore' });
    client = await DapClient.connect(port);
  });
  after(() => {
    client?.close();
    adapter?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('says which spans are open, in which functions; and shows no thread of ours, to the debugger or to itself', { timeout: 60_000 }, async () => {
    const file = path.join(folder, 'main.py');
    const told: ProbeReport[] = [];
    const asks = new OpenAtStop({ type: 'debugpy', customRequest: (command, parameters) => client.ask(command, parameters) }, (json) => told.push(decodeProbeReport(json)));
    client.onMessage((message) => asks.fromAdapter(message));
    await client.ask('initialize', { adapterID: 'debugpy', pathFormat: 'path', linesStartAt1: true, columnsStartAt1: true });
    const env = { PYTHONPATH: probe, PYTHONDONTWRITEBYTECODE: '1', TRACELINE_PYTHON_AUTO: '1', OTEL_RESOURCE_ATTRIBUTES: 'traceline.capture=c1', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' };
    const launched = client.ask('launch', { program: file, python: String(python), cwd: folder, console: 'internalConsole', env, justMyCode: true });
    await client.event('initialized');
    await client.ask('setBreakpoints', { source: { path: file }, breakpoints: [{ line: stopLine }] });
    const stopped = client.event('stopped');
    await client.ask('configurationDone', {});
    await launched;
    const { threadId } = (await stopped) as { readonly threadId: number };
    const { threads } = (await client.ask('threads', {})) as { readonly threads: readonly { readonly name: string }[] };
    assert.equal(threads.length, 2, threads.map(({ name }) => name).join());
    // It asks a moment after the stop.
    for (let tries = 0; told.length === 0 && tries < 500; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
    const ended = client.event('terminated');
    await client.ask('continue', { threadId });
    await ended;

    assert.equal(told.length, 1);
    const open = told[0]?.open ?? [];
    assert.deepEqual(open.map(({ name, attributes }) => [name, stringAttribute(attributes, 'code.function.name')]), [['it\'s "wörk" \\', '__main__.work'], ['outer', '__main__.<module>']]);
    assert.equal(stringAttribute(open[1]?.attributes ?? [], 'text'), 'it\'s "ö" \\ \n');
    assert.deepEqual(open.map(({ endUnixNano }) => endUnixNano), [0n, 0n]);
    assert.match(client.output, /^2 <class 'threading._MainThread'> <class 'threading.Thread'>$/m);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
