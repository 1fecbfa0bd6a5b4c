import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Injection, injectEnvironment } from '../client/injection.ts';
import type { HubPort } from '../client/liveRows.ts';
import type { ProbePaths } from '../client/probePaths.ts';
import { within } from '../client/within.ts';
import { inTerminalForeground } from './inTerminalForeground.ts';
import { withOtherRuntimes } from './otherRuntimes.ts';
import { printable } from './output.ts';
import { runSummary } from './runSummary.ts';
import { spawnable } from './spawnable.ts';

export interface RunOptions {
  /** The program and its arguments; never empty. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Finds or starts the hub; whoever gives this closes what it opened. */
  readonly connect: () => Promise<Pick<HubPort, 'call'>>;
  readonly probes: ProbePaths;
  readonly stderr: { write(text: string): unknown };
}

/** How long a program waits for a hub to start. */
const hubTimeoutMs = 5000;

/**
 * Runs a program in the foreground as if it had been run without us: our standard input, output and error are its own, the
 * signals sent to us reach it, and its exit code is the result (128 + n where signal n ended it, 127 where there is no such
 * program, 126 where it cannot be run: POSIX, shell command language, 2.8.2). Its spans are one capture, whose summary goes to
 * `stderr` at the end. Without a hub the program runs all the same, and as it is.
 */
export async function runCommand(options: RunOptions): Promise<number> {
  const say = (text: string): void => void options.stderr.write(`traceline: ${text}\n`);
  const captureId = randomUUID();
  const name = commandText(options.command);
  let capture: { readonly hub: Pick<HubPort, 'call'>; readonly injection: Injection } | undefined;
  try {
    capture = await within(hubTimeoutMs, startCapture(options, captureId, name));
  } catch (error) {
    say(`the program runs without tracing, since there is no hub: ${printable(error instanceof Error ? error.message : String(error))}`);
  }
  const ended = await runProgram(options, { ...options.environment, ...capture?.injection.variables });
  if (ended.problem !== undefined) say(ended.problem);
  if (capture === undefined) return ended.code;
  const { hub, injection } = capture;
  try {
    if (ended.problem === undefined) await untilQuiet(hub, captureId);
    await hub.call('endCapture', { captureId });
    if (ended.problem === undefined) say(await runSummary(hub, captureId, name, injection));
    else await hub.call('deleteCapture', { captureId });
  } catch (error) {
    say(`what came of the program cannot be told, since the hub went away: ${printable(error instanceof Error ? error.message : String(error))}`);
  }
  return ended.code;
}

async function startCapture(options: RunOptions, captureId: string, name: string): Promise<{ hub: Pick<HubPort, 'call'>; injection: Injection }> {
  const hub = await options.connect();
  const { otlpHttp, otlpGrpc } = await hub.call('status', undefined);
  if (otlpHttp === undefined) throw new Error('its OTLP/HTTP receiver does not listen');
  await hub.call('startCapture', { captureId, name, kind: 'run' });
  // What the command starts in the end may be anything, whatever it is itself: npm, a shell, make.
  const { command, environment, probes } = options;
  const injection = injectEnvironment({ environment, otlpHttp, otlpGrpc, captureId, probes });
  if (probes.node === undefined) return { hub, injection };
  return { hub, injection: withOtherRuntimes(injection, { command, environment, cwd: process.cwd(), nodeProbe: probes.node }) };
}

interface Ended {
  readonly code: number;
  /** Why the program did not run. */
  readonly problem?: string;
}

function runProgram(options: RunOptions, environment: RunOptions['environment']): Promise<Ended> {
  const { file, args, windowsVerbatimArguments } = spawnable(options.command, environment);
  const child = spawn(file, args, { stdio: 'inherit', env: environment, windowsVerbatimArguments });
  // A terminal's Ctrl-C and Ctrl-\ go to the program by themselves, as it is in the same group; a second one could mean "at once".
  const fromKeyboard = (signal: NodeJS.Signals): void => {
    if (!inTerminalForeground()) child.kill(signal);
  };
  const fromProcess = (signal: NodeJS.Signals): void => void child.kill(signal);
  const listeners: readonly (readonly [NodeJS.Signals, (signal: NodeJS.Signals) => void])[] = [
    ['SIGINT', fromKeyboard],
    ['SIGQUIT', fromKeyboard],
    ['SIGTERM', fromProcess],
    ['SIGHUP', fromProcess],
  ];
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return new Promise<Ended>((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      // Also heard where a signal could not be sent to a program that runs.
      if (child.pid === undefined) resolve(notStarted(options.command[0] ?? file, error));
    });
    child.on('exit', (code, signal) => resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]) }));
  }).finally(() => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  });
}

function notStarted(file: string, error: NodeJS.ErrnoException): Ended {
  if (error.code === 'ENOENT') return { code: 127, problem: `${printable(file)}: there is no such program` };
  return { code: 126, problem: `${printable(file)} cannot be run: ${printable(error.message)}` };
}

/** A program sends its last spans as it ends; processes that it leaves behind may send more. At most a second. */
async function untilQuiet(hub: Pick<HubPort, 'call'>, captureId: string): Promise<void> {
  let before = -1;
  for (let still = 0, tries = 0; still < 2 && tries < 8; tries++) {
    const { captures } = await hub.call('status', undefined);
    const count = captures.find((capture) => capture.captureId === captureId)?.spanCount ?? 0;
    still = count === before ? still + 1 : 0;
    before = count;
    await sleep(120);
  }
}

/** As one could type it, for the capture's name. */
function commandText(command: readonly string[]): string {
  const text = command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
