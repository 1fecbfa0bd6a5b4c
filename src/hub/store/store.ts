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
}

/** A trace as the list of traces shows it. */
export interface TraceRow extends TraceDelta {
  /** Grows whenever the trace gets spans or logs. */
  readonly version: number;
}

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
  readonly bytes: Uint8Array;
  readonly captureOverride: string | undefined;
  readonly skipped: Uint32Array | undefined;
  /** The captures whose items in this chunk are still kept. */
  readonly captures: ReadonlySet<string>;
}

/** What one step of deletion let go. */
export interface Dropped {
  readonly parts: number;
  readonly spans: number;
  readonly traceIds: readonly string[];
  /** Captures that are gone now. */
  readonly captureIds: readonly string[];
}

export interface StoreCounts {
  readonly spans: number;
  readonly logs: number;
  readonly droppedSpans: number;
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
  append(chunk: NewChunk): void;
  trace(traceId: string): TraceRow | undefined;
  /** Newest start first. */
  traces(): Iterable<TraceRow>;
  /** Ids of the chunks that hold something of the trace, oldest first. */
  chunksOfTrace(traceId: string, signal: Signal): readonly number[];
  /** Whether the capture holds spans or logs of the trace. */
  isInCapture(traceId: string, captureId: string): boolean;
  chunk(chunkId: number): StoredChunk | undefined;
  /** Id of the oldest chunk after `chunkId`, or of the newest before it; undefined where there is none. */
  nextChunk(chunkId: number, signal: Signal): number | undefined;
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
  /** Drops up to `steps` of the oldest parts of the oldest capture nobody pinned. undefined where there is none. */
  dropOldest(steps: number): Dropped | undefined;
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
