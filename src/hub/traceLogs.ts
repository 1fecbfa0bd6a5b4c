import { jsonValue } from '../decode/otlpJsonWriter.ts';
import type { AttributeValue } from '../model/attributes.ts';
import { type LogRecord, logTimeUnixNano } from '../model/span.ts';
import type { TraceLogs } from '../protocol/traceSearch.ts';
import { Slices } from './slices.ts';
import { logsOf, rowsBySpan, type TraceSource } from './traceSource.ts';

const mostLogs = 50_000;
const longestText = 500;

interface Line {
  readonly timeNs: number;
  readonly row: number;
  readonly severity: number;
  readonly level: string;
  readonly text: string;
}

/** undefined where no span of that trace is kept. */
export async function traceLogs(source: TraceSource, traceId: string): Promise<TraceLogs | undefined> {
  const columns = await source.columns(traceId);
  if (columns === undefined) return undefined;
  const rows = rowsBySpan(columns);
  const startUnixNano = BigInt(columns.startUnixNano);
  const lines: Line[] = [];
  let leftOut = 0;
  for await (const record of logsOf(source, traceId, new Slices())) {
    if (lines.length >= mostLogs) leftOut++;
    else lines.push(lineOf(record, startUnixNano, rows));
  }
  lines.sort((a, b) => a.timeNs - b.timeNs);
  return {
    version: columns.version,
    timeNs: Float64Array.from(lines, ({ timeNs }) => timeNs),
    row: Int32Array.from(lines, ({ row }) => row),
    severity: Uint8Array.from(lines, ({ severity }) => severity),
    level: lines.map(({ level }) => level),
    text: lines.map(({ text }) => text),
    leftOut,
  };
}

function lineOf(record: LogRecord, startUnixNano: bigint, rows: ReadonlyMap<string, number>): Line {
  const text = [record.eventName, bodyText(record.body)].filter((part) => part !== '').join(' ');
  return {
    timeNs: Number(logTimeUnixNano(record) - startUnixNano),
    row: rows.get(record.spanId ?? '') ?? -1,
    severity: Math.min(Math.max(0, record.severityNumber), 0xff),
    level: record.severityText.slice(0, 40),
    text: text.length > longestText ? `${text.slice(0, longestText)}…` : text,
  };
}

function bodyText(body: AttributeValue): string {
  return typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(jsonValue(body));
}
