import type { LogRecord } from '../model/span.ts';
import type { TraceColumns } from '../protocol/hub.ts';
import type { Slices } from './slices.ts';
import type { KeptSpan } from './spanFacts.ts';

/** What is stored of one trace, for whoever reads all of it. */
export interface TraceSource {
  columns(traceId: string): Promise<TraceColumns | undefined>;
  chunks(traceId: string, signal: 'traces' | 'logs'): readonly number[];
  /** Of all traces in the chunk. */
  spans(chunkId: number): readonly KeptSpan[];
  logs(chunkId: number): readonly LogRecord[];
}

/** By span id in lower-case hex. */
export function rowsBySpan({ spanId, spanCount }: TraceColumns): ReadonlyMap<string, number> {
  const hex = Buffer.from(spanId.buffer, spanId.byteOffset, spanId.byteLength).toString('hex');
  const rows = new Map<string, number>();
  for (let row = 0; row < spanCount; row++) rows.set(hex.slice(row * 16, row * 16 + 16), row);
  return rows;
}

/** The trace's log records, chunk by chunk. */
export async function* logsOf(source: TraceSource, traceId: string, slices: Slices): AsyncIterable<LogRecord> {
  for (const chunkId of source.chunks(traceId, 'logs')) {
    for (const record of source.logs(chunkId)) if (record.traceId === traceId) yield record;
    await slices.pause();
  }
}
