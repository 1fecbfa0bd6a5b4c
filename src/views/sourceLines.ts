import * as vscode from 'vscode';
import type { Location } from '../locate/location.ts';
import type { CodeLines } from '../protocol/waterfall.ts';

const maxSourceBytes = 2 << 20;
const linesAround = 1;

/** The line of a place with those around it; undefined where the file cannot be read, or has no such line. */
export async function codeLines(location: Location): Promise<CodeLines | undefined> {
  const lines = await sourceLines(location.file);
  const first = Math.max(1, location.line - linesAround);
  const shown = lines?.slice(first - 1, location.line + linesAround);
  return shown === undefined || shown.length === 0 ? undefined : { firstLine: first, lines: shown };
}

/** The text as it is in the editor where it is open, else as it is on disk; undefined where it cannot be read. */
async function sourceLines(file: string): Promise<string[] | undefined> {
  const uri = vscode.Uri.file(file);
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return open.getText().split(/\r?\n/);
  try {
    if ((await vscode.workspace.fs.stat(uri)).size > maxSourceBytes) return undefined;
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)).split(/\r?\n/);
  } catch {
    return undefined;
  }
}
