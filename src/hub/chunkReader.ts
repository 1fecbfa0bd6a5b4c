import type { LogBatch, TraceBatch } from '../decode/batch.ts';
import * as json from '../decode/otlpJson.ts';
import * as protobuf from '../decode/otlpProtobuf.ts';
import type { LogRecord } from '../model/span.ts';
import type { Encoding } from './sink.ts';
import { type KeptSpan, resourceFacts } from './spanFacts.ts';
import type { StoredChunk } from './store/store.ts';

/** @throws DecodeError */
export function decodeTraces(bytes: Uint8Array, encoding: Encoding): TraceBatch {
  return encoding === 'protobuf' ? protobuf.decodeTraces(bytes) : json.decodeTraces(bytes);
}

/** @throws DecodeError */
export function decodeLogs(bytes: Uint8Array, encoding: Encoding): LogBatch {
  return encoding === 'protobuf' ? protobuf.decodeLogs(bytes) : json.decodeLogs(bytes);
}

/**
 * The spans of a stored chunk that count: not the ones that were kept before it, nor those of captures deleted since.
 * @throws DecodeError
 */
export function readSpans(chunk: StoredChunk): KeptSpan[] {
  const { spans } = decodeTraces(chunk.bytes, chunk.encoding);
  const kept: KeptSpan[] = [];
  let nextSkipped = 0;
  spans.forEach((span, ordinal) => {
    if (chunk.skipped?.[nextSkipped] === ordinal) {
      nextSkipped++;
      return;
    }
    const captureId = chunk.captureOverride ?? resourceFacts(span.resource).captureId;
    if (chunk.captures.has(captureId)) kept.push({ span, captureId });
  });
  return kept;
}

/** @throws DecodeError */
export function readLogs(chunk: StoredChunk): LogRecord[] {
  const { records } = decodeLogs(chunk.bytes, chunk.encoding);
  return records.filter((record) => chunk.captures.has(chunk.captureOverride ?? resourceFacts(record.resource).captureId));
}

/** False where the chunk certainly tells of no exception. */
export function mayHoldException(chunk: StoredChunk): boolean {
  return Buffer.from(chunk.bytes.buffer, chunk.bytes.byteOffset, chunk.bytes.byteLength).includes('exception.stacktrace');
}

/** False where the chunk certainly holds no such span; a look at the bytes is a hundred times cheaper than decoding them. */
export function mayHoldSpan(chunk: StoredChunk, spanId: string): boolean {
  const bytes = Buffer.from(chunk.bytes.buffer, chunk.bytes.byteOffset, chunk.bytes.byteLength);
  if (chunk.encoding === 'protobuf') return bytes.includes(Buffer.from(spanId, 'hex'));
  return bytes.includes(spanId) || bytes.toString('latin1').toLowerCase().includes(spanId);
}
