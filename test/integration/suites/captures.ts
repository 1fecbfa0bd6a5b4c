import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { HubConnection } from '../../../src/client/hubConnection.ts';
import type { CaptureRecord, RecentSpan, SummaryRecord } from '../../../src/protocol/hub.ts';
import { connectHubOfWindow } from '../../support/hubInsideVsCode.ts';
import { eventually, lensOver, lineOf, open, stopDebugging, workspaceFolder } from '../../support/insideVsCode.ts';

let hub: HubConnection;

before(async () => {
  hub = await connectHubOfWindow();
});
after(() => hub.close());
afterEach(async () => {
  vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
  await stopDebugging();
});

async function start(name: string): Promise<void> {
  assert.ok(await vscode.debug.startDebugging(workspaceFolder(), name), `${name} starts`);
}

async function captures(): Promise<readonly CaptureRecord[]> {
  const { captures: all } = await hub.call('status', undefined);
  return all.filter(({ kind }) => kind === 'debug');
}

/** The summaries of an operation in the newest capture that has it. */
async function newest(operation: string): Promise<readonly SummaryRecord[]> {
  const { summaries } = await hub.call('summaries', undefined);
  const mine = summaries.filter((summary) => summary.operation === operation);
  const latest = mine.reduce<SummaryRecord | undefined>((a, b) => (a === undefined || b.lastEndUnixMs > a.lastEndUnixMs ? b : a), undefined);
  return mine.filter(({ captureId }) => captureId === latest?.captureId);
}

const countOf = (summaries: readonly SummaryRecord[]): number => summaries.reduce((sum, { count }) => sum + count, 0);

async function latency(summaries: readonly SummaryRecord[]) {
  const [stats] = await hub.call('latencies', { groups: [summaries.map(({ summaryId }) => summaryId)] });
  assert.ok(stats !== undefined);
  return stats;
}

/** Services of a capture's spans. */
async function servicesIn(captureId: string): Promise<string[]> {
  const { summaries } = await hub.call('summaries', undefined);
  return [...new Set(summaries.filter((summary) => summary.captureId === captureId).map(({ service }) => service))].sort();
}

function isStopped(): boolean {
  return vscode.debug.activeStackItem instanceof vscode.DebugStackFrame;
}

describe('a breakpoint held for two seconds', () => {
  it('changes no p95, and both figures are told', async () => {
    const { document } = await open('orders.js');
    await start('Orders');
    await eventually('spans before the breakpoint', async () => (countOf(await newest('place order')) >= 30 ? true : undefined), 60_000);
    const before = await latency(await newest('place order'));
    assert.equal(before.heldNs, undefined);

    const setAt = Date.now();
    const line = lineOf(document, "if (item === 'unicorn')");
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(new vscode.Location(document.uri, new vscode.Position(line, 0)))]);
    await eventually('the stop', () => isStopped() || undefined);
    await sleep(2000);
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.commands.executeCommand('workbench.action.debug.continue');

    const summaries = await eventually('spans after it', async () => {
      // It may have come by the breakpoint again before that was gone.
      if (isStopped()) await vscode.commands.executeCommand('workbench.action.debug.continue');
      const now = await newest('place order');
      return countOf(now) >= before.count + 30 ? now : undefined;
    });
    const atMostMs = Date.now() - setAt;
    const after = await latency(summaries);
    const recent = await hub.call('recentSpans', { summaryIds: summaries.map(({ summaryId }) => summaryId), limit: 50 });
    const held = recent.filter((span): span is RecentSpan & { heldNs: number } => span.heldNs !== undefined);
    const told = JSON.stringify({ before, after, atMostMs, held: held.map(({ durationNs, heldNs }) => [durationNs / 1e6, heldNs / 1e6]) });
    assert.ok(held.length > 0, `spans that were held are among the recent ones: ${told}`);
    assert.ok(held.some(({ durationNs, heldNs }) => heldNs > 1.5e9 && heldNs < atMostMs * 1e6 && durationNs > heldNs), `both figures: ${told}`);
    // What the debugger takes on top of the time it holds (it reads sources, and answers a step) is the program's own.
    assert.ok(after.maxNs < 1e9 && after.p95Ns < before.p95Ns + 0.3e9, `net of it: ${told}`);
    assert.ok((after.heldNs ?? 0) > 1.5e9, told);

    await lensOver(document, 'async place(items)', / p50 · [\d.]+ ms p95 · /);
    const [hover] = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, new vscode.Position(lineOf(document, 'async place(items)'), 4));
    const text = hover?.contents.map((content) => (typeof content === 'string' ? content : content.value)).join('\n') ?? '';
    assert.match(text, /Without [\d.]+ s in which the debugger held the program/);
  });
});

describe('captures', () => {
  it('of two programs stay apart, though a compound names them together', async () => {
    const before = (await captures()).length;
    await start('Orders');
    await start('Quotes');
    const found = await eventually('two captures with spans', async () => {
      const own = (await captures()).slice(before);
      return own.length === 2 && own.every(({ spanCount }) => spanCount > 10) ? own : undefined;
    }, 60_000);
    assert.deepEqual(found.map(({ name }) => name), ['Orders', 'Quotes']);
    assert.deepEqual(await Promise.all(found.map(({ captureId }) => servicesIn(captureId))), [['orders'], ['quotes']]);
  });

  it('a compound is one, and a member that starts again comes back to it', async () => {
    const before = (await captures()).length;
    const quotes: vscode.DebugSession[] = [];
    const listening = vscode.debug.onDidStartDebugSession((session) => {
      if (session.configuration.name === 'Quotes' && session.parentSession === undefined) quotes.push(session);
    });
    await start('Orders and quotes');
    const own = async () => (await captures()).slice(before);
    const [first] = await eventually('spans of both', async () => {
      const found = await own();
      return found.length > 0 && (await servicesIn(found[0]!.captureId)).length === 2 ? found : undefined;
    }, 60_000);
    assert.deepEqual((await own()).map(({ name }) => name), ['Orders and quotes']);
    assert.ok(first !== undefined && quotes[0] !== undefined);

    await vscode.debug.stopDebugging(quotes[0]);
    await sleep(500);
    await start('Quotes');
    const stopped = countOf(await newest('quote'));
    await eventually('spans of the member that started again', async () => (countOf(await newest('quote')) > stopped + 10 ? true : undefined), 60_000);
    listening.dispose();
    assert.deepEqual((await own()).map(({ name }) => name), ['Orders and quotes']);

    await hub.call('renameCapture', { captureId: first.captureId, name: 'before the fix' });
    await hub.call('pinCapture', { captureId: first.captureId, pinned: true });
    await stopDebugging();
    await eventually('its end', async () => ((await own())[0]?.endedUnixMs === undefined ? undefined : true));
    assert.deepEqual((await own()).map(({ name, pinned }) => [name, pinned]), [['before the fix', true]]);
    await hub.call('deleteCapture', { captureId: first.captureId });
    assert.deepEqual(await own(), []);
  });
});
