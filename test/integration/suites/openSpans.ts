import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { HubConnection } from '../../../src/client/hubConnection.ts';
import { openStates, type TraceColumns, type TraceSummary } from '../../../src/protocol/hub.ts';
import { connectHubOfWindow, startServer } from '../../support/hubInsideVsCode.ts';
import { eventually, lineOf, open, stopDebugging, webviewTabs, workspaceFolder } from '../../support/insideVsCode.ts';

let hub: HubConnection;

before(async () => {
  hub = await connectHubOfWindow();
});
after(() => hub.close());
afterEach(async () => {
  vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
  await stopDebugging();
});

/** A request that is asked for and not waited for. */
function ask(url: string): AbortController {
  const controller = new AbortController();
  fetch(url, { signal: controller.signal }).catch(() => undefined);
  return controller;
}

async function tracesOfNewest(): Promise<readonly TraceSummary[]> {
  const { captures } = await hub.call('status', undefined);
  const newest = captures.filter(({ kind }) => kind === 'debug').at(-1);
  return newest === undefined ? [] : hub.call('traces', { captureId: newest.captureId });
}

async function columnsOf(traceId: string): Promise<TraceColumns> {
  const columns = await hub.call('trace', { traceId });
  assert.ok(columns !== undefined);
  return columns;
}

function isStopped(): boolean {
  return vscode.debug.activeStackItem instanceof vscode.DebugStackFrame;
}

describe('a request that hangs', () => {
  it('is in the waterfall while it hangs, and counts in no figure', async () => {
    const base = await startServer();
    assert.equal(await (await fetch(`${base}/quick`)).text(), 'quick');
    const request = ask(`${base}/hang`);
    const trace = await eventually('the trace that runs', async () => (await tracesOfNewest()).find((each) => each.open?.running === 2));
    assert.equal(trace.rootName, 'GET');
    assert.ok(trace.durationNs > 150e6, `${trace.durationNs}`);
    const columns = await columnsOf(trace.traceId);
    assert.deepEqual([...(columns.open ?? [])], [openStates.running, openStates.running]);

    const before = webviewTabs();
    await vscode.commands.executeCommand('traceline.openTrace', { traceId: trace.traceId });
    await eventually('the waterfall', () => webviewTabs().find((label) => !before.includes(label) && label === 'Trace GET'));

    const counted = async () => (await hub.call('summaries', undefined)).summaries.filter(({ captureId }) => captureId === trace.capture).reduce((sum, { count }) => sum + count, 0);
    // One without a place waits for a moment, in case a span beneath it has one.
    await eventually('the quick one to be counted', async () => ((await counted()) > 1 ? true : undefined));
    assert.equal(await counted(), 2, 'and it alone');
    request.abort();
    await eventually('its end, since nobody waits for it any more', async () => ((await columnsOf(trace.traceId)).open === undefined ? true : undefined));
  });

  it('was never ended where its program is stopped', async () => {
    const base = await startServer();
    ask(`${base}/hang`);
    const trace = await eventually('the trace that runs', async () => (await tracesOfNewest()).find((each) => each.open?.running === 2));
    await stopDebugging();
    const ended = await eventually('what became of it', async () => (await tracesOfNewest()).find((each) => each.open?.neverEnded === 2));
    assert.equal(ended.traceId, trace.traceId);
    assert.deepEqual([...((await columnsOf(trace.traceId)).open ?? [])], [openStates.neverEnded, openStates.neverEnded]);
  });
});

describe('a program that stands at a breakpoint', () => {
  it('shows the trace it stands in', async () => {
    const { document } = await open('server.js');
    const base = await startServer();
    await fetch(`${base}/quick`);
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(new vscode.Location(document.uri, new vscode.Position(lineOf(document, 'response.end(answer)'), 0)))]);
    await eventually('the stop', async () => {
      ask(`${base}/stop`);
      await new Promise((resolve) => setTimeout(resolve, 400));
      return isStopped() || undefined;
    });
    const trace = await eventually('its trace', async () => (await tracesOfNewest()).find((each) => (each.open?.running ?? 0) > 0));
    assert.ok(isStopped(), 'it still stands there');
    assert.equal(trace.service, 'hanging');
    const details = await hub.call('spanDetails', { traceId: trace.traceId, spanId: Buffer.from((await columnsOf(trace.traceId)).spanId.subarray(0, 8)).toString('hex') });
    assert.equal(details?.open, 'running');
    assert.ok(details.attributes.some(({ value }) => JSON.stringify(value).includes('/stop')), JSON.stringify(details.attributes));

    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await eventually('its end', async () => {
      if (isStopped()) await vscode.commands.executeCommand('workbench.action.debug.continue');
      return (await columnsOf(trace.traceId)).open === undefined ? true : undefined;
    });
  });
});

describe('a session that is stopped, and one that is restarted', () => {
  it('lose no span that ended a moment before', async () => {
    const captures = async () => (await hub.call('status', undefined)).captures.filter(({ kind }) => kind === 'debug');
    const before = (await captures()).length;
    const askTwenty = async (base: string) => {
      for (let i = 0; i < 20; i++) await (await fetch(`${base}/quick`)).text();
      // What an SDK has not sent within its delay goes with a program that is killed.
      await new Promise((resolve) => setTimeout(resolve, 300));
    };
    await askTwenty(await startServer());
    await stopDebugging();
    await askTwenty(await startServer());
    const file = path.join(workspaceFolder().uri.fsPath, 'port');
    await rm(file, { force: true });
    await vscode.commands.executeCommand('workbench.action.debug.restart');
    await askTwenty(await eventually('the server again', () => readFile(file, 'utf8').then((port) => (port === '' ? undefined : `http://127.0.0.1:${port}`), () => undefined)));
    await stopDebugging();
    const counts = await eventually('all spans', async () => {
      const own = (await captures()).slice(before).map(({ spanCount }) => spanCount);
      return own.reduce((a, b) => a + b, 0) === 120 ? own : undefined;
    });
    assert.equal(counts[0], 40, `the first run's are its own: ${JSON.stringify(counts)}`);
  });
});
