import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, lensesOf, lensOver, lineOf, open, stopDebugging, webviewTabs, workspaceFolder } from '../../support/insideVsCode.ts';

/** `12 ms p50 · 48 ms p95 · 37 spans` */
const figures = /^[\d.,]+ (ns|µs|ms|s) p50 · [\d.,]+ (ns|µs|ms|s) p95 · [\d,]+ spans?\b/;

describe('a program under F5', () => {
  let editor: vscode.TextEditor;

  before(async () => {
    editor = await open('orders.js');
    assert.ok(await vscode.debug.startDebugging(workspaceFolder(), 'Orders'), 'the debug session starts');
  });
  after(stopDebugging);

  it('gets a lens over each function that made spans, and over no other', async () => {
    const { document } = editor;
    await lensOver(document, 'async function priceOf(', figures);
    await lensOver(document, 'async place(items)', figures);
    const lines = [...(await lensesOf(document)).keys()].sort((a, b) => a - b);
    assert.deepEqual(lines, [lineOf(document, 'async function priceOf('), lineOf(document, 'async place(items)')]);
  });

  it('counts errors, and goes on counting', async () => {
    const lens = await lensOver(editor.document, 'async function priceOf(', /· [\d,]+ errors?$/);
    const count = spanCount(lens);
    await eventually('more spans', async () => {
      const now = (await lensesOf(editor.document)).get(lineOf(editor.document, 'async function priceOf('));
      return now !== undefined && spanCount(now) > count ? true : undefined;
    });
  });

  it('opens the trace of the recent span taken from the list a click opens', async () => {
    const lens = await lensOver(editor.document, 'async place(items)', figures);
    const before = webviewTabs();
    void vscode.commands.executeCommand(lens.command, ...(lens.arguments ?? []));
    await eventually('the waterfall', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return webviewTabs().length > before.length ? true : undefined;
    });
  });

  it('keeps its lenses after it ended, and they move with the text', async () => {
    await stopDebugging();
    await vscode.window.showTextDocument(editor.document);
    const before = await lensOver(editor.document, 'async place(items)', figures);
    const line = lineOf(editor.document, 'async place(items)');
    const edit = new vscode.WorkspaceEdit();
    edit.insert(editor.document.uri, new vscode.Position(0, 0), '// one\n// two\n');
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.equal(lineOf(editor.document, 'async place(items)'), line + 2);
    const after = await lensOver(editor.document, 'async place(items)', figures);
    assert.equal(spanCount(after), spanCount(before));
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});

function spanCount(lens: vscode.Command): number {
  return Number((/([\d,]+) spans?/.exec(lens.title)?.[1] ?? '').replaceAll(',', ''));
}
