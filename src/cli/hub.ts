import { defaultLimitBytes } from '../hub/core.ts';
import { runHub } from '../hub/main.ts';
import { commandLine, wholeNumber } from './commandLine.ts';
import { jsonLine, print } from './output.ts';
import { version } from './version.ts';

/** Runs a hub in the foreground; the line that says it is ready is JSON with or without `--json`: a program waits for it. */
export async function hub(args: readonly string[]): Promise<void> {
  const { dataDir, options } = commandLine(args, { 'otlp-http': 'string', 'otlp-grpc': 'string' });
  await runHub({
    dataDir,
    version,
    otlpHttpPort: wholeNumber('otlp-http', options['otlp-http'], 0, 65535) ?? 4318,
    otlpGrpcPort: wholeNumber('otlp-grpc', options['otlp-grpc'], 0, 65535) ?? 4317,
    limitBytes: defaultLimitBytes,
    idleExitMs: undefined,
    onReady: (info) => print(jsonLine(info)),
  });
}
