import type { CaptureRecord } from '../../protocol/hub.ts';
import type {
  CaptureChange, Dropped, DropReason, Hold, NewChunk, OldTrace, Rank, Signal, Store, StoreCounts, StoredChunk, TraceRow, Usage,
} from './store.ts';
import { looseTraceId } from './tracePacking.ts';
import { mergeTrace, newestFirst } from './traceRow.ts';

interface Part {
  items: number;
  errors: number;
  readonly traces: Map<string, { items: number; readonly errors: number }>;
}

interface Kept {
  readonly chunk: NewChunk;
  bytes: Uint8Array;
  skipped: Uint32Array | undefined;
  readonly parts: Map<string, Part>;
  dead: number;
  isUnreadable: boolean;
}

interface Trace {
  /** undefined while there are only logs. */
  row: TraceRow | undefined;
  bytes: number;
  version: number;
  isSlow: boolean;
  /** Chunks → captures, as the trace_chunks table. */
  readonly chunks: Map<number, Set<string>>;
}

/** A chunk costs about this much beside its bytes. */
const overheadBytes = 500;
const oldestLookedAt = 300;

/** The same store without a file: where node:sqlite is missing or the file cannot be opened. What it holds ends with the process. */
export class MemoryStore implements Store {
  readonly kind = 'memory';
  /** In order of their ids. */
  readonly #chunks = new Map<number, Kept>();
  readonly #ids: Record<Signal, number[]> = { traces: [], logs: [] };
  /** In order of arrival. */
  readonly #traces = new Map<string, Trace>();
  readonly #operations = new Map<string, number>();
  readonly #captures = new Map<string, CaptureRecord>();
  readonly #chunksOfCapture = new Map<string, Set<number>>();
  readonly #holds = new Map<string, Map<string, Hold>>();
  readonly #counts = { spans: 0, logs: 0, droppedSpans: 0, droppedLogs: 0, droppedFor: { size: 0, count: 0, age: 0 } };
  #bytes = 0;
  #lastId = 0;

  append(chunks: readonly NewChunk[]): readonly number[] {
    return chunks.map((chunk) => this.#append(chunk));
  }

  #append(chunk: NewChunk): number {
    const chunkId = ++this.#lastId;
    const isSpans = chunk.signal === 'traces';
    // The bytes may be a view of a much larger buffer that would be kept alive.
    const kept: Kept = { chunk: { ...chunk, bytes: new Uint8Array() }, bytes: chunk.bytes.slice(), skipped: chunk.skipped, parts: new Map(), dead: 0, isUnreadable: false };
    this.#chunks.set(chunkId, kept);
    this.#ids[chunk.signal].push(chunkId);
    this.#bytes += kept.bytes.length + overheadBytes;
    for (const delta of chunk.deltas) {
      const trace = this.#trace(delta.traceId);
      trace.row = mergeTrace(trace.row, delta);
      trace.bytes += delta.bytes;
    }
    const items = chunk.parts.reduce((sum, part) => sum + part.items, 0);
    for (const part of chunk.parts) {
      const capture = this.#capture(part.captureId, chunk.receivedUnixMs);
      addTo(this.#chunksOfCapture, part.captureId, chunkId);
      let { traces } = part;
      const loose = part.items - traces.reduce((sum, trace) => sum + trace.items, 0);
      if (!isSpans && loose > 0) traces = [...traces, { traceId: looseTraceId(chunkId), items: loose, errors: 0 }];
      kept.parts.set(part.captureId, { items: part.items, errors: part.errors, traces: new Map(traces.map(({ traceId, ...share }) => [traceId, { ...share }])) });
      for (const share of traces) {
        const trace = this.#trace(share.traceId);
        addTo(trace.chunks, chunkId, part.captureId);
        trace.version++;
        if (!isSpans) trace.bytes += Math.ceil((kept.bytes.length * share.items) / items);
      }
      if (isSpans) {
        this.#counts.spans += part.items;
        this.#captures.set(part.captureId, { ...capture, spanCount: capture.spanCount + part.items, errorCount: capture.errorCount + part.errors });
      } else {
        this.#counts.logs += part.items;
      }
    }
    return chunkId;
  }

  trace(traceId: string): TraceRow | undefined {
    const trace = this.#traces.get(traceId);
    return trace?.row === undefined ? undefined : { ...trace.row, version: trace.version };
  }

  reading<T>(body: () => T): T {
    return body();
  }

  holdsTrace(traceId: string): boolean {
    return this.#traces.has(traceId);
  }

  traces(): Iterable<TraceRow> {
    return [...this.#traces.values()].flatMap(({ row, version }) => (row === undefined ? [] : [{ ...row, version }])).sort(newestFirst);
  }

  chunksOfTrace(traceId: string, signal: Signal): readonly number[] {
    const ids = [...(this.#traces.get(traceId)?.chunks.keys() ?? [])];
    return ids.filter((chunkId) => this.#chunks.get(chunkId)?.chunk.signal === signal).sort((a, b) => a - b);
  }

  isInCapture(traceId: string, captureId: string): boolean {
    return [...(this.#traces.get(traceId)?.chunks.values() ?? [])].some((captures) => captures.has(captureId));
  }

  chunk(chunkId: number): StoredChunk | undefined {
    const kept = this.#chunks.get(chunkId);
    if (kept === undefined) return undefined;
    const { signal, encoding, receivedUnixMs, captureOverride } = kept.chunk;
    const loose = looseTraceId(chunkId);
    const live = kept.dead === 0 ? undefined : new Set([...kept.parts.values()].flatMap(({ traces }) => [...traces.keys()].map((traceId) => (traceId === loose ? '' : traceId))));
    return { chunkId, signal, encoding, receivedUnixMs, bytes: kept.bytes, captureOverride, skipped: kept.skipped, captures: new Set(kept.parts.keys()), traces: live };
  }

  nextChunk(chunkId: number, signal?: Signal): number | undefined {
    if (signal === undefined) {
      const next = Math.min(this.nextChunk(chunkId, 'traces') ?? Infinity, this.nextChunk(chunkId, 'logs') ?? Infinity);
      return next === Infinity ? undefined : next;
    }
    const ids = this.#ids[signal];
    return ids[firstAbove(ids, chunkId)];
  }

  previousChunk(chunkId: number, signal: Signal): number | undefined {
    const ids = this.#ids[signal];
    return ids[firstAbove(ids, chunkId - 1) - 1];
  }

  captures(): readonly CaptureRecord[] {
    return [...this.#captures.values()].sort((a, b) => a.startedUnixMs - b.startedUnixMs);
  }

  putCapture(captureId: string, change: CaptureChange, nowUnixMs: number): void {
    this.#captures.set(captureId, { ...this.#capture(captureId, nowUnixMs), ...change });
  }

  putHold(captureId: string, hold: Hold): void {
    if (!this.#captures.has(captureId)) return;
    let holds = this.#holds.get(captureId);
    if (holds === undefined) this.#holds.set(captureId, (holds = new Map()));
    holds.set(hold.holdId, hold);
  }

  holds(): readonly (Hold & { readonly captureId: string })[] {
    return [...this.#holds].flatMap(([captureId, holds]) => [...holds.values()].map((hold) => ({ captureId, ...hold })));
  }

  deleteFromCapture(captureId: string, steps: number): Dropped | undefined {
    if (!this.#captures.has(captureId)) return undefined;
    const sums = { spans: 0, logs: 0 };
    const touched = new Set<string>();
    for (const chunkId of [...(this.#chunksOfCapture.get(captureId) ?? [])].slice(0, steps)) {
      const kept = this.#chunks.get(chunkId);
      for (const [traceId, { items, errors }] of [...(kept?.parts.get(captureId)?.traces ?? [])]) {
        touched.add(traceId);
        this.#takeFromTrace(traceId, chunkId, captureId, kept?.chunk.signal === 'traces', items, errors);
        this.#takeFromChunk(chunkId, captureId, traceId, sums);
      }
    }
    return { ...sums, traceIds: [...touched], captureIds: this.#removeIfEmpty(captureId) ? [captureId] : [] };
  }

  usage(): readonly Usage[] {
    const usage = new Map<string, { -readonly [K in keyof Usage]: Usage[K] }>();
    for (const trace of this.#traces.values()) {
      const [operation, rank] = [this.#operationOf(trace), this.#rankOf(trace)];
      const spans = trace.row?.spanCount ?? 0;
      const known = usage.get(`${operation} ${rank}`);
      if (known === undefined) usage.set(`${operation} ${rank}`, { operation, service: trace.row?.service ?? '', rank, bytes: trace.bytes, spans });
      else {
        known.bytes += trace.bytes;
        known.spans += spans;
      }
    }
    return [...usage.values()];
  }

  oldestTraces(operation: number, rank: Rank, limit: number): readonly OldTrace[] {
    const found: OldTrace[] = [];
    for (const [traceId, trace] of this.#traces) {
      if (found.length >= limit) break;
      if (this.#operationOf(trace) === operation && this.#rankOf(trace) === rank) {
        const { row, bytes } = trace;
        found.push({ traceId, bytes, durationNs: row === undefined ? 0n : row.endUnixNano - row.startUnixNano, spans: row?.spanCount ?? 0 });
      }
    }
    return found;
  }

  tracesBefore(cutoffUnixMs: number): readonly string[] {
    const found: string[] = [];
    let looked = 0;
    for (const [traceId, trace] of this.#traces) {
      if (this.#rankOf(trace) === 'pinned') continue;
      if (++looked > oldestLookedAt) break;
      if ([...trace.chunks.keys()].every((chunkId) => (this.#chunks.get(chunkId)?.chunk.receivedUnixMs ?? 0) < cutoffUnixMs)) found.push(traceId);
    }
    return found;
  }

  markSlow(traceIds: readonly string[]): void {
    for (const traceId of traceIds) {
      const trace = this.#traces.get(traceId);
      if (trace !== undefined) trace.isSlow = true;
    }
  }

  dropTraces(traceIds: readonly string[], reason: DropReason): Dropped {
    const sums = { spans: 0, logs: 0 };
    const captures = new Set<string>();
    for (const traceId of traceIds) {
      const chunks = this.#traces.get(traceId)?.chunks;
      this.#traces.delete(traceId);
      for (const [chunkId, of] of chunks ?? []) {
        for (const captureId of of) {
          captures.add(captureId);
          this.#takeFromChunk(chunkId, captureId, traceId, sums);
        }
      }
    }
    this.#counts.droppedSpans += sums.spans;
    this.#counts.droppedLogs += sums.logs;
    this.#counts.droppedFor[reason] += sums.spans;
    const mayGo = (captureId: string) => this.#captures.get(captureId)?.endedUnixMs !== undefined && this.#captures.get(captureId)?.pinned === false;
    return { ...sums, traceIds, captureIds: [...captures].filter((captureId) => mayGo(captureId) && this.#removeIfEmpty(captureId)) };
  }

  deadBytes(): number {
    let sum = 0;
    for (const kept of this.#chunks.values()) if (kept.dead > 0 && !kept.isUnreadable) sum += kept.bytes.length * deadShare(kept);
    return sum;
  }

  rewrite(limit: number, rewrite: (chunk: StoredChunk) => Uint8Array | undefined): boolean {
    const dead = [...this.#chunks].filter(([, kept]) => kept.dead > 0 && !kept.isUnreadable).sort(([, a], [, b]) => deadShare(b) - deadShare(a)).slice(0, limit);
    for (const [chunkId, kept] of dead) {
      const bytes = rewrite(this.chunk(chunkId)!);
      if (bytes === undefined) {
        kept.isUnreadable = true;
        continue;
      }
      this.#bytes += bytes.length - kept.bytes.length;
      kept.bytes = bytes.slice();
      kept.skipped = undefined;
      kept.dead = 0;
    }
    return dead.length > 0;
  }

  /** Nothing outlives the process. */
  putSummaries(): void {}

  commitSummaries(): void {}

  summaries(): undefined {
    return undefined;
  }

  pause(): undefined {
    return undefined;
  }

  bytes(): number {
    return this.#bytes;
  }

  shrink(): boolean {
    return false;
  }

  counts(): StoreCounts {
    return { ...this.#counts, droppedFor: { ...this.#counts.droppedFor } };
  }

  close(): void {
    this.#chunks.clear();
    this.#traces.clear();
  }

  #capture(captureId: string, nowUnixMs: number): CaptureRecord {
    let capture = this.#captures.get(captureId);
    if (capture === undefined) {
      capture = {
        captureId, name: captureId, kind: 'external', startedUnixMs: nowUnixMs, endedUnixMs: undefined, pinned: false, spanCount: 0, errorCount: 0,
      };
      this.#captures.set(captureId, capture);
    }
    return capture;
  }

  #trace(traceId: string): Trace {
    let trace = this.#traces.get(traceId);
    if (trace === undefined) this.#traces.set(traceId, (trace = { row: undefined, bytes: 0, version: 0, isSlow: false, chunks: new Map() }));
    return trace;
  }

  #operationOf({ row }: Trace): number {
    const name = `${row?.service ?? ''}\0${row?.rootName ?? ''}`;
    let operation = this.#operations.get(name);
    if (operation === undefined) this.#operations.set(name, (operation = this.#operations.size));
    return operation;
  }

  #rankOf({ row, isSlow, chunks }: Trace): Rank {
    for (const captures of chunks.values()) for (const captureId of captures) if (this.#captures.get(captureId)?.pinned === true) return 'pinned';
    return (row?.errorCount ?? 0) > 0 ? 'error' : isSlow ? 'slow' : 'ordinary';
  }

  #takeFromTrace(traceId: string, chunkId: number, captureId: string, isSpans: boolean, items: number, errors: number): void {
    const trace = this.#traces.get(traceId);
    if (trace === undefined) return;
    const captures = trace.chunks.get(chunkId);
    captures?.delete(captureId);
    if (captures?.size === 0) trace.chunks.delete(chunkId);
    if (trace.chunks.size === 0) this.#traces.delete(traceId);
    trace.version++;
    if (!isSpans || trace.row === undefined) return;
    const { row } = trace;
    const spanCount = row.spanCount - items;
    trace.bytes = Math.round((trace.bytes * Math.max(0, spanCount)) / row.spanCount);
    const left = new Set([...trace.chunks.values()].flatMap((of) => [...of]));
    const [other] = left;
    trace.row = spanCount <= 0 ? undefined : { ...row, spanCount, errorCount: row.errorCount - errors, captureId: left.has(row.captureId) ? row.captureId : (other ?? row.captureId) };
  }

  #takeFromChunk(chunkId: number, captureId: string, traceId: string, sums: { spans: number; logs: number }): void {
    const kept = this.#chunks.get(chunkId);
    const part = kept?.parts.get(captureId);
    const share = part?.traces.get(traceId);
    if (kept === undefined || part === undefined || share === undefined) return;
    const { items, errors } = share;
    part.traces.delete(traceId);
    part.items -= items;
    part.errors -= errors;
    kept.dead += items;
    if (kept.chunk.signal === 'traces') {
      sums.spans += items;
      this.#counts.spans -= items;
      const capture = this.#capture(captureId, 0);
      this.#captures.set(captureId, { ...capture, spanCount: capture.spanCount - items, errorCount: capture.errorCount - errors });
    } else {
      sums.logs += items;
      this.#counts.logs -= items;
    }
    if (part.traces.size > 0) return;
    kept.parts.delete(captureId);
    this.#chunksOfCapture.get(captureId)?.delete(chunkId);
    if (kept.parts.size === 0) this.#removeChunk(chunkId, kept);
  }

  #removeIfEmpty(captureId: string): boolean {
    if ((this.#chunksOfCapture.get(captureId)?.size ?? 0) > 0 || !this.#captures.delete(captureId)) return false;
    this.#chunksOfCapture.delete(captureId);
    this.#holds.delete(captureId);
    return true;
  }

  #removeChunk(chunkId: number, kept: Kept): void {
    this.#chunks.delete(chunkId);
    const ids = this.#ids[kept.chunk.signal];
    const at = firstAbove(ids, chunkId) - 1;
    if (ids[at] === chunkId) ids.splice(at, 1);
    this.#bytes -= kept.bytes.length + overheadBytes;
  }
}

function deadShare({ dead, parts }: Kept): number {
  let live = 0;
  for (const { items } of parts.values()) live += items;
  return dead / (dead + live);
}

function addTo<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([value]));
  else set.add(value);
}

/** Index of the first of the ascending `ids` above `id`. */
function firstAbove(ids: readonly number[], id: number): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? Infinity) > id) high = middle;
    else low = middle + 1;
  }
  return low;
}

