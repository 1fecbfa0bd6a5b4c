import type { QueryTerm } from '../model/spanQuery.ts';

/** What of a search over one trace only the hub can tell. Without terms nothing is looked for; the next question is answered sooner. */
export interface SearchQuestion {
  readonly terms: readonly QueryTerm[];
}

export interface SearchAnswer {
  /** Of the columns that the rows are of. */
  readonly version: number;
  /** By term: the rows whose attributes, events or logs hold it, ascending; `negated` is left to who asks. */
  readonly rows: readonly Uint32Array[];
  /** Of the attributes that the trace's spans have: the most frequent first, no more than some hundreds. */
  readonly keys: readonly string[];
}

/** The log records of one trace in the order of their times; all lists are as long as each other. */
export interface TraceLogs {
  /** Of the columns that the rows are of. */
  readonly version: number;
  /** Nanoseconds from the trace's start. */
  readonly timeNs: Float64Array;
  /** Of their spans, or -1. */
  readonly row: Int32Array;
  /** 1 to 24 as the logs data model has it, 0 for none. */
  readonly severity: Uint8Array;
  readonly level: readonly string[];
  /** Cut where very long. */
  readonly text: readonly string[];
  /** How many more there are: the latest are left out. */
  readonly leftOut: number;
}

/** Spans, of any trace, that link to one. */
export interface SpanLinks {
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly name: string; readonly service: string }[];
  /** False where there may be more: there are very many, or the store is very large. */
  readonly isWhole: boolean;
}
