import protobuf from 'protobufjs/minimal.js';
import type { Encoding } from '../sink.ts';
import type { PartialSuccess, Signal } from './receive.ts';

/** google.rpc.Code, the numbers used here. */
export const rpcCode = {
  invalidArgument: 3,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

const rejectedField: Readonly<Record<Signal, string>> = { traces: 'rejectedSpans', logs: 'rejectedLogRecords', metrics: 'rejectedDataPoints' };

/** Export{Trace,Logs,Metrics}ServiceResponse: empty, or with the partial success that they all number alike. */
export function exportResponse(signal: Signal, encoding: Encoding, partial: PartialSuccess | undefined): Uint8Array {
  if (encoding === 'json') {
    if (partial === undefined) return jsonBytes({});
    return jsonBytes({ partialSuccess: { [rejectedField[signal]]: String(partial.rejected), errorMessage: partial.message } });
  }
  if (partial === undefined) return new Uint8Array();
  // ExportResponse: 1 partial_success { 1 rejected_… (int64), 2 error_message }
  const writer = protobuf.Writer.create().uint32(1 << 3 | 2).fork();
  writer.uint32(1 << 3).int64(partial.rejected).uint32(2 << 3 | 2).string(partial.message);
  return writer.ldelim().finish();
}

/** google.rpc.Status: why a request failed, and, with `retryAfterSeconds`, when to try it again (google.rpc.RetryInfo). */
export function rpcStatus(encoding: Encoding, code: number, message: string, retryAfterSeconds?: number): Uint8Array {
  if (encoding === 'json') {
    const details = retryAfterSeconds === undefined ? {} : { details: [{ '@type': retryInfoType, retryDelay: `${Math.ceil(retryAfterSeconds)}s` }] };
    return jsonBytes({ code, message, ...details });
  }
  // Status: 1 code (int32), 2 message, 3 details (repeated Any: 1 type_url, 2 value)
  const writer = protobuf.Writer.create().uint32(1 << 3).int32(code).uint32(2 << 3 | 2).string(message);
  if (retryAfterSeconds !== undefined) {
    writer.uint32(3 << 3 | 2).fork();
    writer.uint32(1 << 3 | 2).string(retryInfoType).uint32(2 << 3 | 2).bytes(retryInfo(retryAfterSeconds)).ldelim();
  }
  return writer.finish();
}

const retryInfoType = 'type.googleapis.com/google.rpc.RetryInfo';

// RetryInfo: 1 retry_delay (Duration: 1 seconds (int64), 2 nanos)
function retryInfo(seconds: number): Uint8Array {
  const writer = protobuf.Writer.create().uint32(1 << 3 | 2).fork();
  writer.uint32(1 << 3).int64(Math.ceil(seconds));
  return writer.ldelim().finish();
}

function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
