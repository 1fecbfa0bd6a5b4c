import { externalCaptureId } from '../../model/span.ts';
import type { CaptureRecord } from '../../protocol/hub.ts';
import type { CaptureChange, Dropped, Hold, NewChunk, NewPart, Signal, Store, StoreCounts, StoredChunk, TraceRow } from './store.ts';
import { mergeTrace, newestFirst } from './traceRow.ts';

interface Kept {
  readonly chunk: NewChunk;
  readonly parts: Map<string, NewPart>;
}

/** A chunk costs about this much beside its bytes. */
const overheadBytes = 500;

/** The same store without a file: where node:sqlite is missing or the file cannot be opened. What it holds ends with the process. */
export class MemoryStore implements Store {
  readonly kind = 'memory';
  /** In order of their ids. */
  readonly #chunks = new Map<number, Kept>();
  readonly #ids: Record<Signal, number[]> = { traces: [], logs: [] };
  readonly #traces = new Map<string, TraceRow>();
  /** Trace → chunks → captures, as the trace_chunks table. */
  readonly #traceChunks = new Map<string, Map<number, Set<string>>>();
  readonly #captures = new Map<string, CaptureRecord>();
  readonly #chunksOfCapture = new Map<string, Set<number>>();
  readonly #holds = new Map<string, Map<string, Hold>>();
  readonly #counts = { spans: 0, logs: 0, droppedSpans: 0 };
  #bytes = 0;
  #lastId = 0;

  append(chunk: NewChunk): void {
    const chunkId = ++this.#lastId;
    // The bytes may be a view of a much larger buffer that would be kept alive.
    const own = { ...chunk, bytes: chunk.bytes.slice() };
    this.#chunks.set(chunkId, { chunk: own, parts: new Map(chunk.parts.map((part) => [part.captureId, part])) });
    this.#ids[chunk.signal].push(chunkId);
    this.#bytes += own.bytes.length + overheadBytes;
    for (const part of chunk.parts) {
      const capture = this.#capture(part.captureId, chunk.receivedUnixMs);
      addTo(this.#chunksOfCapture, part.captureId, chunkId);
      for (const { traceId } of part.traces) {
        let chunks = this.#traceChunks.get(traceId);
        if (chunks === undefined) this.#traceChunks.set(traceId, (chunks = new Map()));
        addTo(chunks, chunkId, part.captureId);
      }
      if (chunk.signal === 'traces') {
        this.#counts.spans += part.items;
        this.#captures.set(part.captureId, { ...capture, spanCount: capture.spanCount + part.items, errorCount: capture.errorCount + part.errors });
      } else {
        this.#counts.logs += part.items;
        for (const { traceId } of part.traces) {
          const row = this.#traces.get(traceId);
          if (row !== undefined) this.#traces.set(traceId, { ...row, version: row.version + 1 });
        }
      }
    }
    for (const delta of chunk.deltas) this.#traces.set(delta.traceId, mergeTrace(this.#traces.get(delta.traceId), delta));
  }

  trace(traceId: string): TraceRow | undefined {
    return this.#traces.get(traceId);
  }

  traces(): Iterable<TraceRow> {
    return [...this.#traces.values()].sort(newestFirst);
  }

  chunksOfTrace(traceId: string, signal: Signal): readonly number[] {
    const ids = [...(this.#traceChunks.get(traceId)?.keys() ?? [])];
    return ids.filter((chunkId) => this.#chunks.get(chunkId)?.chunk.signal === signal).sort((a, b) => a - b);
  }

  isInCapture(traceId: string, captureId: string): boolean {
    return [...(this.#traceChunks.get(traceId)?.values() ?? [])].some((captures) => captures.has(captureId));
  }

  chunk(chunkId: number): StoredChunk | undefined {
    const kept = this.#chunks.get(chunkId);
    if (kept === undefined) return undefined;
    const { signal, encoding, bytes, captureOverride, skipped } = kept.chunk;
    return { chunkId, signal, encoding, bytes, captureOverride, skipped, captures: new Set(kept.parts.keys()) };
  }

  nextChunk(chunkId: number, signal: Signal): number | undefined {
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
    return this.#captures.has(captureId) ? this.#deleteParts(captureId, steps, { asDropped: false, withCapture: true }) : undefined;
  }

  dropOldest(steps: number): Dropped | undefined {
    let victim: { captureId: string; age: number; ended: boolean } | undefined;
    for (const [captureId, chunkIds] of this.#chunksOfCapture) {
      const capture = this.#captures.get(captureId);
      const [oldest] = chunkIds;
      if (capture === undefined || capture.pinned || oldest === undefined) continue;
      // "external" never ends, so each of its chunks is as old as itself; a capture is as old as its start.
      const age = captureId === externalCaptureId ? (this.#chunks.get(oldest)?.chunk.receivedUnixMs ?? 0) : capture.startedUnixMs;
      if (victim === undefined || age < victim.age) victim = { captureId, age, ended: capture.endedUnixMs !== undefined };
    }
    return victim === undefined ? undefined : this.#deleteParts(victim.captureId, steps, { asDropped: true, withCapture: victim.ended });
  }

  bytes(): number {
    return this.#bytes;
  }

  shrink(): boolean {
    return false;
  }

  counts(): StoreCounts {
    return this.#counts;
  }

  close(): void {
    this.#chunks.clear();
    this.#traces.clear();
    this.#traceChunks.clear();
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

  #deleteParts(captureId: string, steps: number, how: { readonly asDropped: boolean; readonly withCapture: boolean }): Dropped {
    const chunkIds = this.#chunksOfCapture.get(captureId) ?? new Set<number>();
    const touched = new Set<string>();
    let spans = 0;
    let parts = 0;
    for (const chunkId of [...chunkIds].slice(0, steps)) {
      chunkIds.delete(chunkId);
      const kept = this.#chunks.get(chunkId);
      const part = kept?.parts.get(captureId);
      if (kept === undefined || part === undefined) continue;
      parts++;
      kept.parts.delete(captureId);
      for (const entry of part.traces) this.#takeFromTrace(entry, chunkId, captureId, kept.chunk.signal, touched);
      if (kept.chunk.signal === 'traces') {
        spans += part.items;
        const capture = this.#capture(captureId, 0);
        this.#captures.set(captureId, { ...capture, spanCount: capture.spanCount - part.items, errorCount: capture.errorCount - part.errors });
      } else {
        this.#counts.logs -= part.items;
      }
      if (kept.parts.size === 0) this.#removeChunk(chunkId, kept);
    }
    this.#counts.spans -= spans;
    if (how.asDropped) this.#counts.droppedSpans += spans;
    const gone: string[] = [];
    if (chunkIds.size === 0) {
      this.#chunksOfCapture.delete(captureId);
      if (how.withCapture && this.#captures.delete(captureId)) {
        this.#holds.delete(captureId);
        gone.push(captureId);
      }
    }
    return { parts, spans, traceIds: [...touched], captureIds: gone };
  }

  #takeFromTrace(entry: NewPart['traces'][number], chunkId: number, captureId: string, signal: Signal, touched: Set<string>): void {
    const chunks = this.#traceChunks.get(entry.traceId);
    const captures = chunks?.get(chunkId);
    captures?.delete(captureId);
    if (captures?.size === 0) chunks?.delete(chunkId);
    if (chunks?.size === 0) this.#traceChunks.delete(entry.traceId);
    const row = this.#traces.get(entry.traceId);
    if (signal !== 'traces') return;
    touched.add(entry.traceId);
    if (row === undefined) return;
    const spanCount = row.spanCount - entry.items;
    if (spanCount <= 0) {
      this.#traces.delete(entry.traceId);
      return;
    }
    const left = new Set([...(chunks?.values() ?? [])].flatMap((of) => [...of]));
    const [other] = left;
    this.#traces.set(entry.traceId, {
      ...row, spanCount, errorCount: row.errorCount - entry.errors, version: row.version + 1,
      captureId: left.has(row.captureId) ? row.captureId : (other ?? row.captureId),
    });
  }

  #removeChunk(chunkId: number, kept: Kept): void {
    this.#chunks.delete(chunkId);
    const ids = this.#ids[kept.chunk.signal];
    const at = firstAbove(ids, chunkId) - 1;
    if (ids[at] === chunkId) ids.splice(at, 1);
    this.#bytes -= kept.chunk.bytes.length + overheadBytes;
  }
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
