import type { LogRecord, Span } from '../model/span.ts';
import { DecodeError, type Rejection } from './batch.ts';
import { cutJson } from './cutJson.ts';
import { readJaegerJson } from './jaegerJson.ts';
import { isObject } from './jsonShape.ts';
import { ItemBudget } from './limits.ts';
import * as otlpJson from './otlpJson.ts';
import * as otlpProtobuf from './otlpProtobuf.ts';
import { readZipkinJson } from './zipkinJson.ts';

export type TraceFileFormat = 'otlp-json' | 'otlp-jsonl' | 'otlp-protobuf' | 'jaeger-json' | 'zipkin-json';

const lineFeed = 0x0a;
/** What JSON holds most of, in OTLP and in Jaeger's. */
const longArrays = ['spans', 'logRecords'];
/** Smaller documents are parsed as a whole sooner. */
const largeBytes = 4 * 1024 * 1024;

export interface TraceFile {
  readonly format: TraceFileFormat;
  readonly spans: readonly Span[];
  /** Of OTLP files, which may hold both. */
  readonly logs: readonly LogRecord[];
  readonly rejections: readonly Rejection[];
}

/**
 * Reads a file of traces of any format that is known, told apart by what it holds, never by its name: text that begins with `[` or
 * `{` is JSON (OTLP protobuf never begins so), whose first document says which; one JSON document a line is OTLP as the
 * collector's file exporter writes it.
 * @param onRead hears up to which byte a large file was read
 * @throws DecodeError which says what the file is not, with the line where lines count
 */
export function decodeTraceFile(bytes: Uint8Array, onRead: (uptoByte: number) => void = () => undefined): TraceFile {
  const first = firstCharacter(bytes);
  if (first === undefined) throw new DecodeError('the file is empty');
  // 0x0a, the tag of a request's first field, is a line's end in text too, and `{` a length: only reading tells.
  const mayBeProtobuf = bytes[0] === lineFeed;
  if (first === '{' || first === '[') {
    const piecewise = bytes.length < largeBytes ? undefined : readPiecewise(bytes, onRead);
    if (piecewise !== undefined) return piecewise;
    const text = textOf(bytes);
    const whole = parsed(text ?? '');
    if (text !== undefined && whole !== undefined) return readDocument(whole);
    const lines = text?.split('\n') ?? [];
    if (parsed(lines.find((line) => line.trim() !== '') ?? '') !== undefined) return readLines(lines, (share) => onRead(share * bytes.length));
    if (!mayBeProtobuf) throw new DecodeError(text === undefined ? 'the file begins as JSON but is no UTF-8 text' : `the file is not whole JSON: ${parseProblem(text)}`);
  }
  return { format: 'otlp-protobuf', logs: [], ...decodeProtobuf(bytes) };
}

/** undefined where anything is wrong with it: read as a whole, it is said what. */
function readPiecewise(bytes: Uint8Array, onRead: (uptoByte: number) => void): TraceFile | undefined {
  try {
    const cut = cutJson(bytes, longArrays, onRead);
    if (cut === undefined) return undefined;
    const file = readDocument(cut.document);
    return cut.arrays.every(({ isRead }) => isRead) ? file : undefined;
  } catch (error) {
    if (!DecodeError.is(error)) throw error;
    return undefined;
  }
}

/** Text that is no trace at all may still be a run of well-formed protobuf fields: spans decide. */
function decodeProtobuf(bytes: Uint8Array): { readonly spans: readonly Span[]; readonly rejections: readonly Rejection[] } {
  const unknown = 'the file is no OTLP (JSON, JSON lines or protobuf), Jaeger JSON or Zipkin JSON';
  try {
    const batch = otlpProtobuf.decodeTraces(bytes, new ItemBudget(Infinity));
    if (batch.spans.length > 0 || batch.rejections.length > 0) return batch;
  } catch (error) {
    if (!DecodeError.is(error)) throw error;
    throw new DecodeError(`${unknown}: ${error.message}`, { cause: error });
  }
  throw new DecodeError(unknown);
}

function readDocument(document: unknown): TraceFile {
  if (Array.isArray(document)) {
    const item: unknown = document.flat(1)[0];
    if (isObject(item) && ('spans' in item || 'traceID' in item)) return { format: 'jaeger-json', logs: [], ...readJaegerJson(document) };
    if (isObject(item) && 'traceId' in item) return { format: 'zipkin-json', logs: [], ...readZipkinJson(document) };
    throw new DecodeError(document.length === 0 ? 'the file holds an empty list' : 'the list holds neither Zipkin spans nor Jaeger traces');
  }
  if (isObject(document) && (Array.isArray(document.data) || 'traceID' in document)) return { format: 'jaeger-json', logs: [], ...readJaegerJson(document) };
  return readOtlp(document);
}

function readOtlp(document: unknown): TraceFile {
  if (!isObject(document)) throw new DecodeError('the file holds no object');
  // A collector's answer wraps the request: Jaeger's query API in `result`, Tempo's in `trace`; Tempo's first API says `batches`.
  for (const key of ['result', 'trace']) if (isObject(document[key])) return readOtlp(document[key]);
  if (Array.isArray(document.batches)) return readOtlp({ resourceSpans: document.batches });
  if (!('resourceSpans' in document) && !('resourceLogs' in document)) throw new DecodeError('the JSON holds no spans: there is no resourceSpans (OTLP), data (Jaeger) or list of spans (Zipkin) in it');
  const { spans, rejections } = 'resourceSpans' in document ? otlpJson.readTraces(document, new ItemBudget(Infinity)) : { spans: [], rejections: [] };
  return { format: 'otlp-json', spans, rejections, logs: 'resourceLogs' in document ? otlpJson.readLogs(document, new ItemBudget(Infinity)).records : [] };
}

function readLines(lines: readonly string[], onRead: (share: number) => void): TraceFile {
  const spans: Span[] = [];
  const logs: LogRecord[] = [];
  const rejected = new Map<string, number>();
  lines.forEach((line, index) => {
    onRead(index / lines.length);
    if (line.trim() === '') return;
    try {
      const document = parsed(line);
      if (document === undefined) throw new DecodeError(parseProblem(line));
      // The file exporter writes metrics into the same file where it is told to.
      if (isObject(document) && 'resourceMetrics' in document) return;
      const read = readOtlp(document);
      for (const span of read.spans) spans.push(span);
      for (const record of read.logs) logs.push(record);
      for (const { reason, count } of read.rejections) rejected.set(reason, (rejected.get(reason) ?? 0) + count);
    } catch (error) {
      if (!DecodeError.is(error)) throw error;
      // A file that is still written, or was cut off, ends in half a line: what came before is good.
      const isLast = lines.slice(index + 1).every((later) => later.trim() === '');
      if (!isLast || spans.length === 0) throw new DecodeError(`line ${index + 1}: ${error.message}`, { cause: error });
      rejected.set('the last line is not whole', 1);
    }
  });
  return { format: 'otlp-jsonl', spans, logs, rejections: [...rejected].map(([reason, count]) => ({ reason, count })) };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Past a byte order mark and blanks. */
function firstCharacter(bytes: Uint8Array): string | undefined {
  const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const byte = bytes.subarray(from).find((at) => at !== 0x20 && at !== 0x09 && at !== 0x0d && at !== lineFeed);
  return byte === undefined ? undefined : String.fromCharCode(byte);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function parseProblem(text: string): string {
  try {
    JSON.parse(text);
    return 'it is';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
