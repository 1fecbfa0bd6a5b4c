import type { LogBatch, TraceBatch } from '../decode/batch.ts';

export type Encoding = 'protobuf' | 'json';

/** Decoded, or skimmed (skim.ts). */
export interface ReceivedTraces extends TraceBatch {
  /** Of each span: its bytes in the request. Absent: not known. */
  readonly sizes?: readonly number[];
}

/** Where receivers put what they decoded. */
export interface Sink {
  /** Resolves once the spans are committed; spans already kept are not kept twice. @throws SinkError */
  traces(bytes: Uint8Array, encoding: Encoding, batch: ReceivedTraces): Promise<void>;
  /** Resolves once the records are committed. @throws SinkError */
  logs(bytes: Uint8Array, encoding: Encoding, batch: LogBatch): Promise<void>;
  /** Metrics are counted and not kept. */
  metrics(dataPoints: number): void;
}

/** Nothing was kept and the sender may try again later: 503 or 429 over HTTP, UNAVAILABLE or RESOURCE_EXHAUSTED over gRPC. */
export class SinkError extends Error {
  readonly kind: 'unavailable' | 'overloaded';
  readonly retryAfterSeconds: number;
  constructor(kind: SinkError['kind'], message: string, retryAfterSeconds: number) {
    super(message);
    this.kind = kind;
    this.retryAfterSeconds = retryAfterSeconds;
  }
  static is(error: unknown): error is SinkError {
    return error instanceof SinkError;
  }
}
