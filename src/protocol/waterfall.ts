/**
 * What a window and its waterfall webview say to each other: an RpcPeer over postMessage, the webview asking, the host
 * pushing snapshots. Typed arrays travel as they are; everything else as JSON, so absent fields are simply not there.
 */
import type { CompareChoice, ComparedWith } from './compare.ts';
import type { SpanDetails, TraceColumns } from './hub.ts';
import type { TraceGrowth } from './traceGrowth.ts';
import type { SearchAnswer, SearchQuestion, SpanLinks, TraceLogs } from './traceSearch.ts';

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
  /** Absent: no comparison was asked for. */
  readonly compare?: ComparedWith;
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
  /**
   * False where it has no place. `preserveFocus` is for every selection by a person: the line shows beside, after a moment and unless that is
   * turned off, and the keyboard stays in the waterfall.
   */
  openSource: [{ readonly site: number; readonly preserveFocus: boolean }, boolean];
  /** Turns following the selection on or off, in all windows; answers what it is now. */
  toggleFollow: [undefined, boolean];
  /** False where the frame is not of the workspace. */
  openFrame: [{ readonly spanId: string; readonly frame: FrameReference }, boolean];
  /** The answer may be of a later version of the trace than the one that is shown; undefined where none is kept. */
  searchSpans: [SearchQuestion, SearchAnswer | undefined];
  traceLogs: [undefined, TraceLogs | undefined];
  linksTo: [{ readonly spanId: string }, SpanLinks];
  openTrace: [{ readonly traceId: string; readonly spanId: string }, undefined];
  /** What the trace may be compared with, `previous` and `median` first, then the newest. */
  compareChoices: [undefined, readonly CompareChoice[]];
  /** undefined where it is not kept. Numbers of sites are the same in both; its places follow with `places`. */
  compareTrace: [{ readonly traceId: string }, TraceColumns | undefined];
  copy: [{ readonly text: string }, undefined];
}

/** What the host pushes. */
export interface WaterfallEvents {
  trace: TraceSnapshot;
  /** A later snapshot of a live trace, as what it has that the one sent last has not. */
  grown: { readonly growth: TraceGrowth; readonly places: readonly Place[] };
  /** All places known by now. */
  places: readonly Place[];
  select: { readonly spanId: string };
  compare: ComparedWith;
}

/** What the webview keeps with `setState`; the host reads `traceId` to restore a panel after a reload. */
export interface WaterfallMemory {
  readonly traceId: string;
  /** A span's id, or another node's (webview/layout/nodeIds). */
  readonly selectedSpanId?: string;
  /** Ids of nodes. */
  readonly collapsed?: readonly string[];
  /** Groups of alike spans are closed but for these. */
  readonly opened?: readonly string[];
  /** Nanoseconds since the trace's start; absent where all of it shows. */
  readonly zoom?: { readonly startNs: number; readonly endNs: number };
  readonly topSpanId?: string;
  readonly nameWidthPx?: number;
  readonly detailsSizePx?: number;
  /** Absent: the waterfall. */
  readonly view?: string;
  readonly hidesCritical?: boolean;
  readonly clocksCorrected?: boolean;
  readonly compare?: ComparedWith;
}
