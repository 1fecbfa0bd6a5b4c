/**
 * What a window and its waterfall webview say to each other: an RpcPeer over postMessage, the webview asking, the host
 * pushing snapshots. Typed arrays travel as they are; everything else as JSON, so absent fields are simply not there.
 */
import type { SpanDetails, TraceColumns } from './hub.ts';

/** Where a site is in the workspace. Lines and columns are 1-based. */
export interface Place {
  /** As in `TraceColumns.site`. */
  readonly site: number;
  /** `orders.ts:42`. */
  readonly label: string;
  /** Relative to its workspace folder where it lies in one. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly functionName: string | undefined;
  readonly inferred: boolean;
  /** The rules that placed it, in order. */
  readonly via: readonly string[];
}

/** A trace with the places known so far; `missing` where the hub keeps no span of it. */
export type TraceSnapshot =
  | { readonly kind: 'trace'; readonly columns: TraceColumns; readonly places: readonly Place[] }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly message: string };

export interface WaterfallState {
  readonly traceId: string;
  readonly trace: TraceSnapshot;
  readonly selectedSpanId: string | undefined;
}

/** Some lines of a source file; `firstLine` is 1-based. */
export interface CodeLines {
  readonly firstLine: number;
  readonly lines: readonly string[];
}

export interface PlaceExplanation {
  readonly outcome: string;
  readonly steps: readonly { readonly rule: string; readonly input: string; readonly result: string }[];
}

/** One frame of an exception's stack, as the program saw it. */
export interface FrameReference {
  readonly functionName: string | undefined;
  readonly file: string;
  readonly line: number;
  readonly column: number | undefined;
}

/** What the webview asks of the host; spans are those of the panel's trace. Method → [parameters, result]. */
export interface WaterfallRequests {
  /** The first thing asked, also after a reload or when the panel shows again. */
  ready: [undefined, WaterfallState];
  spanDetails: [{ readonly spanId: string }, SpanDetails | undefined];
  /** The lines around a place; undefined where the file cannot be read. */
  codeLines: [{ readonly site: number }, CodeLines | undefined];
  explain: [{ readonly spanId: string }, PlaceExplanation | undefined];
  /** `preserveFocus` shows the line and leaves the keyboard in the waterfall. False where it has no place. */
  openSource: [{ readonly site: number; readonly preserveFocus: boolean }, boolean];
  /** False where the frame is not of the workspace. */
  openFrame: [{ readonly spanId: string; readonly frame: FrameReference }, boolean];
  openTrace: [{ readonly traceId: string; readonly spanId: string }, undefined];
  copy: [{ readonly text: string }, undefined];
}

/** What the host pushes. */
export interface WaterfallEvents {
  trace: TraceSnapshot;
  /** All places known by now. */
  places: readonly Place[];
  select: { readonly spanId: string };
}

/** What the webview keeps with `setState`; the host reads `traceId` to restore a panel after a reload. */
export interface WaterfallMemory {
  readonly traceId: string;
  readonly selectedSpanId?: string;
  /** Span ids, and `orphans` for the placeholder. */
  readonly collapsed?: readonly string[];
  /** Nanoseconds since the trace's start; absent where all of it shows. */
  readonly zoom?: { readonly startNs: number; readonly endNs: number };
  readonly topSpanId?: string;
  readonly nameWidthPx?: number;
  readonly detailsSizePx?: number;
}
