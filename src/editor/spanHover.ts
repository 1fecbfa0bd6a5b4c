import * as vscode from 'vscode';
import type { OperationGroup } from '../client/functionGroups.ts';
import type { LiveRows } from '../client/liveRows.ts';
import { commands } from '../contributions.ts';
import type { DocumentFollower } from './documentFollower.ts';
import type { FunctionTarget } from './functionTarget.ts';
import { hoverTable } from './hoverText.ts';
import { commandLink } from './markdown.ts';

/** The figures of a function over its first line, and of a call over its line. */
export class SpanHover implements vscode.HoverProvider, vscode.Disposable {
  readonly #documents: DocumentFollower;
  readonly #rows: LiveRows;
  readonly #isEnabled: () => boolean;
  readonly #registration: vscode.Disposable;

  constructor(documents: DocumentFollower, rows: LiveRows, isEnabled: () => boolean) {
    this.#documents = documents;
    this.#rows = rows;
    this.#isEnabled = isEnabled;
    this.#registration = vscode.languages.registerHoverProvider({ scheme: 'file' }, this);
  }

  async provideHover(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | undefined> {
    const followed = this.#isEnabled() ? this.#documents.of(document) : undefined;
    if (followed === undefined) return undefined;
    const line = position.line + 1;
    const group = followed.groups.findLast((candidate) => candidate.line === line && candidate.operations.some(({ summaryIds }) => summaryIds.length > 0));
    const calls = followed.callsOn(line);
    const operations = group?.operations ?? (calls.length > 0 ? calls : undefined);
    if (operations === undefined) return undefined;
    const target: FunctionTarget = { file: document.uri.fsPath, line, functionName: group?.function?.name };
    return new vscode.Hover(await this.#text(operations, target), document.lineAt(position.line).range);
  }

  dispose(): void {
    this.#registration.dispose();
  }

  async #text(operations: readonly OperationGroup[], target: FunctionTarget): Promise<vscode.MarkdownString> {
    const stats = await this.#rows.latencies(operations).catch(() => []);
    const table = hoverTable(operations.map((operation, i) => ({ operation, stats: stats[i] })));
    const links = [commandLink('Recent spans', commands.showRecentSpans.id, target), commandLink('Why here?', commands.explainPlace.id, target), `[Captures](command:${commands.showTraces.id})`];
    const text = new vscode.MarkdownString(`${table}\n\n${links.join(' · ')}`);
    text.isTrusted = { enabledCommands: [commands.showRecentSpans.id, commands.explainPlace.id, commands.showTraces.id] };
    text.supportHtml = false;
    return text;
  }
}
