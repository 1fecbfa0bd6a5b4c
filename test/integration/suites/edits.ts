import assert from 'node:assert/strict';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { eventually, lensesOf, lensOver, open, stopDebugging, workspaceFolder } from '../../support/insideVsCode.ts';

const fresh = /^[\d.,]+ (ns|µs|ms|s) p50 · [\d.,]+ (ns|µs|ms|s) p95 · [\d,]+ spans?( · [\d,]+ errors?)?$/;
const old = /^\$\(history\) .* spans?( · [\d,]+ errors?)? · edited since the last run$/;
const priceOf = 'async function priceOf(';
const place = 'async place(items)';

/** A program was run once. Each test changes its text in another way, and begins with the text that ran. */
describe('a text that is edited after its run', function () {
  this.timeout(120_000);
  let file: string;
  let ran: string;
  let document: vscode.TextDocument;

  before(async () => {
    ({ document } = await open('orders.js'));
    file = document.uri.fsPath;
    ran = await readFile(file, 'utf8');
    await run();
    await bothAreFresh();
  });

  beforeEach(async () => {
    await vscode.commands.executeCommand('workbench.action.files.revert');
    if ((await readFile(file, 'utf8').catch(() => '')) !== ran) await writeFile(file, ran);
    await inEditor(ran);
    await bothAreFresh();
  });

  async function run(): Promise<void> {
    assert.ok(await vscode.debug.startDebugging(workspaceFolder(), 'Orders'), 'the debug session starts');
    await lensOver(document, priceOf, fresh);
    await lensOver(document, place, fresh);
    await stopDebugging();
    await vscode.window.showTextDocument(document);
  }

  async function bothAreFresh(): Promise<void> {
    await lensOver(document, priceOf, fresh);
    await lensOver(document, place, fresh);
  }

  async function inEditor(text: string): Promise<void> {
    await eventually('the text in the editor', () => (document.getText().replaceAll('\r\n', '\n') === text.replaceAll('\r\n', '\n') ? true : undefined));
  }

  /** As another program does, while the file is open here. */
  async function writeOutside(text: string): Promise<void> {
    await writeFile(file, text);
    await inEditor(text);
  }

  async function replace(from: string, to: string): Promise<void> {
    const start = document.getText().indexOf(from);
    assert.ok(start >= 0, `${from} is in the text`);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(start + from.length)), to);
    assert.ok(await vscode.workspace.applyEdit(edit));
  }

  /** The lenses of an open document, once they stay as they are: each refresh takes its time. */
  async function settled(): Promise<string[]> {
    let last = '';
    let since = Date.now();
    return eventually('lenses that stay', async () => {
      const lenses = [...(await lensesOf(document))].map(([line, { title }]) => `${document.lineAt(line).text.trim()} ${title}`);
      if (lenses.join() !== last) [last, since] = [lenses.join(), Date.now()];
      return Date.now() - since > 2000 ? lenses : undefined;
    });
  }

  const functionText = (name: string) => new RegExp(`async function ${name}[\\s\\S]*?\\n}\\n\\n`).exec(ran)![0];

  it('says in the lens that a function was edited, typed or saved, and not of its neighbour', async () => {
    await replace('await pause(3);', 'await pause(4);');
    await lensOver(document, priceOf, old);
    await lensOver(document, place, fresh);
    await document.save();
    assert.deepEqual((await settled()).map((lens) => old.test(lens.replace(/^.*?\$/, '$'))), [true, false]);
  });

  it('says it no more when the edit is taken back and saved', async () => {
    await replace('await pause(3);', 'await pause(4);');
    await document.save();
    await lensOver(document, priceOf, old);
    await replace('await pause(4);', 'await pause(3);');
    await document.save();
    await bothAreFresh();
  });

  it('takes the lens of a function that is deleted, and gives its figures to none', async () => {
    const before = await settled();
    await replace(functionText('priceOf'), '');
    await eventually('one lens', async () => ((await lensesOf(document)).size === 1 ? true : undefined));
    const kept = before.filter((lens) => lens.startsWith(place));
    assert.deepEqual(await settled(), kept, 'before it is saved');
    await document.save();
    assert.deepEqual(await settled(), kept, 'and after');
  });

  it('keeps the figures of a function that is renamed with that function', async () => {
    const count = (lenses: readonly string[]) => lenses.map((lens) => /[\d,]+ spans/.exec(lens)?.[0]);
    const before = count(await settled());
    await replace('async function priceOf(item)', 'async function costOf(item)');
    await document.save();
    await lensOver(document, 'async function costOf(', old);
    assert.deepEqual(count(await settled()), before);
  });

  it('follows a file that another program changed while it is open', async () => {
    await writeOutside(`// one\n// two\n// three\n${ran}`);
    await bothAreFresh();
    assert.equal((await settled()).length, 2);
    await writeOutside(ran.replace(functionText('priceOf'), '').replace('let total = 0;', 'let total = 1;'));
    assert.deepEqual((await settled()).map((lens) => [lens.startsWith(place), lens.endsWith('edited since the last run')]), [[true, true]]);
  });

  it('follows a file that changed while no editor had it', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await writeFile(file, `// one\n// two\n${ran.replace(functionText('inStock'), '').replace('await inStock(items[0]);', '')}`);
    ({ document } = await open('orders.js'));
    await lensOver(document, priceOf, fresh);
    await lensOver(document, place, old);
    assert.equal((await settled()).length, 2);
  });

  it('does not take other ends of lines for an edit', async () => {
    await writeOutside(ran.replaceAll('\n', '\r\n'));
    await bothAreFresh();
    assert.equal((await settled()).filter((lens) => lens.includes('since the last run')).length, 0);
  });

  it('loses its lenses with the file, and has them again when it is back', async () => {
    const away = path.join(path.dirname(file), 'away.txt');
    await rename(file, away);
    await eventually('no lens', async () => ((await lensesOf(document)).size === 0 ? true : undefined));
    await rename(away, file);
    ({ document } = await open('orders.js'));
    await bothAreFresh();
  });

  it('says it for as long as the program runs on that had read the text before', async () => {
    const count = async () => Number(/([\d,]+) spans/.exec((await lensOver(document, priceOf, /spans/)).title)![1]!.replaceAll(',', ''));
    assert.ok(await vscode.debug.startDebugging(workspaceFolder(), 'Orders'));
    const before = await count();
    await eventually('spans of this run', async () => ((await count()) !== before ? true : undefined));
    await replace('await pause(3);', 'await pause(3); // why');
    await document.save();
    await lensOver(document, priceOf, old);
    const atSave = await count();
    await eventually('many more spans', async () => ((await count()) > atSave + 200 ? true : undefined));
    await lensOver(document, priceOf, old);
    await lensOver(document, place, fresh);
    await stopDebugging();
    await vscode.window.showTextDocument(document);
    ran = await readFile(file, 'utf8');
    await run();
  });

  it('has nothing to say of an edit once the new text has run', async () => {
    await replace('await pause(3);', 'await pause(4);\n    await pause(1);');
    await document.save();
    await lensOver(document, priceOf, old);
    await run();
    assert.equal((await settled()).filter((lens) => lens.includes('since the last run')).length, 0);
    ran = document.getText();
  });

  it('is bounded where a file of 50,000 lines was written anew', async () => {
    const padding = Array.from({ length: 50_000 }, (_, i) => `// ${i} ${'x'.repeat(20)}`).join('\n');
    await writeFile(file, `${ran}\n${padding}\n`);
    await bothAreFresh();
    await writeOutside(`${padding.replaceAll('x', 'y')}\n${ran}`);
    await lensOver(document, priceOf, /spans/);
    assert.equal((await settled()).length, 2);
  });
});
