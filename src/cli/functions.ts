import path from 'node:path';
import { type OperationRow, operationRows } from '../client/functionTable.ts';
import { errorsText, spansText } from '../model/countText.ts';
import { durationText } from '../model/durationText.ts';
import type { RecentSpan } from '../protocol/hub.ts';
import type { LatencyStats } from '../stats/latency.ts';
import { commandLine } from './commandLine.ts';
import { openWorkspace } from './openWorkspace.ts';
import { openSpans, type Spans } from './openSpans.ts';
import { jsonLine, print, table } from './output.ts';
import { workspaceRead } from './workspaceRead.ts';

const recentSpansPerRow = 20;

export async function functions(args: readonly string[]): Promise<void> {
  const { dataDir, json, options } = commandLine(args, { workspace: 'string' });
  await using workspace = await openWorkspace(options.workspace);
  await using spans = await openSpans(dataDir);
  const rows = await locatedRows(spans, workspace);
  const latencies = await spans.call('latencies', { groups: rows.map((row) => row.summaryIds) });
  const file = (row: OperationRow) => path.relative(workspace.folder, row.file).split(path.sep).join('/');
  if (!json) {
    print(rows.length === 0 ? 'no span could be placed in this workspace; `traceline explain SPAN_ID` says why' : table(rows.map((row, i) => text(row, file(row), latencies[i]))));
    return;
  }
  const recent = await Promise.all(rows.map((row) => spans.call('recentSpans', { summaryIds: row.summaryIds, limit: recentSpansPerRow })));
  print(jsonLine(rows.map((row, i) => document(row, file(row), latencies[i], recent[i] ?? []))));
}

async function locatedRows(spans: Spans, workspace: Awaited<ReturnType<typeof openWorkspace>>): Promise<OperationRow[]> {
  const [{ summaries }, sites] = await Promise.all([spans.call('summaries', undefined), spans.call('sites', { afterSiteId: -1 })]);
  let found = await workspace.locator.call('locate', sites);
  if (await workspaceRead(workspace.locator)) found = await workspace.locator.call('locate', sites);
  const locations = new Map(sites.map(({ siteId }, i) => [siteId, found[i]]));
  const rows = operationRows(summaries, (siteId) => locations.get(siteId), false);
  return rows.sort((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.operation, b.operation));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function text(row: OperationRow, file: string, stats: LatencyStats | undefined): string[] {
  const figures = stats === undefined ? '' : `${durationText(stats.p50Ns)} p50 · ${durationText(stats.p95Ns)} p95 · ${spansText(stats.count)}${stats.errorCount > 0 ? ` · ${errorsText(stats.errorCount)}` : ''}`;
  return [`${file}:${row.line}`, row.function?.name ?? '', `${row.operation} (${row.kind}, ${row.service})`, figures, row.via];
}

function document(row: OperationRow, file: string, stats: LatencyStats | undefined, recent: readonly RecentSpan[]): object {
  return {
    file,
    line: row.line,
    column: row.column,
    function: row.function?.name ?? null,
    operation: row.operation,
    kind: row.kind,
    service: row.service,
    count: stats?.count ?? row.count,
    errors: stats?.errorCount ?? row.errorCount,
    p50Ns: stats?.p50Ns ?? 0,
    p95Ns: stats?.p95Ns ?? 0,
    maxNs: stats?.maxNs ?? 0,
    via: row.via,
    recentSpans: recent.map(({ traceId, spanId, startUnixNano, durationNs, error }) => ({ traceId, spanId, startUnixNano, durationNs, error })),
  };
}
