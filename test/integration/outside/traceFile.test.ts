import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Frame, Page } from 'playwright-core';
import { openScene } from '../../../scripts/lib/scene.mjs';
import { chooseRow, openBrowser, openEditor, openFile, runCommand, webviewFrame } from '../../../scripts/lib/workbench.mjs';
import { plain, vscodeVersion, waitFor, waitForStatus } from '../../support/window.ts';

// Files of traces in the very extension a person would install, with nothing receiving: each test begins where the one before it ended.
let scene: Awaited<ReturnType<typeof openScene>>;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let page: Page;
let folder: string;

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const startUs = 1_784_037_751_564_218;

before(async () => {
  const packedExtension = process.env['TRACELINE_TEST_VSIX'];
  assert.ok(packedExtension !== undefined, 'scripts/integration.mjs packs the extension');
  scene = await openScene({ version: vscodeVersion, workspace: 'orders', packedExtension });
  folder = scene.folder ?? '';
  // Before the window: it finds files by name as they were when it looked.
  const processes = { p1: { serviceName: 'orders', tags: [] } };
  const later = { traceID: traceId, processes, spans: [jaegerSpan(traceId, 'a1', 'place order', 33), jaegerSpan(traceId, 'a2', 'priceOf', 14, 'a1'), jaegerSpan(traceId, 'a3', 'GET stock', 23, 'a1')] };
  const other = 'b'.repeat(32);
  await writeFile(path.join(folder, 'from-jaeger.json'), JSON.stringify({ data: [later, { traceID: other, processes, spans: [jaegerSpan(other, 'b1', 'the earlier one', 1)] }] }));
  await writeFile(path.join(folder, 'live.otlp.json'), otlp('one'));
  await writeFile(path.join(folder, 'dragged.otlp.jsonl'), `${otlp('brought by the mouse')}\n`);
  await writeFile(path.join(folder, 'broken.otlp.json'), '{"resourceSpans": [');
  browser = await openBrowser();
  page = await browser.openWindow(scene.url);
});
after(async () => {
  await browser?.close();
  await scene?.close();
});

function jaegerSpan(trace: string, spanID: string, operationName: string, line: number, parent?: string): object {
  return {
    traceID: trace, spanID, operationName, startTime: startUs + line, duration: 5000, processID: 'p1', logs: [],
    references: parent === undefined ? [] : [{ refType: 'CHILD_OF', traceID: trace, spanID: parent }],
    tags: [{ key: 'code.file.path', type: 'string', value: path.join(folder, 'orders.js') }, { key: 'code.line.number', type: 'int64', value: line }],
  };
}

function otlp(...names: string[]): string {
  const spans = names.map((name, index) => ({ traceId, spanId: `00f067aa0ba902b${index}`, name, startTimeUnixNano: '1784037751564218943', endTimeUnixNano: '1784037751574218943' }));
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] }, scopeSpans: [{ spans }] }] });
}

/** The waterfall's row that reads so, once there is one. */
async function row(frame: Frame, text: string): Promise<ReturnType<Frame['locator']>> {
  const found = frame.locator('[role="row"][aria-rowindex]').filter({ hasText: text }).first();
  await found.waitFor();
  return found;
}

async function statusText(): Promise<string> {
  const item = page.locator('[id="traceline.traceline.traceline.traceFile"]');
  return (await item.count()) === 0 ? '' : plain(await item.innerText());
}

test('a Jaeger file is shown as traces where a person asks for it, and no hub runs', async () => {
  await waitForStatus(page, /waiting for spans/);
  await runCommand(page, 'Traceline: Stop Receiving');
  await waitForStatus(page, /off/);
  await openFile(page, 'from-jaeger.json');
  await runCommand(page, 'View: Reopen Editor With...');
  await chooseRow(page, 'Trace (OTLP, Jaeger or Zipkin)');
  const frame = await webviewFrame(page, '[role="treegrid"]');
  await row(frame, 'place order');
  await row(frame, 'orders.js:14');
  await waitFor(page, 'which trace it is', async () => ((await statusText()) === 'trace 1 of 2' ? true : undefined));
});

test('a click on a row shows the line beside, and the keyboard stays', async () => {
  const frame = await webviewFrame(page, '[role="treegrid"]');
  await (await row(frame, 'priceOf')).locator('.name').click();
  await page.locator('.tab[data-resource-name="orders.js"]').waitFor();
  await waitFor(page, 'the line in the editor', async () => {
    const lines = await page.locator('.editor-instance .view-line').allInnerTexts();
    return lines.map(plain).some((line) => line.includes('async function priceOf')) ? true : undefined;
  });
  await page.locator('.tab.active.selected[data-resource-name="from-jaeger.json"], .tab.active[data-resource-name="from-jaeger.json"]').first().waitFor();
});

test('the span at the cursor is selected in the waterfall', async () => {
  await page.locator('.tab[data-resource-name="orders.js"]').click();
  await page.keyboard.press('Control+G');
  await page.keyboard.type('23');
  await page.keyboard.press('Enter');
  await runCommand(page, 'Traceline: Show Span at Cursor');
  // Where it was: not once more in the group of the source.
  assert.equal(await page.locator('.tab[data-resource-name="from-jaeger.json"]').count(), 1);
  const frame = await webviewFrame(page, '[role="treegrid"]');
  await waitFor(page, 'the selected row', async () => {
    const selected: string[] = await frame.locator('[role="row"][aria-selected="true"]').allInnerTexts();
    return selected.some((text) => text.includes('GET stock')) ? true : undefined;
  });
});

test('another trace of the file is one choice away', async () => {
  await page.locator('.tab[data-resource-name="from-jaeger.json"]').click();
  await runCommand(page, 'Traceline: Choose Trace of File…');
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'the earlier one' }).click();
  await waitFor(page, 'the other trace', async () => {
    const frame = await webviewFrame(page, '[role="treegrid"]');
    // The page is made anew for the other trace, and may go while it is asked.
    return (await frame.locator('[role="row"]').filter({ hasText: 'the earlier one' }).count().catch(() => 0)) > 0 ? true : undefined;
  });
  assert.equal(await statusText(), 'trace 2 of 2');
});

test('the trace is exported as OTLP/JSON', async () => {
  await runCommand(page, 'Traceline: Export Trace…');
  await chooseRow(page, 'OTLP/JSON');
  const target = path.join(folder, 'exported.otlp.json');
  const input = page.locator('.quick-input-widget input[type="text"]').first();
  await waitFor(page, 'the question for a file', async () => ((await input.inputValue()).endsWith('.otlp.json') ? true : undefined));
  await input.fill(target);
  await page.keyboard.press('Enter');
  const text = await waitFor(page, 'the file', async () => (await readFile(target, 'utf8').catch(() => '')) || undefined);
  assert.match(text, /"name":"the earlier one"/);
});

test('a file that is named as traces opens as such, and is read again when it changes', async () => {
  const file = path.join(folder, 'live.otlp.json');
  await openEditor(page, 'live.otlp.json');
  const shows = (text: string): Promise<boolean> => waitFor(page, `a row ${text}`, async () => {
    for (const frame of page.frames()) if ((await frame.locator('[role="row"]').filter({ hasText: text }).count().catch(() => 0)) > 0) return true;
    return undefined;
  });
  await shows('one');
  await writeFile(file, otlp('one', 'two'));
  await shows('two');
  await writeFile(file, otlp('one', 'two', 'three').slice(0, -20));
  await waitFor(page, 'what is wrong with it', async () => {
    await page.locator('[id="traceline.traceline.traceline.traceFile"] .codicon-warning').waitFor({ timeout: 1000 }).catch(() => undefined);
    return (await page.locator('[id="traceline.traceline.traceline.traceFile"] .codicon-warning').count()) > 0 ? true : undefined;
  });
  await shows('two');
});

test('a file that is none says so, and opens as text', async () => {
  await openEditor(page, 'broken.otlp.json');
  const frame = await webviewFrame(page, 'button[data-action="again"]');
  assert.match(await frame.locator('h1').innerText(), /broken\.otlp\.json is not shown as traces: the file is not whole JSON/);
  await frame.locator('button[data-action="text"]').click();
  await waitFor(page, 'its text', async () => ((await page.locator('.editor-instance .view-line').allInnerTexts()).map(plain).some((line) => line.includes('{"resourceSpans": [')) ? true : undefined));
});

test('a file that is dragged into the editor opens as traces', async () => {
  await runCommand(page, 'View: Close All Editors');
  await runCommand(page, 'File: Focus on Files Explorer');
  const file = page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: 'dragged.otlp.jsonl' });
  const drag = async (): Promise<void> => {
    await file.hover();
    await page.mouse.down();
    const box = await page.locator('.split-view-container .editor-group-container').first().boundingBox();
    assert.ok(box !== null);
    // The place to drop it is shown once it is above the editor, and has to be met.
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 10 });
    await page.locator('#monaco-workbench-editor-drop-overlay').waitFor();
    await page.mouse.move(box.x + box.width / 2 + 5, box.y + box.height / 2 + 5, { steps: 5 });
    await page.mouse.up();
  };
  const opened = page.locator('.tab.active').filter({ hasText: 'dragged.otlp.jsonl' });
  await drag();
  await opened.waitFor();
  await row(await webviewFrame(page, '[role="treegrid"]'), 'brought by the mouse');
});
