import { FieldReader } from '../decode/fieldReader.ts';
import { ItemBudget } from '../decode/limits.ts';
import { traceRequestJson } from '../decode/otlpJsonWriter.ts';
import { decodeLogs, keepsLog, readSpans } from './chunkReader.ts';
import type { StoredChunk } from './store/store.ts';

const delimited = 2;

/**
 * The chunk's bytes without what was let go; what stays is as it came, in protobuf also the fields that nobody here knows.
 * @throws DecodeError where the chunk cannot be read
 */
export function withoutDropped(chunk: StoredChunk): Uint8Array {
  if (chunk.signal === 'logs') {
    const kept = decodeLogs(chunk.bytes, chunk.encoding).records.map((record) => keepsLog(chunk, record));
    let next = 0;
    const isKept = () => kept[next++] === true;
    return chunk.encoding === 'json' ? keepJsonLogs(chunk.bytes, isKept) : keepRecords(chunk.bytes, isKept);
  }
  const spans = readSpans(chunk).map(({ span }) => span);
  if (chunk.encoding === 'json') return Buffer.from(JSON.stringify(traceRequestJson(spans)));
  const wanted = new Set(spans.map(({ traceId, spanId }) => traceId + spanId));
  // A span that came twice in one request was kept once.
  return keepRecords(chunk.bytes, (record) => wanted.delete(spanIdsOf(record)));
}

/**
 * The two levels that traces and logs share: 1 resource group, in it 2 scope group, in it 2 span or log record (as decode/otlpProtobuf.ts). Groups
 * that hold no record any more are left out.
 */
function keepRecords(bytes: Uint8Array, isKept: (record: Uint8Array) => boolean): Uint8Array {
  const keptWithin = (message: Uint8Array, path: readonly number[]): Uint8Array | undefined => {
    const parts: Uint8Array[] = [];
    let isEmpty = true;
    const [field, ...rest] = path;
    eachField(message, (tag, start, bodyStart, end) => {
      if (tag !== (field! << 3 | delimited)) {
        parts.push(message.subarray(start, end));
        return;
      }
      const body = message.subarray(bodyStart, end);
      const kept = rest.length === 0 ? (isKept(body) ? body : undefined) : keptWithin(body, rest);
      if (kept === undefined) return;
      isEmpty = false;
      parts.push(kept === body ? message.subarray(start, end) : Buffer.concat([varint(tag), varint(kept.length), kept]));
    });
    return isEmpty ? undefined : Buffer.concat(parts);
  };
  return keptWithin(bytes, [1, 2, 2]) ?? new Uint8Array();
}

/** Visits the fields of a message: where each begins, where its value does behind the length, and where it ends. */
function eachField(message: Uint8Array, visit: (tag: number, start: number, bodyStart: number, end: number) => void): void {
  const fields = new FieldReader(message, new ItemBudget());
  const { reader } = fields;
  for (let start = reader.pos, tag = fields.nextTag(); tag !== 0; start = reader.pos, tag = fields.nextTag()) {
    if ((tag & 7) === delimited) {
      const length = reader.size();
      const bodyStart = reader.pos;
      reader.skip(length);
      visit(tag, start, bodyStart, reader.pos);
    } else {
      fields.skip(tag);
      visit(tag, start, reader.pos, reader.pos);
    }
  }
}

/** Span: 1 trace_id, 2 span_id. */
function spanIdsOf(record: Uint8Array): string {
  const ids = ['', ''];
  eachField(record, (tag, _start, bodyStart, end) => {
    const field = tag >>> 3;
    if ((tag & 7) === delimited && (field === 1 || field === 2)) ids[field - 1] = Buffer.from(record.subarray(bodyStart, end)).toString('hex');
  });
  return ids.join('');
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  for (; left > 0x7f; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80);
  return Uint8Array.from([...bytes, left]);
}

/** Bytes that were decoded before, so that their shape is known. */
function keepJsonLogs(bytes: Uint8Array, isKept: () => boolean): Uint8Array {
  type Level = Record<string, unknown> | null;
  const list = (of: Level, key: string) => (of?.[key] ?? []) as Level[];
  const request = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as Level;
  const resourceLogs = list(request, 'resourceLogs').map((resourceGroup) => ({
    ...resourceGroup, scopeLogs: list(resourceGroup, 'scopeLogs').map((scopeGroup) => ({ ...scopeGroup, logRecords: list(scopeGroup, 'logRecords').filter(isKept) })),
  }));
  return Buffer.from(JSON.stringify({ resourceLogs }));
}
