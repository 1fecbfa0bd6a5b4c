/**
 * What a hub answers and pushes. Windows, the command line and the tests all speak it over one WebSocket.
 * Nanoseconds since the epoch travel as decimal strings (they pass 2^53); durations as numbers of nanoseconds.
 */
import type { Site } from '../model/site.ts';
import type { SpanKindName } from '../model/span.ts';
import type { LatencyStats } from '../stats/latency.ts';
import type { SearchAnswer, SearchQuestion, SpanLinks, TraceLogs } from './traceSearch.ts';

/** A site the hub has seen. Numbers are given in order of appearance and never change while the hub runs. */
export interface SiteRecord extends Site {
  readonly siteId: number;
}

/** One (site, operation, capture). */
export interface SummaryRecord {
  readonly summaryId: number;
  readonly siteId: number | undefined;
  readonly captureId: string;
  readonly service: string;
  readonly operation: string;
  readonly kind: SpanKindName;
  readonly count: number;
  readonly errorCount: number;
  readonly lastEndUnixMs: number;
  /** When the newest of the processes that made the spans is known to have run: it has read nothing that was written later. Absent: not known. */
  readonly runningUnixMs?: number;
  /** Grows when the figures change without a new span: the debugger has held the capture's programs. Absent: it never has. */
  readonly holds?: number;
}

/** Of a span that has not come: its program runs, or is gone without having ended it. */
export type OpenState = 'running' | 'neverEnded';

export interface RecentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly service: string;
  readonly operation: string;
  readonly startUnixNano: string;
  readonly durationNs: number;
  /** How much of `durationNs` the debugger held the program; absent where not at all. */
  readonly heldNs?: number;
  readonly error: boolean;
  readonly statusMessage: string;
  readonly captureId: string;
}

/** A span that has not ended; `durationNs` is until now, or until its program was gone. It counts in no figure. */
export interface OpenSpanRecord extends RecentSpan {
  readonly state: OpenState;
  readonly kind: SpanKindName;
  readonly siteId: number | undefined;
}

/** What makes the spans of a process, as its probe says it. */
export interface ProgramRecord {
  readonly pid: number;
  /** `node`, `python`. */
  readonly runtime: string;
  readonly version: string;
  /** An SDK of its own, ours, or nobody. */
  readonly sdk: 'own' | 'bundled' | 'none';
  /** The package its own SDK is, or why nobody makes spans. */
  readonly reason: string | undefined;
}

export interface CaptureRecord {
  readonly captureId: string;
  readonly name: string;
  /** 'debug' = F5, 'run' = `traceline run`, 'import' = a file, 'external' = anything else. */
  readonly kind: 'debug' | 'run' | 'import' | 'external';
  readonly startedUnixMs: number;
  readonly endedUnixMs: number | undefined;
  readonly pinned: boolean;
  readonly spanCount: number;
  readonly errorCount: number;
  /** Those with a probe, as they started; absent where none has said a word, or the hub was restarted since. */
  readonly programs?: readonly ProgramRecord[];
}

export interface SpanCounts {
  /** Since the hub started, rejected ones and ones sent twice among them. */
  readonly received: number;
  /** Kept now. */
  readonly stored: number;
  /** Since the hub started. */
  readonly rejected: number;
  /** Let go to stay within the limits, since the data folder was made. What a person deleted is not among them. */
  readonly dropped: number;
  /** `dropped` by the limit that was passed, as far as that is known. Absent: an older hub. */
  readonly droppedFor?: Readonly<Record<'size' | 'count' | 'age', number>>;
}

/** How often something took how long: `counts[i]` times at most `boundsSeconds[i]` and more than the bound before; the last count has no bound. */
export interface LatencyHistogram {
  readonly boundsSeconds: readonly number[];
  readonly counts: readonly number[];
  readonly sumSeconds: number;
}

/** What the receivers were sent since the hub started. */
export interface IntakeFigures {
  /** Requests that were kept, and their bytes once inflated. */
  readonly requests: number;
  readonly bytes: number;
  /**
   * Requests of which nothing was kept, by why. Of overloaded ones and those that met no store the sender was told to try again;
   * how many spans they held is not known.
   */
  readonly refused: Readonly<Record<'overloaded' | 'unavailable' | 'tooLarge' | 'invalid' | 'stranger' | 'failed', number>>;
  /** Of requests that are read, decoded or wait for the store. */
  readonly pendingBytes: number;
  readonly maxPendingBytes: number;
  /** Requests were refused for want of room within the last minute. */
  readonly overloaded: boolean;
  readonly decode: LatencyHistogram;
  readonly commit: LatencyHistogram;
}

export interface HubStatus {
  readonly version: string;
  readonly pid: number;
  readonly dataDir: string;
  /** undefined where that receiver does not listen (a hub that only reads a store). */
  readonly otlpHttp: string | undefined;
  readonly otlpGrpc: string | undefined;
  readonly control: string | undefined;
  readonly sinceUnixMs: number;
  readonly store: { readonly kind: 'sqlite' | 'memory'; readonly bytes: number; readonly limitBytes: number };
  readonly spans: SpanCounts;
  readonly logs: {
    readonly received: number;
    readonly stored: number;
    readonly rejected: number;
    /** Let go as spans are; absent: an older hub. */
    readonly dropped?: number;
  };
  readonly metrics: { readonly received: number };
  /** Absent: no receivers (a hub that only reads a store), or an older hub. */
  readonly intake?: IntakeFigures;
  /** Connected to the control channel; absent as `intake` is. */
  readonly clients?: number;
  readonly captures: readonly CaptureRecord[];
  /** Spans that have not ended; `version` grows whenever others are open. Absent: none ever was. */
  readonly open?: { readonly version: number; readonly running: number; readonly neverEnded: number };
  /** What a person should know, each with what to do: a taken port, no disk, refused batches. */
  readonly troubles: readonly Trouble[];
}

export interface Trouble {
  readonly code: 'port-taken' | 'memory-store' | 'store-failed' | 'store-full' | 'store-recovered' | 'store-damaged' | 'rejected-spans' | 'overloaded';
  readonly message: string;
}

/** Pushed at most ten times a second, and only when something changed. Always a whole snapshot. */
export interface Feed {
  readonly version: number;
  readonly spansPerSecond: number;
  readonly status: HubStatus;
}

export interface TraceQuery {
  readonly service?: string;
  /** Text within the root's name, case-insensitive. */
  readonly name?: string;
  /** Of the time the debugger did not hold the program. */
  readonly minDurationMs?: number;
  readonly errorsOnly?: boolean;
  readonly captureId?: string;
  /** Of one of its spans, or of what made it: a text as it is, a number or a truth value as it is written. All that is kept is searched, the newest first. */
  readonly attribute?: { readonly key: string; readonly value: string };
  readonly limit?: number;
}

export interface TraceSummary {
  readonly traceId: string;
  readonly rootName: string;
  readonly service: string;
  readonly startUnixNano: string;
  readonly durationNs: number;
  /** How much of `durationNs` the debugger held the program; absent where not at all. */
  readonly heldNs?: number;
  /** With those that have not ended. */
  readonly spanCount: number;
  readonly errorCount: number;
  /** How many of its spans have not ended; absent where all have. `durationNs` is until now, or until they were given up. */
  readonly open?: Readonly<Record<OpenState, number>>;
  readonly capture: string;
}

/**
 * A whole trace as columns, rows in tree order (a parent before its children, siblings by start). About 45 bytes a span,
 * so a trace of 100,000 spans is never built as objects on either side. Indices point into `strings`.
 */
export interface TraceColumns {
  readonly traceId: string;
  readonly version: number;
  readonly startUnixNano: string;
  readonly durationNs: number;
  readonly spanCount: number;
  readonly strings: readonly string[];
  /** 8 bytes each, as on the wire. */
  readonly spanId: Uint8Array;
  /** Row of the parent, or -1 for a root, or -2 for a span whose parent has not arrived (an orphan). */
  readonly parentRow: Int32Array;
  readonly depth: Uint16Array;
  /** Nanoseconds from `startUnixNano`. */
  readonly startNs: Float64Array;
  readonly durationsNs: Float64Array;
  readonly name: Uint32Array;
  readonly service: Uint32Array;
  readonly kind: Uint8Array;
  readonly statusCode: Uint8Array;
  /** siteId, or -1. */
  readonly site: Int32Array;
  readonly eventCount: Uint16Array;
  /** Nanoseconds from `startUnixNano` of the events: `eventCount` of them for each row, one row after the other. Absent: not drawn. */
  readonly eventNs?: Float64Array;
  /** Logs of the span, as eventCount capped at 65535. */
  readonly logCount: Uint16Array;
  /** In how many stretches the debugger held each span's program. Absent with `heldNs`: none of the trace was held. */
  readonly heldCount?: Uint16Array;
  /** Start and end of those stretches, from `startUnixNano`: `heldCount` pairs for each row, one row after the other; ascending, without overlaps. */
  readonly heldNs?: Float64Array;
  /**
   * By row: 0 = ended, 1 = running, 2 = never ended. Absent: all have ended. `durationsNs` of a running one is until this was asked for; time
   * goes on, and `version` stays.
   */
  readonly open?: Uint8Array;
}

/** The numbers of `TraceColumns.open`. */
export const openStates: Readonly<Record<OpenState, number>> = { running: 1, neverEnded: 2 };

/** An attribute as OTLP/JSON writes it, so that nothing of its kind is lost. */
export interface JsonKeyValue {
  readonly key: string;
  readonly value: unknown;
}

export interface SpanDetails {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: SpanKindName;
  readonly service: string;
  readonly startUnixNano: string;
  /** Of one that has not ended: now, or when it was given up. */
  readonly endUnixNano: string;
  /** Absent where it has ended. */
  readonly open?: OpenState;
  /** How much of it the debugger held the program; absent where not at all. */
  readonly heldNs?: number;
  readonly status: { readonly code: number; readonly message: string };
  readonly traceState: string;
  readonly attributes: readonly JsonKeyValue[];
  readonly events: readonly { readonly timeUnixNano: string; readonly name: string; readonly attributes: readonly JsonKeyValue[] }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: readonly JsonKeyValue[] }[];
  readonly resource: readonly JsonKeyValue[];
  readonly scope: { readonly name: string; readonly version: string };
  readonly logs: readonly {
    readonly timeUnixNano: string;
    readonly severityText: string;
    readonly severityNumber: number;
    readonly eventName: string;
    readonly body: unknown;
    readonly attributes: readonly JsonKeyValue[];
  }[];
  readonly dropped: { readonly attributes: number; readonly events: number; readonly links: number };
  readonly captureId: string;
  readonly site: SiteRecord | undefined;
}

/** Method name → [parameters, result]. */
export interface HubRequests {
  hello: [{ readonly client: string; readonly version: string }, { readonly version: string; readonly pid: number }];
  status: [undefined, HubStatus];
  traces: [TraceQuery, readonly TraceSummary[]];
  /** undefined where no span of that trace is kept. */
  trace: [{ readonly traceId: string }, TraceColumns | undefined];
  spanDetails: [{ readonly traceId: string; readonly spanId: string }, SpanDetails | undefined];
  /** undefined, as below, where no span of that trace is kept. */
  searchTrace: [{ readonly traceId: string } & SearchQuestion, SearchAnswer | undefined];
  traceLogs: [{ readonly traceId: string }, TraceLogs | undefined];
  /** Newest first. It reads much: for a person who asks. */
  linksTo: [{ readonly traceId: string; readonly spanId: string }, SpanLinks];
  /** Finds a span by its id alone, newest chunk first. */
  findSpan: [{ readonly spanId: string }, SpanDetails | undefined];
  /**
   * OTLP/JSON text of the traces' spans (an ExportTraceServiceRequest); no ids = everything kept. It comes in parts of some megabytes:
   * `nextChunk`, where there is one, is the next call's `afterChunk`.
   */
  exportOtlpJson: [{ readonly traceIds: readonly string[] | undefined; readonly afterChunk?: number }, { readonly json: string; readonly nextChunk: number | undefined }];
  /** One ExportTraceServiceRequest. `accepted` counts spans newly stored. */
  importOtlp: [{ readonly bytes: Uint8Array; readonly encoding: 'protobuf' | 'json'; readonly captureId: string }, { readonly accepted: number; readonly rejected: number; readonly errorMessage: string }];
  summaries: [undefined, { readonly version: number; readonly summaries: readonly SummaryRecord[] }];
  sites: [{ readonly afterSiteId: number }, readonly SiteRecord[]];
  /** One answer per group: the figures over all spans of the group's summaries together. */
  latencies: [{ readonly groups: readonly (readonly number[])[] }, readonly LatencyStats[]];
  recentSpans: [{ readonly summaryIds: readonly number[]; readonly limit: number }, readonly RecentSpan[]];
  /** The newest first. */
  openSpans: [undefined, readonly OpenSpanRecord[]];
  /** What a debugger was told by a probe that it holds: the document that probes post (decode/probeReport.ts). */
  probeReport: [{ readonly json: string }, undefined];
  startCapture: [{ readonly captureId: string; readonly name: string; readonly kind: CaptureRecord['kind'] }, undefined];
  endCapture: [{ readonly captureId: string }, undefined];
  renameCapture: [{ readonly captureId: string; readonly name: string }, undefined];
  pinCapture: [{ readonly captureId: string; readonly pinned: boolean }, undefined];
  deleteCapture: [{ readonly captureId: string }, undefined];
  /**
   * The debugger held a program of the capture, told when that is over: until then no span has ended that it could count against.
   * Figures are net of it at once, those of spans that came before too. A hold told twice counts once; of a capture that is not known it is no news.
   */
  hold: [{ readonly captureId: string; readonly holdId: string; readonly fromUnixNano: string; readonly toUnixNano: string }, undefined];
  setLimit: [{ readonly limitBytes: number }, undefined];
  /** The hub answers, commits what it holds, and leaves. */
  shutdown: [{ readonly reason: string }, undefined];
}

/** Whoever answers for the stored spans: a connection to a hub, or a reader of its store. */
export interface HubCaller {
  call<M extends keyof HubRequests>(method: M, params: HubRequests[M][0]): Promise<HubRequests[M][1]>;
}

export interface HubEvents {
  feed: Feed;
}
