import type { LogRecord, Span } from '../model/span.ts';

/** Why some items of a well-formed request were refused. */
export interface Rejection {
  readonly reason: string;
  readonly count: number;
}

export interface TraceBatch {
  readonly spans: readonly Span[];
  readonly rejections: readonly Rejection[];
}

export interface LogBatch {
  readonly records: readonly LogRecord[];
  readonly rejections: readonly Rejection[];
}

/** The whole request cannot be read: truncated, not the format, or past a limit. Nothing of it is kept. */
export class DecodeError extends Error {
  static is(error: unknown): error is DecodeError {
    return error instanceof DecodeError;
  }
}
