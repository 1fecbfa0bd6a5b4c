import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { LocatorClient } from '../client/locator.ts';
import { localLocator } from '../client/locator.ts';
import { readWorkspaceRules } from '../client/workspaceRules.ts';
import { CommandError, UsageError } from './usage.ts';

export interface Workspace extends AsyncDisposable {
  /** Absolute. */
  readonly folder: string;
  readonly locator: LocatorClient;
}

/** `dataDir` remembers which texts ran. @throws UsageError where no folder was given, CommandError where it is not one */
export async function openWorkspace(given: string | undefined, dataDir: string): Promise<Workspace> {
  if (given === undefined) throw new UsageError('--workspace DIR is needed: the folder that holds the sources');
  const folder = path.resolve(given);
  const isFolder = await stat(folder).then((found) => found.isDirectory(), () => false);
  if (!isFolder) throw new CommandError(`${folder} is not a folder`);
  const locator = localLocator({ grammarDir: path.join(__dirname, 'grammars'), dataDir });
  await locator.call('configure', { workspaceFolders: [folder], pathRules: await readWorkspaceRules(folder) });
  return { folder, locator, [Symbol.asyncDispose]: () => Promise.resolve(locator.close()) };
}
