import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { nodeSourceFiles } from '../../../src/client/nodeSourceFiles.ts';
import { FunctionFinder } from '../../../src/locate/functions/functionFinder.ts';
import { Locator } from '../../../src/locate/locate.ts';
import type { PathRule } from '../../../src/locate/location.ts';
import type { SourceFiles } from '../../../src/locate/sourceFiles.ts';

export const root = path.resolve(import.meta.dirname, '../../..');
export const grammarDir = path.join(root, 'node_modules/@vscode/tree-sitter-wasm/wasm');
export const finder = new FunctionFinder((name) => readFile(path.join(grammarDir, name)));

/** A folder that is taken away at the end of the block. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'traceline-locate-')));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
}

export async function locatorFor(folder: string | readonly string[], pathRules: readonly PathRule[] = [], files: SourceFiles = nodeSourceFiles): Promise<Locator> {
  const locator = new Locator(files, finder);
  await locator.configure({ workspaceFolders: typeof folder === 'string' ? [folder] : folder, pathRules });
  return locator;
}

const run = promisify(execFile);

export async function runTsc(folder: string, args: readonly string[]): Promise<void> {
  await run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), ...args], { cwd: folder });
}

/** Runs a program and reads the JSON document it prints. */
export async function runProgram(folder: string, file: string): Promise<unknown> {
  const { stdout } = await run(process.execPath, [file], { cwd: folder, env: { ...process.env, NODE_OPTIONS: '' } });
  return JSON.parse(stdout);
}

/** The 1-based place of `needle` in `text`, which must hold it once. */
export function placeOf(text: string, needle: string): { line: number; column: number } {
  const at = text.indexOf(needle);
  if (at < 0 || text.indexOf(needle, at + 1) >= 0) throw new Error(`${needle} is not there once`);
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
