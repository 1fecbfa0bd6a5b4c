import { parseArgs } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { defaultLimitBytes } from './core.ts';
import { boundHeap } from './quietMemory.ts';
import { FolderHeldError, type HubInfo, type HubOptions, startHub } from './runningHub.ts';

/**
 * Runs a hub until SIGTERM, SIGINT, a client's `shutdown` or idleness ends it. Where another hub has the folder it says so on standard
 * error and sets exit code 1.
 */
export async function runHub(options: HubOptions & { onReady(info: HubInfo): void }): Promise<void> {
  // What the hub writes is its owner's alone, also in a folder others may enter.
  process.umask(0o077);
  boundHeap();
  try {
    const hub = await startHub(options);
    const onSignal = (signal: NodeJS.Signals) => void hub.stop(signal);
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
    options.onReady(hub.info);
    await hub.ended;
    process.off('SIGTERM', onSignal);
    process.off('SIGINT', onSignal);
  } catch (error) {
    if (!FolderHeldError.is(error)) throw error;
    process.stderr.write(`traceline hub: ${error.message}\n`);
    process.exitCode = 1;
  }
}

/** The process a window starts: `hub.cjs --data DIR [--otlp-http PORT] [--otlp-grpc PORT] [--limit BYTES] [--idle-exit-ms MS] [--hub-version V]`. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' }, 'otlp-http': { type: 'string' }, 'otlp-grpc': { type: 'string' }, limit: { type: 'string' },
      'idle-exit-ms': { type: 'string' }, 'hub-version': { type: 'string' },
    },
  });
  if (values.data === undefined) throw new Error('--data is missing');
  const number = (text: string | undefined, fallback: number) => (text !== undefined && /^\d+$/.test(text) ? Number(text) : fallback);
  await runHub({
    dataDir: values.data,
    version: values['hub-version'] ?? packageJson.version,
    otlpHttpPort: number(values['otlp-http'], 4318),
    otlpGrpcPort: number(values['otlp-grpc'], 4317),
    limitBytes: number(values.limit, defaultLimitBytes),
    idleExitMs: values['idle-exit-ms'] === undefined ? undefined : number(values['idle-exit-ms'], 30_000),
    onReady: (info) => process.stdout.write(`${JSON.stringify(info)}\n`),
  });
  // Whatever a library left running must not keep a hub alive that has given its folder free.
  process.exit();
}

// The command line takes `runHub` from here and has a main of its own.
if (/[\\/]hub([\\/]main\.ts|\.cjs)$/.test(process.argv[1] ?? '')) {
  main().catch((error: unknown) => {
    process.stderr.write(`traceline hub: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  });
}
