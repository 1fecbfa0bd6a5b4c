import { existsSync } from 'node:fs';
import path from 'node:path';

/** What `spawn` is given so that a command runs as it would from a prompt. */
export interface Spawnable {
  readonly file: string;
  readonly args: readonly string[];
  /** Windows: the arguments stand on the command line as they are. */
  readonly windowsVerbatimArguments?: boolean;
}

/**
 * Windows starts only `.exe` and `.com` by themselves: what is found as a batch file (`npm.cmd`, and all that npm installs) needs
 * its command interpreter, by which the arguments are read twice: by itself and by the batch file.
 */
export function spawnable(
  command: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
  exists: (file: string) => boolean = existsSync,
): Spawnable {
  const [file, ...args] = command as [string, ...string[]];
  if (platform !== 'win32') return { file, args };
  const found = findOnWindows(file, environment, exists);
  if (found === undefined || !/\.(?:cmd|bat)$/i.test(found)) return { file: found ?? file, args };
  // Batch files hand `%*` on to a program, which is read by the interpreter once more.
  const line = [escaped(path.win32.normalize(found)), ...args.map((arg) => escaped(escaped(quoted(arg))))].join(' ');
  return { file: valueOf(environment, 'ComSpec') ?? 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], windowsVerbatimArguments: true };
}

function findOnWindows(file: string, environment: Readonly<Record<string, string | undefined>>, exists: (file: string) => boolean): string | undefined {
  const endings = (valueOf(environment, 'PATHEXT') ?? '.COM;.EXE;.BAT;.CMD').split(';').filter((ending) => ending !== '');
  const hasEnding = endings.some((ending) => file.toLowerCase().endsWith(ending.toLowerCase()));
  const folders = /[\\/]/.test(file) ? [''] : ['', ...(valueOf(environment, 'Path') ?? '').split(';').filter((folder) => folder !== '')];
  for (const folder of folders) {
    const base = folder === '' ? file : path.win32.join(folder.replace(/^"(.*)"$/, '$1'), file);
    for (const ending of hasEnding ? ['', ...endings] : endings) if (exists(base + ending)) return base + ending;
  }
  return undefined;
}

/** Windows does not tell names of variables apart by their case. */
function valueOf(environment: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  return Object.entries(environment).find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1];
}

/** As the C runtime of a program reads its command line: backslashes are doubled before a quote and at the end. */
function quoted(arg: string): string {
  return `"${arg.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}

/** What the command interpreter would act on. */
function escaped(text: string): string {
  return text.replace(/[()\][%!^"`<>&|;, *?]/g, '^$&');
}
