import type { Listening } from './listen.ts';

/** Requests may be this large, compressed or not (opentelemetry-proto, specification: the recommended limit). */
export const defaultMaxBytes = 64 * 1024 * 1024;

/** What receivers say: one line a request at debug, bugs as errors. A part of the hub's logger. */
export interface ReceiverLog {
  debug(message: string): void;
  error(message: string | Error): void;
}

export interface ReceiverOptions {
  /** 0 = any free one. A taken one is replaced by a free one. */
  readonly port: number;
  readonly maxBytes?: number;
  readonly log: ReceiverLog;
}

export interface Receiver extends Listening {
  /** Stops listening, lets the requests under way finish for a moment, and ends every connection. */
  close(): Promise<void>;
}
