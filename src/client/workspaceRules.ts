import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'jsonc-parser';
import type { PathRule } from '../locate/location.ts';

/**
 * The path rules that a workspace folder carries: `remoteRoot`/`localRoot` of its launch configurations and its
 * `traceline.pathMappings` setting (an object of remote prefix → local folder). Files that are absent, or not what they
 * should be, give no rule.
 */
export async function readWorkspaceRules(folder: string): Promise<PathRule[]> {
  const launch = await readJsonc(path.join(folder, '.vscode', 'launch.json'));
  const settings = await readJsonc(path.join(folder, '.vscode', 'settings.json'));
  const configurations = isObject(launch) && Array.isArray(launch['configurations']) ? launch['configurations'] : [];
  return [
    ...configurations.flatMap((configuration) => launchRule(configuration, folder)),
    ...settingRules(isObject(settings) ? settings['traceline.pathMappings'] : undefined, folder),
  ];
}

/** The rule of one launch configuration; none where it has no `remoteRoot` and `localRoot`. */
export function launchRule(configuration: unknown, folder: string): PathRule[] {
  if (!isObject(configuration)) return [];
  const remote = configuration['remoteRoot'];
  const local = configuration['localRoot'];
  if (typeof remote !== 'string' || typeof local !== 'string' || remote === '' || local === '') return [];
  return [{ remote: inFolder(remote, folder), local: absolute(local, folder), from: 'launch' }];
}

/** The rules of the setting `traceline.pathMappings`. */
export function settingRules(value: unknown, folder: string): PathRule[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([remote, local]) =>
    typeof local === 'string' && remote !== '' ? [{ remote, local: absolute(local, folder), from: 'setting' as const }] : [],
  );
}

function absolute(local: string, folder: string): string {
  return path.resolve(folder, inFolder(local, folder));
}

function inFolder(text: string, folder: string): string {
  return text.replace(/\$\{workspaceFolder(:[^}]*)?\}|\$\{workspaceRoot\}/g, folder);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function readJsonc(file: string): Promise<unknown> {
  let text;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
  return parse(text, [], { allowTrailingComma: true });
}
