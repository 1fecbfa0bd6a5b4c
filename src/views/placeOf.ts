import * as vscode from 'vscode';
import type { Location } from '../locate/location.ts';
import type { Place } from '../protocol/waterfall.ts';

/** A site's place as the waterfall shows it. */
export function placeOf(site: number, location: Location): Place {
  const file = vscode.workspace.asRelativePath(vscode.Uri.file(location.file), false);
  return {
    site,
    label: `${file.slice(file.lastIndexOf('/') + 1)}:${location.line}`,
    file,
    line: location.line,
    column: location.column,
    functionName: location.function?.name,
    inferred: location.inferred,
    via: location.via,
  };
}
