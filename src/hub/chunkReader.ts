import type { LogBatch, TraceBatch } from '../decode/batch.ts';
import * as json from '../decode/otlpJson.ts';
import * as protobuf from '../decode/otlpProtobuf.ts';
import type { LogRecord, Span } from '../model/span.ts';
import type { Encoding } from './sink.ts';
import { skimTraces } from './skim.ts';
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
 * The spans of a stored chunk that count: not the ones that were kept before it, nor those of captures and traces that were let go since.
 * @throws DecodeError
 */
export function readSpans(chunk: StoredChunk): KeptSpan[] {
  return keptOf(chunk, decodeTraces(chunk.bytes, chunk.encoding).spans);
}

/** As readSpans, with no more of each span than it is counted by (skim.ts). @throws DecodeError */
export function readSpanFacts(chunk: StoredChunk): KeptSpan[] {
  const skimmed = skimTraces(chunk.bytes, chunk.encoding);
  return keptOf(chunk, (skimmed ?? decodeTraces(chunk.bytes, chunk.encoding)).spans);
}

function keptOf(chunk: StoredChunk, spans: readonly Span[]): KeptSpan[] {
  const kept: KeptSpan[] = [];
  let nextSkipped = 0;
  spans.forEach((span, ordinal) => {
    if (chunk.skipped?.[nextSkipped] === ordinal) {
      nextSkipped++;
      return;
    }
    const captureId = chunk.captureOverride ?? resourceFacts(span.resource).captureId;
    if (chunk.captures.has(captureId) && chunk.traces?.has(span.traceId) !== false) kept.push({ span, captureId });
  });
  return kept;
}

/** As readSpans. @throws DecodeError */
export function readLogs(chunk: StoredChunk): LogRecord[] {
  return decodeLogs(chunk.bytes, chunk.encoding).records.filter((record) => keepsLog(chunk, record));
}

/** Whether a record of the chunk counts still. */
export function keepsLog(chunk: StoredChunk, { resource, traceId }: LogRecord): boolean {
  return chunk.captures.has(chunk.captureOverride ?? resourceFacts(resource).captureId) && chunk.traces?.has(traceId ?? '') !== false;
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
