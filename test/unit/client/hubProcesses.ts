import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type HubConnectionOptions, connectHub, type HubConnection } from '../../../src/client/hubConnection.ts';
import { atEnd } from '../hub/spans.ts';
import type { HubInfo } from '../../../src/hub/runningHub.ts';

export const hubScript = fileURLToPath(new URL('../../../src/hub/main.ts', import.meta.url));

/** A window that uses the folder; whatever hubs it started are ended with the test. */
export function connect(test: TestContext, dataDir: string, options: Partial<HubConnectionOptions> = {}): HubConnection {
  const started: number[] = [];
  const info = (message: string) => {
    const pid = /^starting a hub \((\d+)\)$/.exec(message)?.[1];
    if (pid !== undefined) started.push(Number(pid));
  };
  const hub = connectHub({
    dataDir, hubScript, version: '1.0.0', clientName: 'test', startIfMissing: true, otlpHttpPort: 0, otlpGrpcPort: 0,
    log: { trace() {}, debug() {}, info, warn() {}, error() {} }, ...options,
  });
  atEnd(test, async () => {
    hub.close();
    for (const pid of started) if (isAlive(pid)) process.kill(pid, 'SIGTERM');
    await until(() => !started.some(isAlive));
  });
  return hub;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

export interface HubProcess {
  readonly child: ChildProcess;
  readonly info: HubInfo;
}

/** A hub in the foreground; ended with the test. */
export async function startHubProcess(test: TestContext, dataDir: string, args: readonly string[] = []): Promise<HubProcess> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', hubScript, '--data', dataDir, '--otlp-http', '0', '--otlp-grpc', '0', ...args],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  atEnd(test, async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  let text = '';
  for await (const part of child.stdout) {
    text += String(part);
    if (text.includes('\n')) return { child, info: JSON.parse(text) as HubInfo };
  }
  throw new Error('the hub ended before it was ready');
}
