import * as vscode from 'vscode';
import { launchRules } from '../client/launchRules.ts';
import { readContainerRules, settingRules } from '../client/workspaceRules.ts';
import { settings } from '../contributions.ts';
import type { LocateSettings, PathRule } from '../locate/location.ts';

/** The files that `readContainerRules` reads. */
const ruleFiles = '**/{.devcontainer/**/*,.devcontainer.json,docker-compose*.yml,docker-compose*.yaml,compose*.yml,compose*.yaml}';

/**
 * The folders and path rules of this window; `sessionRules` are those of running debug sessions. An untrusted workspace has
 * no say in the rules: its launch configurations, dev containers and compose files are left out here, and VS Code leaves out
 * its setting.
 */
export async function locateSettings(sessionRules: readonly PathRule[]): Promise<LocateSettings> {
  const opened = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const folders = opened.map(({ name, uri }) => ({ name, path: uri.fsPath }));
  const isTrusted = vscode.workspace.isTrusted;
  const folderRules = await Promise.all(opened.map(async ({ uri }) => {
    const scope = { folder: uri.fsPath, folders };
    const launch: unknown = isTrusted ? vscode.workspace.getConfiguration('launch', uri).get('configurations') : undefined;
    return [
      ...(Array.isArray(launch) ? launch.flatMap((configuration) => launchRules(configuration, scope)) : []),
      ...(isTrusted ? await readContainerRules(uri.fsPath) : []),
      ...settingRules(vscode.workspace.getConfiguration(undefined, uri).get(settings.pathMappings.key), scope),
    ];
  }));
  return { workspaceFolders: folders.map((folder) => folder.path), pathRules: [...sessionRules, ...folderRules.flat()] };
}

/** Calls back when a file that rules are read from was changed. */
export function watchRuleFiles(changed: () => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(ruleFiles);
  return vscode.Disposable.from(watcher, watcher.onDidChange(changed), watcher.onDidCreate(changed), watcher.onDidDelete(changed));
}
