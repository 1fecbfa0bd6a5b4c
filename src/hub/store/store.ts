import type { Encoding } from '../sink.ts';
import type { CaptureRecord } from '../../protocol/hub.ts';

export type Signal = 'traces' | 'logs';

/** What one batch adds to one trace within one capture. */
export interface TraceDelta {
  readonly traceId: string;
  readonly captureId: string;
  readonly service: string;
  /** The batch's best answer to "which span is this trace's root": a true root before any other, then the earliest. */
  readonly rootName: string;
  readonly rootIsTrue: boolean;
  readonly rootStartUnixNano: bigint;
  readonly services: readonly string[];
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly spanCount: number;
  readonly errorCount: number;
  /** What its spans take of the chunk. */
  readonly bytes: number;
}

/** A trace as the list of traces shows it. */
export interface TraceRow extends TraceDelta {
  /** Grows whenever the trace gets spans or logs. */
  readonly version: number;
}

/** How long the traces of an operation are kept, the first the shortest; `pinned` for ever (store/fairShare.ts). */
export const ranks = ['ordinary', 'slow', 'error', 'pinned'] as const;
export type Rank = (typeof ranks)[number];

/** What the traces of one operation and rank take: a trace is of the service and the name of its root. */
export interface Usage {
  readonly operation: number;
  readonly service: string;
  readonly rank: Rank;
  readonly bytes: number;
  readonly spans: number;
}

/** A trace that may be let go. */
export interface OldTrace {
  readonly traceId: string;
  readonly durationNs: bigint;
  readonly bytes: number;
  readonly spans: number;
}

/** Why spans were let go. */
export type DropReason = 'size' | 'count' | 'age';

/** One capture's share of a chunk: how many items, and of which traces, so that a deletion can take back exactly these. */
export interface NewPart {
  readonly captureId: string;
  readonly items: number;
  readonly errors: number;
  readonly traces: readonly { readonly traceId: string; readonly items: number; readonly errors: number }[];
}

/** One received batch, as received. */
export interface NewChunk {
  readonly signal: Signal;
  readonly encoding: Encoding;
  readonly bytes: Uint8Array;
  readonly receivedUnixMs: number;
  /** The capture of all its items, whatever their resources say (an imported file). */
  readonly captureOverride: string | undefined;
  /** Ordinals of the spans that were kept already, ascending: whoever reads the chunk leaves them out. */
  readonly skipped: Uint32Array | undefined;
  readonly parts: readonly NewPart[];
  /** Of a chunk of spans: what it adds to the list of traces. */
  readonly deltas: readonly TraceDelta[];
}

export interface StoredChunk {
  readonly chunkId: number;
  readonly signal: Signal;
  readonly encoding: Encoding;
  readonly receivedUnixMs: number;
  readonly bytes: Uint8Array;
  readonly captureOverride: string | undefined;
  readonly skipped: Uint32Array | undefined;
  /** The captures whose items in this chunk are still kept. */
  readonly captures: ReadonlySet<string>;
  /** The traces whose items in this chunk are still kept, '' for log records of none; undefined where nothing of the chunk was let go. */
  readonly traces: ReadonlySet<string> | undefined;
}

/** What one step of deletion let go. */
export interface Dropped {
  readonly spans: number;
  readonly logs: number;
  readonly traceIds: readonly string[];
  /** Captures that are gone now. */
  readonly captureIds: readonly string[];
}

export interface StoreCounts {
  readonly spans: number;
  readonly logs: number;
  /** Since the store was made; what a person deleted is not among them. */
  readonly droppedSpans: number;
  readonly droppedLogs: number;
  /** `droppedSpans` by why, as far as that is known: an older hub only counted them. */
  readonly droppedFor: Readonly<Record<DropReason, number>>;
}

/** A state of the summaries, written in parts: it counts from the moment at which its last part is there. */
export interface SummaryState {
  /** Greater than that of the state before it. */
  readonly generation: number;
  readonly state: Uint8Array;
}

export interface SummaryPart {
  readonly summaryId: number;
  readonly captureId: string;
  readonly state: Uint8Array;
}

/** What else is new with a state. */
export interface SummaryChange {
  readonly removed: readonly number[];
  readonly sites: StoredSummaries['sites'];
  /** The sites take the place of all others. */
  readonly replaceSites: boolean;
}

export interface StoredSummaries extends SummaryState {
  readonly sites: readonly { readonly siteId: number; readonly record: string }[];
  readonly parts: readonly SummaryPart[];
}

/** A stretch in which the debugger held a program. */
export interface Hold {
  readonly holdId: string;
  readonly fromUnixNano: bigint;
  readonly toUnixNano: bigint;
}

export type CaptureChange = Partial<Pick<CaptureRecord, 'name' | 'kind' | 'startedUnixMs' | 'endedUnixMs' | 'pinned'>>;

/**
 * Keeps chunks, and beside them what lists and deletes them. All of it is synchronous; one call is one transaction.
 * A method throws StoreError where the medium fails; nothing of that call is kept then.
 */
export interface Store {
  readonly kind: 'sqlite' | 'memory';
  /** All of them or none. @returns their ids, ascending */
  append(chunks: readonly NewChunk[]): readonly number[];
  /** What `body` reads is read in one go; it does not write. */
  reading<T>(body: () => T): T;
  trace(traceId: string): TraceRow | undefined;
  /** Whether there are spans or logs of the trace. */
  holdsTrace(traceId: string): boolean;
  /** Newest start first. */
  traces(): Iterable<TraceRow>;
  /** Ids of the chunks that hold something of the trace, oldest first. */
  chunksOfTrace(traceId: string, signal: Signal): readonly number[];
  /** Whether the capture holds spans or logs of the trace. */
  isInCapture(traceId: string, captureId: string): boolean;
  chunk(chunkId: number): StoredChunk | undefined;
  /** Id of the oldest chunk after `chunkId`, or of the newest before it; undefined where there is none. */
  nextChunk(chunkId: number, signal?: Signal): number | undefined;
  previousChunk(chunkId: number, signal: Signal): number | undefined;
  /** In order of their starts. */
  captures(): readonly CaptureRecord[];
  /** Changes a capture, or makes it where it is not known: an open one of kind 'external', named as its id. */
  putCapture(captureId: string, change: CaptureChange, nowUnixMs: number): void;
  /** Keeps a hold of a capture; of one that is not known nothing is kept. It goes with the capture. */
  putHold(captureId: string, hold: Hold): void;
  holds(): readonly (Hold & { readonly captureId: string })[];
  /** Deletes up to `steps` of the capture's oldest parts, then the capture itself. undefined once it is gone. Not counted as dropped. */
  deleteFromCapture(captureId: string, steps: number): Dropped | undefined;

  /** What is kept, by operation and rank. */
  usage(): readonly Usage[];
  /** The operation's traces of that rank which came first. */
  oldestTraces(operation: number, rank: Rank, limit: number): readonly OldTrace[];
  /** Traces that came first and of which nothing came after `cutoffUnixMs`, pinned ones left out. Looks at no more than some hundreds. */
  tracesBefore(cutoffUnixMs: number): readonly string[];
  /** From ordinary to slow. */
  markSlow(traceIds: readonly string[]): void;
  /** Lets traces go with their logs, whatever they are, and captures that have ended and hold nothing any more. */
  dropTraces(traceIds: readonly string[], reason: DropReason): Dropped;
  /** Bytes that hold only what was let go, until `rewrite` frees them. */
  deadBytes(): number;
  /**
   * Gives up to `limit` chunks that hold the largest shares of what was let go new bytes, from which `rewrite` has left that out; one for which it
   * gives undefined stays as it is and is not asked for again. False where there is none.
   */
  rewrite(limit: number, rewrite: (chunk: StoredChunk) => Uint8Array | undefined): boolean;

  /** Writes parts of a state, which do not count before `commitSummaries`. */
  putSummaries(generation: number, parts: readonly SummaryPart[]): void;
  /** The parts written for this generation and, of all other summaries, the last ones before it are the state. */
  commitSummaries(state: SummaryState, change: SummaryChange): void;
  /** undefined where none was committed. */
  summaries(): StoredSummaries | undefined;

  /** Where the medium is busy for a moment: it had better be written to when this resolves. */
  pause(): Promise<void> | undefined;
  /** Bytes in use. */
  bytes(): number;
  /** Gives a little of the freed room back to the disk. False once there is nothing to give. */
  shrink(): boolean;
  counts(): StoreCounts;
  close(): void;
}

export class StoreError extends Error {
  /** 'corrupt': what is on the disk cannot be trusted. 'locked': another program has it for itself. 'failed': anything else (no room, no permission). */
  readonly kind: 'corrupt' | 'locked' | 'failed';
  constructor(kind: StoreError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
  static is(error: unknown): error is StoreError {
    return error instanceof StoreError;
  }
}
