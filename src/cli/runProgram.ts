import path from 'node:path';
import { probesBeside } from '../client/probePaths.ts';
import { commandLine } from './commandLine.ts';
import { startHub, type Spans } from './openSpans.ts';
import { runCommand } from './run.ts';
import { UsageError } from './usage.ts';

/** `run [--data DIR] -- CMD ARGS…`: what stands after `--`, or after our own options, is the program's. */
export async function runProgram(args: readonly string[]): Promise<void> {
  const end = args.indexOf('--');
  const own = end >= 0 ? args.slice(0, end) : args.slice(0, args[0] === '--data' ? 2 : args[0]?.startsWith('--data=') ? 1 : 0);
  const command = end >= 0 ? args.slice(end + 1) : args.slice(own.length);
  const { dataDir } = commandLine(own, {});
  if (command.length === 0) throw new UsageError('the program to run is missing');
  if (end < 0 && command[0]?.startsWith('-')) throw new UsageError(`unknown option ${command[0]}`);
  let spans: Spans | undefined;
  try {
    process.exitCode = await runCommand({
      command,
      environment: process.env,
      connect: async () => (spans = await startHub(dataDir)),
      probes: probesBeside(path.join(__dirname, 'probe', 'node.cjs')),
      stderr: process.stderr,
    });
  } finally {
    await spans?.[Symbol.asyncDispose]();
  }
}
