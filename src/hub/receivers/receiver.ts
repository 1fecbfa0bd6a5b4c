import type { Intake } from '../intake.ts';
import type { Listening } from './listen.ts';

/** Requests may be this large, compressed or not (opentelemetry-proto, specification: the recommended limit). */
export const defaultMaxBytes = 64 * 1024 * 1024;

/** Of JSON: its text is parsed as a whole, for as long as nobody else is served (60 MB: over a second; 16 MB: a third of one). Batches of SDKs have half a megabyte. */
export const maxJsonBytes = 16 * 1024 * 1024;

/** Bounds what broken and hostile clients hold, not what a slow one may take: a debugger may hold a sender in the middle of its request. */
export const connectionLimits = {
  /** Of each port; a connection past that is closed at once. Programs hold one or two each. */
  maxConnections: 1000,
  /** Until the first bytes of a connection, and until the head of a request, are there. */
  headMs: 60_000,
  requestMs: 300_000,
  /** A head larger than this: 431. */
  maxHeadBytes: 16 * 1024,
  maxStreamsOfConnection: 100,
  /** The gRPC library holds the message of each call before anyone can count it. */
  maxCalls: 100,
};

/** What receivers say: one line a request at debug, bugs as errors. A part of the hub's logger. */
export interface ReceiverLog {
  debug(message: string): void;
  error(message: string | Error): void;
}

export interface ReceiverOptions {
  /** 0 = any free one. A taken one is replaced by a free one. */
  readonly port: number;
  readonly maxBytes?: number;
  readonly limits?: Partial<typeof connectionLimits>;
  /** One for all receivers of a hub. */
  readonly intake: Intake;
  readonly log: ReceiverLog;
}

export interface Receiver extends Listening {
  /** Stops listening, lets the requests under way finish for a moment, and ends every connection. */
  close(): Promise<void>;
}
