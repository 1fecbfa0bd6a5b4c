import * as vscode from 'vscode';
import { launchRule, settingRules } from '../client/workspaceRules.ts';
import { settings } from '../contributions.ts';
import type { LocateSettings, PathRule } from '../locate/location.ts';

/**
 * The folders and path rules of this window; `sessionRules` are those of running debug sessions, tried first. An untrusted
 * workspace has no say in the rules: its launch configurations are left out here, and VS Code leaves out its setting.
 */
export function locateSettings(sessionRules: readonly PathRule[]): LocateSettings {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const folderRules = folders.flatMap(({ uri }) => {
    const launch: unknown = vscode.workspace.isTrusted ? vscode.workspace.getConfiguration('launch', uri).get('configurations') : undefined;
    return [
      ...settingRules(vscode.workspace.getConfiguration(undefined, uri).get(settings.pathMappings.key), uri.fsPath),
      ...(Array.isArray(launch) ? launch.flatMap((configuration) => launchRule(configuration, uri.fsPath)) : []),
    ];
  });
  return { workspaceFolders: folders.map(({ uri }) => uri.fsPath), pathRules: [...sessionRules, ...folderRules] };
}
