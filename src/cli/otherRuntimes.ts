import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Injection } from '../client/injection.ts';

export interface OtherRuntimesInput {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The file that Node preloads. */
  readonly nodeProbe: string;
}

/** Packages by which a program traces itself (probe/ownSdk.ts has them all; Deno programs have these few). */
const ownSdk = /@opentelemetry\/(?:sdk-(?:node|trace)|auto-instrumentations-node)|@sentry\/(?:node|deno|bun)|dd-trace|logfire/;
const subcommands: ReadonlySet<string | undefined> = new Set(['run', 'serve', 'task', 'test', 'bench']);

/**
 * Adds to an injection what Bun and Deno read. Bun preloads what BUN_OPTIONS says. Deno preloads by NODE_OPTIONS as Node does, and has an SDK built in
 * (OTEL_DENO, from 2.2), which registers itself before any of the program's: so only where the program shows none of its own.
 */
export function withOtherRuntimes(injection: Injection, input: OtherRuntimesInput, read: (file: string) => string | undefined = readText): Injection {
  const { command, environment, cwd, nodeProbe } = input;
  const variables: Record<string, string> = { ...injection.variables };
  const notes = [...injection.notes];
  const runtime = path.basename(command[0] ?? '').replace(/\.exe$/i, '');
  // Bun splits the text at spaces and knows no quotes; what it then does not find ends the program.
  if (!/[\s"'\\]/.test(nodeProbe)) variables.BUN_OPTIONS = [environment.BUN_OPTIONS?.trim() ?? '', `--preload=${nodeProbe}`].filter((option) => option !== '').join(' ');
  else if (runtime === 'bun' || runtime === 'bunx') notes.push(`Bun cannot load the probe, since there is a space or a quote in its path (${nodeProbe}): spans will have no line of their own.`);
  if (runtime === 'deno' && subcommands.has(command[1])) {
    const isOff = environment.TRACELINE_PROBE?.trim() === 'off';
    if (injection.spansWillCome && !isOff && (environment.OTEL_DENO ?? '') === '' && !hasOwnSdk(command, cwd, read)) variables.OTEL_DENO = 'true';
    if (!isOff && command[1] !== 'task' && !command.some((word) => word === '--allow-all' || /^-[a-zA-Z]*A/.test(word))) {
      notes.push('Deno programs get the probe only with --allow-all, since Deno would ask for what it reads: spans will have no line of their own.');
    }
  }
  return { ...injection, variables, notes };
}

/** Whether the program's manifests, or the file it begins with, name an SDK. */
function hasOwnSdk(command: readonly string[], cwd: string, read: (file: string) => string | undefined): boolean {
  const entries = command.slice(2).filter((word) => /\.[cm]?[jt]sx?$/.test(word)).map((word) => path.resolve(cwd, word));
  const folders = new Set([cwd, ...entries.map((entry) => path.dirname(entry))].flatMap(foldersAbove));
  const manifests = [...folders].flatMap((folder) => ['deno.json', 'deno.jsonc', 'package.json'].map((name) => path.join(folder, name)));
  return [...entries, ...manifests].some((file) => ownSdk.test(read(file) ?? ''));
}

function foldersAbove(folder: string): readonly string[] {
  const above = path.dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersAbove(above)];
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
