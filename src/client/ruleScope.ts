import os from 'node:os';
import path from 'node:path';
import { parsePath } from '../locate/paths.ts';

/** What the variables of a configuration stand for. */
export interface RuleScope {
  /** The workspace folder the configuration belongs to. */
  readonly folder: string;
  /** All folders of the workspace. */
  readonly folders: readonly NamedFolder[];
}

export interface NamedFolder {
  readonly name: string;
  readonly path: string;
}

/** The scope of a folder that is opened alone. */
export function scopeOf(folder: string): RuleScope {
  return { folder, folders: [{ name: path.basename(folder), path: folder }] };
}

/**
 * The text with VS Code's variables replaced; undefined where it has one that is not known here (`${command:…}`, `${input:…}`,
 * a folder that is not open, a variable of the environment that is not set): what it would say is not guessed.
 */
export function expandVariables(text: string, scope: RuleScope): string | undefined {
  return replaceVariables(text, (name, argument) => {
    switch (name) {
      case 'workspaceFolder':
      case 'workspaceRoot':
        return argument === undefined ? scope.folder : scope.folders.find((each) => each.name === argument)?.path;
      case 'workspaceFolderBasename':
        return path.basename(scope.folder);
      case 'env':
        return argument === undefined ? undefined : process.env[argument];
      case 'userHome':
        return os.homedir();
      case 'pathSeparator':
      case '/':
        return path.sep;
      default:
        return undefined;
    }
  });
}

/** Replaces each `${name}` and `${name:argument}`; undefined where one has no value. */
export function replaceVariables(text: string, valueOf: (name: string, argument: string | undefined) => string | undefined): string | undefined {
  let unknown = false;
  const replaced = text.replace(/\$\{([^{}:]*)(?::([^{}]*))?\}/g, (_, name: string, argument: string | undefined) => {
    const value = valueOf(name, argument);
    unknown ||= value === undefined;
    return value ?? '';
  });
  return unknown ? undefined : replaced;
}

/** A folder of this machine; one that is relative is reckoned from `directory`. */
export function absoluteFrom(directory: string, text: string): string {
  const isOfAnotherSystem = !path.isAbsolute(text) && parsePath(text).kind === 'absolute';
  return isOfAnotherSystem ? text : path.resolve(directory, text);
}
