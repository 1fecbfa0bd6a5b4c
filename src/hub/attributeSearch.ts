import type { Attributes, AttributeValue } from '../model/attributes.ts';
import type { TraceQuery } from '../protocol/hub.ts';
import { readSpans } from './chunkReader.ts';
import type { Chunks } from './chunks.ts';
import { Slices } from './slices.ts';
import type { KeptSpan } from './spanFacts.ts';
import type { Store, StoredChunk } from './store/store.ts';

type Wanted = NonNullable<TraceQuery['attribute']>;

/**
 * The ids of traces with such an attribute on a span, its resource or its scope, from the batch that came last on. No index holds them: the stored bytes are searched for
 * key and value as every encoder writes them, and only batches that have them are decoded.
 */
export async function* tracesWithAttribute(store: Store, chunks: Chunks, wanted: Wanted): AsyncIterable<string> {
  const slices = new Slices();
  const mayHold = searchFor(wanted);
  const found = new Set<string>();
  for (let chunkId = store.previousChunk(Number.MAX_SAFE_INTEGER, 'traces'); chunkId !== undefined; chunkId = store.previousChunk(chunkId, 'traces')) {
    for (const kept of chunks.read(chunkId, readSpans, mayHold)) {
      if (found.has(kept.span.traceId) || !hasAttribute(kept, wanted)) continue;
      found.add(kept.span.traceId);
      yield kept.span.traceId;
    }
    await slices.pause();
  }
}

/** A look at the bytes: false where no span of the chunk can have it. */
function searchFor({ key, value }: Wanted): (chunk: StoredChunk) => boolean {
  const needles = protobufNeedles(key, value);
  const isNumber = value.trim() !== '' && !Number.isNaN(Number(value));
  const [jsonKey, jsonValue] = [key, value].map((text) => Buffer.from(JSON.stringify(text).slice(1, -1)));
  return (chunk) => {
    const bytes = Buffer.from(chunk.bytes.buffer, chunk.bytes.byteOffset, chunk.bytes.byteLength);
    if (chunk.encoding === 'protobuf') return needles.some((needle) => bytes.includes(needle));
    // Letters may be escaped, and a number written in many ways.
    return bytes.includes('\\') || (bytes.includes(jsonKey!) && (isNumber || bytes.includes(jsonValue!)));
  };
}

/** KeyValue: 1 key, 2 value, an AnyValue: 1 string, 2 bool, 3 int, 4 double. */
function protobufNeedles(key: string, value: string): readonly Buffer[] {
  const keyBytes = delimited(0x0a, Buffer.from(key));
  const texts = [delimited(0x0a, Buffer.from(value))];
  if (value === 'true') texts.push(Buffer.from([0x10, 1]));
  if (value === 'false') texts.push(Buffer.from([0x10, 0]), Buffer.from([]));
  if (/^-?\d{1,19}$/.test(value)) texts.push(Buffer.concat([Buffer.from([0x18]), varint(BigInt.asUintN(64, BigInt(value)))]));
  const double = Buffer.alloc(9, 0x21);
  double.writeDoubleLE(Number(value), 1);
  if (value !== '') texts.push(double);
  if (value === '0') texts.push(Buffer.from([0x21, 0, 0, 0, 0, 0, 0, 0, 0x80]));
  return texts.map((text) => Buffer.concat([keyBytes, delimited(0x12, text)]));
}

function delimited(tag: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag]), varint(BigInt(bytes.length)), bytes]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(left)]);
}

function hasAttribute({ span }: KeptSpan, wanted: Wanted): boolean {
  return [span.attributes, span.resource.attributes, span.scope.attributes].some((attributes: Attributes) => attributes.some(({ key, value }) => key === wanted.key && textOf(value) === wanted.value));
}

/** As a person writes it; lists, maps and bytes are not looked for. */
function textOf(value: AttributeValue): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
