/** What a waterfall webview and its host say to each other of comparing its trace with another one. */
import type { LatencyStats } from '../stats/latency.ts';

/** What the panel's trace is compared with. It is kept over a reload. */
export interface ComparedWith {
  readonly traceId: string;
  /** One span of it with what is beneath; absent: all of it. */
  readonly spanId?: string;
  /** The span of the panel's own trace that stands against it; absent: all of it. */
  readonly ownSpanId?: string;
  /** Where two captures of an operation are compared: these two spans are close to the p50 of each. */
  readonly captures?: CaptureFigures;
}

export interface CaptureFigures {
  readonly operation: string;
  readonly before: CaptureFigure;
  readonly after: CaptureFigure;
}

/** Durations are net of the debugger's holds. */
export interface CaptureFigure extends Pick<LatencyStats, 'count' | 'errorCount' | 'p50Ns' | 'p95Ns'> {
  readonly name: string;
}

/** A trace that one may compare with. */
export interface CompareChoice {
  readonly traceId: string;
  /**
   * What it is to the panel's trace: the one of the same operation before it, the one in the middle of all others of it, another of it, or
   * one of another operation. One trace may be there as several.
   */
  readonly role: 'previous' | 'median' | 'same' | 'other';
  readonly rootName: string;
  readonly service: string;
  readonly startUnixNano: string;
  /** Net of the debugger's holds. */
  readonly durationNs: number;
  readonly errorCount: number;
}
