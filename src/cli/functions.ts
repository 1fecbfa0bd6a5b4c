import path from 'node:path';
import { operationRows } from '../client/functionTable.ts';
import type { LiveRow } from '../client/liveRow.ts';
import { capturedKey, capturedSites } from '../client/past/seenSites.ts';
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
  await using workspace = await openWorkspace(options.workspace, dataDir);
  await using spans = await openSpans(dataDir);
  const rows = await locatedRows(spans, workspace);
  const latencies = await spans.call('latencies', { groups: rows.map((row) => row.summaryIds) });
  const file = (row: LiveRow) => path.relative(workspace.folder, row.file).split(path.sep).join('/');
  if (!json) {
    print(rows.length === 0 ? 'no span could be placed in this workspace; `traceline explain SPAN_ID` says why' : table(rows.map((row, i) => text(row, file(row), latencies[i]))));
    return;
  }
  const recent = await Promise.all(rows.map((row) => spans.call('recentSpans', { summaryIds: row.summaryIds, limit: recentSpansPerRow })));
  print(jsonLine(rows.map((row, i) => document(row, file(row), latencies[i], recent[i] ?? []))));
}

async function locatedRows(spans: Spans, workspace: Awaited<ReturnType<typeof openWorkspace>>): Promise<LiveRow[]> {
  const [{ summaries }, sites, { captures }] = await Promise.all([spans.call('summaries', undefined), spans.call('sites', { afterSiteId: -1 }), spans.call('status', undefined)]);
  const byId = new Map(sites.map((site) => [site.siteId, site]));
  const asked = capturedSites(summaries, (siteId) => byId.get(siteId), captures);
  let found = await workspace.locator.call('locate', [...asked.values()]);
  if (await workspaceRead(workspace.locator)) found = await workspace.locator.call('locate', [...asked.values()]);
  const places = new Map([...asked.keys()].map((key, i) => [key, i]));
  // A site has a place of its own in each capture, since the text may have changed between them: it counts as a site of its own.
  const numbered = summaries.map((summary) => ({ ...summary, siteId: summary.siteId === undefined ? undefined : places.get(capturedKey({ siteId: summary.siteId, captureId: summary.captureId })) }));
  const ends = new Map(summaries.map(({ summaryId, lastEndUnixMs }) => [summaryId, lastEndUnixMs]));
  const edits = new Map(numbered.map(({ summaryId, siteId }) => [summaryId, siteId === undefined ? undefined : found[siteId]?.edited]));
  const rows = operationRows(numbered, (index) => found[index], false).map((row): LiveRow => {
    return { ...row, edited: edits.get(row.summaryIds.reduce((newest, id) => (ends.get(id)! > ends.get(newest)! ? id : newest))) };
  });
  return rows.sort((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.operation, b.operation));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function text(row: LiveRow, file: string, stats: LatencyStats | undefined): string[] {
  const figures = stats === undefined ? '' : `${durationText(stats.p50Ns)} p50 · ${durationText(stats.p95Ns)} p95 · ${spansText(stats.count)}${stats.errorCount > 0 ? ` · ${errorsText(stats.errorCount)}` : ''}`;
  return [`${file}:${row.line}`, row.function?.name ?? '', `${row.operation} (${row.kind}, ${row.service})`, figures, row.via + (row.edited === undefined ? '' : row.edited === 'function' ? ' · edited since the last run' : ' · file changed since the last run')];
}

function document(row: LiveRow, file: string, stats: LatencyStats | undefined, recent: readonly RecentSpan[]): object {
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
    edited: row.edited ?? null,
    recentSpans: recent.map(({ traceId, spanId, startUnixNano, durationNs, error }) => ({ traceId, spanId, startUnixNano, durationNs, error })),
  };
}
