/** What a window asks of the worker that holds a file of traces. */
import type { HubRequests } from './hub.ts';

/** Larger files are refused: all of one is in memory while it is shown. `traceline import` has no such limit for JSON lines. */
export const maxTraceFileBytes = 256 * 1024 * 1024;

export interface TraceFileSummary {
  readonly format: 'otlp-json' | 'otlp-jsonl' | 'otlp-protobuf' | 'jaeger-json' | 'zipkin-json';
  readonly traceCount: number;
  readonly spanCount: number;
  readonly logCount: number;
  /** What of the file could not be taken, and why. */
  readonly rejections: readonly { readonly reason: string; readonly count: number }[];
}

/** What is asked of traces is answered as a hub answers it; numbers of sites hold while the file is open. */
export type TraceFileHubRequests = Pick<HubRequests, 'traces' | 'trace' | 'spanDetails' | 'searchTrace' | 'traceLogs' | 'linksTo' | 'findSpan' | 'sites' | 'exportOtlpJson'>;

/** Method name → [parameters, result]. */
export interface TraceFileRequests extends TraceFileHubRequests {
  /** First of all; fails with what is wrong with the file. `bytes` of a file that is not on this machine's disk. */
  open: [{ readonly file: string } | { readonly bytes: Uint8Array }, TraceFileSummary];
  /** Everything in it, as Jaeger's UI reads it from a file. */
  exportJaegerJson: [undefined, string];
}

/** Event name → data. */
export interface TraceFileEvents {
  /** While `open` is under way, at each whole percent of a large file: how much of it was read. */
  reading: { readonly percent: number };
}
