import path from 'node:path';
import type { PathRule } from '../locate/location.ts';
import { jsonArray, jsonObject } from './jsonObject.ts';
import { launchRules, pathRule } from './launchRules.ts';
import { readConfiguration } from './readConfiguration.ts';
import type { RuleScope } from './ruleScope.ts';
import { scopeOf } from './ruleScope.ts';

/**
 * The path rules that a workspace folder carries: those of its launch configurations, of its dev containers and compose files,
 * and of its `traceline.pathMappings` setting. Files that are absent, or not what they should be, give no rule.
 */
export async function readWorkspaceRules(folder: string, scope: RuleScope = scopeOf(folder)): Promise<PathRule[]> {
  const [launch, settings, containers] = await Promise.all([
    readConfiguration(path.join(folder, '.vscode', 'launch.json')),
    readConfiguration(path.join(folder, '.vscode', 'settings.json')),
    readContainerRules(folder),
  ]);
  return [
    ...jsonArray(jsonObject(launch)?.['configurations']).flatMap((configuration) => launchRules(configuration, scope)),
    ...containers,
    ...settingRules(jsonObject(settings)?.['traceline.pathMappings'], scope),
  ];
}

/** The rules of a folder's dev containers and compose files. Never rejects. */
export async function readContainerRules(folder: string): Promise<PathRule[]> {
  // What reads YAML is loaded with the first of these files to be read, not with the window.
  const [{ devContainerRules }, { readComposeRules }] = await Promise.all([import('./devContainerRules.ts'), import('./composeRules.ts')]);
  return (await Promise.all([devContainerRules(folder), readComposeRules(folder)])).flat();
}

/** The rules of the setting `traceline.pathMappings`: an object of remote prefix → local folder. */
export function settingRules(value: unknown, scope: RuleScope): PathRule[] {
  return Object.entries(jsonObject(value) ?? {}).flatMap(([remote, local]) => pathRule(remote, local, 'setting', scope));
}
