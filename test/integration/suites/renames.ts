import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { TracelineApi } from '../../../src/extension.ts';
import { eventually, lensesOf, lensOver, lineOf, open, stopDebugging, workspaceFolder } from '../../support/insideVsCode.ts';

const lens = / p50 · .* spans?/;

/** A program of a folder, on a branch where that folder is called otherwise: all of it happens while the window is open. */
describe('a folder that is renamed', function () {
  this.timeout(180_000);
  const sale = 'async sell(items)';
  const named = "\nexport function giveAway() {\n  tracer.startSpan('give away').end();\n}\n";
  let root: string;

  const git = async (...args: string[]) => promisify(execFile)('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid', '-c', 'init.defaultBranch=main', '-c', 'commit.gpgsign=false', ...args], { cwd: root });
  const inFolder = (folder: string) => path.join(root, folder, 'sales.js');

  before(async () => {
    root = workspaceFolder().uri.fsPath;
    const { document } = await open('orders.js');
    await mkdir(path.dirname(inFolder('shop')));
    await writeFile(inFolder('shop'), document.getText().replaceAll('Orders', 'Sales').replaceAll('place', 'sell') + named);
    await git('init');
    await git('add', 'shop');
    await git('commit', '-m', 'shop');
    await git('checkout', '-b', 'moved');
    await git('mv', 'shop', 'store');
    await git('commit', '-m', 'store');
    await git('checkout', 'main');
  });

  /** Runs the program of a folder until its lens has some spans, and ends it. */
  async function run(folder: string): Promise<void> {
    const { document } = await open(`${folder}/sales.js`);
    assert.ok(await vscode.debug.startDebugging(workspaceFolder(), { name: folder, type: 'node', request: 'launch', program: inFolder(folder) }));
    await lensOver(document, sale, lens);
    await stopDebugging();
  }

  /** Of the folders that are there: whether there is a lens over the function. */
  async function lenses(): Promise<Record<string, boolean>> {
    const found: Record<string, boolean> = {};
    for (const folder of ['shop', 'store', 'depot']) {
      if (!(await access(inFolder(folder)).then(() => true, () => false))) continue;
      const { document } = await open(`${folder}/sales.js`);
      found[folder] = (await lensesOf(document)).has(lineOf(document, sale));
    }
    return found;
  }

  /** Waits for these, and that they stay. */
  async function settle(wanted: Readonly<Record<string, boolean>>): Promise<void> {
    let last = '';
    await eventually(`lenses of ${JSON.stringify(wanted)}`, async () => ((last = JSON.stringify(await lenses())) === JSON.stringify(wanted) ? true : undefined)).catch((error: unknown) => {
      throw new Error(`${String(error)}; there are ${last}`);
    });
    await new Promise((resolve) => setTimeout(resolve, 2000));
    assert.deepEqual(await lenses(), wanted);
  }

  it('takes the lens with it of a span that says its name and no place', async () => {
    const { otlpHttp } = (await (await vscode.extensions.getExtension<TracelineApi>('traceline.traceline')!.activate()).hubStatus())!;
    const now = BigInt(Date.now()) * 1_000_000n;
    const span = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', name: 'give away', kind: 1, startTimeUnixNano: `${now - 5_000_000n}`, endTimeUnixNano: `${now}` };
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'sales' } }, { key: 'telemetry.sdk.language', value: { stringValue: 'nodejs' } }] };
    const answer = await fetch(`${otlpHttp}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'orders' }, spans: [span] }] }] }) });
    assert.equal(answer.status, 200);
    const inferredIn = async (folder: string) => lensOver((await open(`${folder}/sales.js`)).document, 'export function giveAway()', /1 span.*inferred/);
    await inferredIn('shop');
    await git('checkout', 'moved');
    await inferredIn('store');
    await rename(path.join(root, 'store'), path.join(root, 'depot'));
    await inferredIn('depot');
    await rename(path.join(root, 'depot'), path.join(root, 'store'));
    await inferredIn('store');
    await git('checkout', 'main');
    await inferredIn('shop');
  });

  it('has no lens where the program did not run, has it again with its name, and its own where it runs', async () => {
    await run('shop');
    await settle({ shop: true });
    await git('checkout', 'moved');
    await settle({ store: false });
    await run('store');
    await settle({ store: true });
    await git('checkout', 'main');
    await settle({ shop: true });
    await rename(path.join(root, 'shop'), path.join(root, 'depot'));
    await settle({ depot: false });
    await rename(path.join(root, 'depot'), path.join(root, 'shop'));
    await settle({ shop: true });
  });
});
