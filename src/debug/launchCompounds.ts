import * as vscode from 'vscode';
import { type Compound, compoundsOf } from './compounds.ts';

/** The compounds of the window: of every folder's launch.json, the workspace file and the person's own settings. */
export function launchCompounds(): readonly Compound[] {
  const scopes = [undefined, ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri)];
  const values = scopes.flatMap((scope) => {
    const found = vscode.workspace.getConfiguration('launch', scope).inspect('compounds');
    return scope === undefined ? [found?.globalValue, found?.workspaceValue] : [found?.workspaceFolderValue];
  });
  return values.flatMap(compoundsOf);
}
