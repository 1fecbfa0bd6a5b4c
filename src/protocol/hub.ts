/**
 * What a hub answers and pushes. Windows, the command line and the tests all speak it over one WebSocket.
 * Nanoseconds since the epoch travel as decimal strings (they pass 2^53); durations as numbers of nanoseconds.
 */
import type { Site } from '../model/site.ts';
import type { SpanKindName } from '../model/span.ts';
import type { LatencyStats } from '../stats/latency.ts';

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
}

export interface RecentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly service: string;
  readonly operation: string;
  readonly startUnixNano: string;
  readonly durationNs: number;
  readonly error: boolean;
  readonly statusMessage: string;
  readonly captureId: string;
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
}

export interface SpanCounts {
  /** Since the hub started, rejected ones and ones sent twice among them. */
  readonly received: number;
  /** Kept now. */
  readonly stored: number;
  /** Since the hub started. */
  readonly rejected: number;
  /** Let go to stay within the limit, since the data folder was made. What a person deleted is not among them. */
  readonly dropped: number;
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
  readonly logs: { readonly received: number; readonly stored: number; readonly rejected: number };
  readonly metrics: { readonly received: number };
  readonly captures: readonly CaptureRecord[];
  /** What a person should know, each with what to do: a taken port, no disk, refused batches. */
  readonly troubles: readonly Trouble[];
}

export interface Trouble {
  readonly code: 'port-taken' | 'memory-store' | 'store-failed' | 'store-full' | 'store-recovered' | 'rejected-spans';
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
  readonly minDurationMs?: number;
  readonly errorsOnly?: boolean;
  readonly captureId?: string;
  readonly limit?: number;
}

export interface TraceSummary {
  readonly traceId: string;
  readonly rootName: string;
  readonly service: string;
  readonly startUnixNano: string;
  readonly durationNs: number;
  readonly spanCount: number;
  readonly errorCount: number;
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
}

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
  readonly endUnixNano: string;
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
  startCapture: [{ readonly captureId: string; readonly name: string; readonly kind: CaptureRecord['kind'] }, undefined];
  endCapture: [{ readonly captureId: string }, undefined];
  renameCapture: [{ readonly captureId: string; readonly name: string }, undefined];
  pinCapture: [{ readonly captureId: string; readonly pinned: boolean }, undefined];
  deleteCapture: [{ readonly captureId: string }, undefined];
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
