/** What the hub answers of a generated trace, for pages without one. */
import type { QueryTerm } from '../../src/model/spanQuery.ts';
import { textMatches } from '../../src/model/spanText.ts';
import type { JsonKeyValue, SpanDetails } from '../../src/protocol/hub.ts';
import type { SearchAnswer, TraceLogs } from '../../src/protocol/traceSearch.ts';
import { spanIdOf } from '../../webview/layout/spanIds.ts';
import type { TestTrace } from './generateTrace.ts';

export function searchTestTrace(trace: TestTrace, terms: readonly QueryTerm[]): SearchAnswer {
  const { texts, keys } = readOf(trace);
  return { version: trace.columns.version, rows: terms.map((term) => Uint32Array.from(texts.flatMap((text, row) => (textMatches(text, term) ? [row] : [])))), keys };
}

interface Read {
  readonly texts: readonly string[];
  readonly keys: readonly string[];
}

const reads = new WeakMap<TestTrace, Read>();

function readOf(trace: TestTrace): Read {
  let read = reads.get(trace);
  if (read === undefined) {
    const details = detailsOf(trace);
    const keys = new Set(details.flatMap((each) => [...(each?.attributes ?? []), ...(each?.resource ?? [])].map(({ key }) => key)));
    reads.set(trace, (read = { texts: details.map((each) => (each === undefined ? '' : textOf(each))), keys: [...keys] }));
  }
  return read;
}

export function logsOfTestTrace(trace: TestTrace): TraceLogs {
  const start = BigInt(trace.columns.startUnixNano);
  const logs = detailsOf(trace).flatMap((details, row) => (details?.logs ?? []).map((log) => ({ ...log, row, timeNs: Number(BigInt(log.timeUnixNano) - start) }))).sort((a, b) => a.timeNs - b.timeNs);
  return {
    version: trace.columns.version,
    timeNs: Float64Array.from(logs, ({ timeNs }) => timeNs),
    row: Int32Array.from(logs, ({ row }) => row),
    severity: Uint8Array.from(logs, ({ severityNumber }) => severityNumber),
    level: logs.map(({ severityText }) => severityText),
    text: logs.map(({ body }) => valueText(body)),
    leftOut: 0,
  };
}

function detailsOf(trace: TestTrace): (SpanDetails | undefined)[] {
  return Array.from({ length: trace.columns.spanCount }, (_, row) => trace.details(spanIdOf(trace.columns, row)));
}

function textOf(details: SpanDetails): string {
  const attributes = (entries: readonly JsonKeyValue[]): string[] => entries.map(({ key, value }) => `${key}\u0001${valueText(value)}`);
  const lines = [
    ...attributes(details.attributes),
    ...details.events.flatMap((event) => [`event\u0001${event.name}`, ...attributes(event.attributes)]),
    ...details.logs.map((log) => `log\u0001${log.severityText} ${valueText(log.body)}`),
    ...attributes(details.resource),
  ];
  return `\n${lines.map((line) => line.replaceAll('\n', ' ').toLowerCase()).join('\n')}\n`;
}

function valueText(value: unknown): string {
  return typeof value === 'object' && value !== null ? Object.values(value).map(String).join(' ') : String(value);
}
