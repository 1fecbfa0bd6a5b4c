/**
 * Messages as WebSocket frames. A message without typed arrays is a text frame of JSON. One with typed arrays is a binary frame:
 *
 *   | head length, u32 little-endian | head, JSON in UTF-8 | zeros to a multiple of 8 | array | zeros to 8 | array | ...
 *
 * The head is `{ message, arrays: [[type, offset, byteLength, path...]] }`: `message` holds null where an array goes, and `path` is
 * the way there. Naming the places apart from the message means no message can be mistaken for a placeholder.
 */
export class FrameError extends Error {
  static is(error: unknown): error is FrameError {
    return error instanceof FrameError;
  }
}

type Frameable = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

const arrayTypes = { Uint8Array, Uint16Array, Uint32Array, Int32Array, Float64Array } as const;
type ArrayType = keyof typeof arrayTypes;
type Path = readonly (string | number)[];

const alignment = 8;
const maxArrays = 1000;
const maxDepth = 500;

/** @throws FrameError for a message JSON has no words for (a bigint, a cycle, another kind of typed array) */
export function encodeFrame(message: unknown): string | Uint8Array<ArrayBuffer> {
  const found: { readonly path: Path; readonly type: ArrayType; readonly array: Frameable }[] = [];
  const plain = withoutArrays(message, [], found, 0);
  const json = toJson(found.length === 0 ? message : { message: plain, arrays: layOut(found) });
  if (found.length === 0) return json;
  const head = new TextEncoder().encode(json);
  const base = aligned(4 + head.length);
  const size = found.reduce((end, { array }) => aligned(end) + array.byteLength, base);
  const frame = new Uint8Array(size);
  new DataView(frame.buffer).setUint32(0, head.length, true);
  frame.set(head, 4);
  let offset = base;
  for (const { array } of found) {
    offset = aligned(offset);
    frame.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
    offset += array.byteLength;
  }
  return frame;
}

/** The message of a frame; its typed arrays own their memory. @throws FrameError for anything `encodeFrame` does not make */
export function decodeFrame(frame: string | Uint8Array): unknown {
  if (typeof frame === 'string') return parseJson(frame);
  if (frame.length < 4) throw new FrameError('a frame without a head');
  const headLength = new DataView(frame.buffer, frame.byteOffset, frame.length).getUint32(0, true);
  if (headLength > frame.length - 4) throw new FrameError('a frame shorter than its head');
  const head = parseJson(new TextDecoder().decode(frame.subarray(4, 4 + headLength)));
  if (!isRecord(head) || !Array.isArray(head['arrays']) || head['arrays'].length > maxArrays) throw new FrameError('a frame with a bad head');
  const base = aligned(4 + headLength);
  const holder: Record<string, unknown> = { message: head['message'] };
  for (const entry of head['arrays'] as readonly unknown[]) {
    if (!Array.isArray(entry)) throw new FrameError('a frame with a bad array');
    const [type, offset, byteLength, ...path] = entry as unknown[];
    put(holder, ['message', ...path], readArray(frame, base, type, offset, byteLength));
  }
  return holder['message'];
}

function withoutArrays(value: unknown, path: Path, found: { path: Path; type: ArrayType; array: Frameable }[], depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > maxDepth) throw new FrameError('a message nested too deep');
  if (ArrayBuffer.isView(value)) {
    // A Buffer is a Uint8Array to the other side.
    const type = (Object.keys(arrayTypes) as ArrayType[]).find((name) => value instanceof arrayTypes[name]);
    if (type === undefined || found.length === maxArrays) throw new FrameError('a message with arrays that cannot be framed');
    found.push({ path, type, array: value as Frameable });
    return null;
  }
  const before = found.length;
  if (Array.isArray(value)) {
    const copy = value.map((item, index) => (isLeaf(item) ? item : withoutArrays(item, [...path, index], found, depth + 1)));
    return found.length === before ? value : copy;
  }
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    copy[key] = isLeaf(item) ? item : withoutArrays(item, [...path, key], found, depth + 1);
  }
  return found.length === before ? value : copy;
}

function layOut(found: readonly { path: Path; type: ArrayType; array: Frameable }[]): unknown[] {
  let offset = 0;
  return found.map(({ path, type, array }) => {
    const at = aligned(offset);
    offset = at + array.byteLength;
    return [type, at, array.byteLength, ...path];
  });
}

function readArray(frame: Uint8Array, base: number, type: unknown, offset: unknown, byteLength: unknown): Frameable {
  const make = typeof type === 'string' && Object.hasOwn(arrayTypes, type) ? arrayTypes[type as ArrayType] : undefined;
  if (make === undefined || !isSize(offset) || !isSize(byteLength) || byteLength % make.BYTES_PER_ELEMENT !== 0) {
    throw new FrameError('a frame with a bad array');
  }
  if (base + offset + byteLength > frame.length) throw new FrameError('a frame shorter than its arrays');
  return new make(new Uint8Array(frame.subarray(base + offset, base + offset + byteLength)).buffer);
}

/** Only an own property that holds null is a place: a path can neither overwrite data nor reach a prototype. */
function put(holder: Record<string, unknown>, path: readonly unknown[], value: Frameable): void {
  let at: unknown = holder;
  for (const [index, key] of path.entries()) {
    if (typeof at !== 'object' || at === null || ArrayBuffer.isView(at)) throw new FrameError('a frame with a bad path');
    if ((typeof key !== 'string' && typeof key !== 'number') || !Object.hasOwn(at, key)) throw new FrameError('a frame with a bad path');
    const owner = at as Record<PropertyKey, unknown>;
    if (index === path.length - 1) {
      if (owner[key] !== null) throw new FrameError('a frame with a bad path');
      owner[key] = value;
    } else {
      at = owner[key];
    }
  }
}

function toJson(value: unknown): string {
  try {
    const json = JSON.stringify(value) as string | undefined;
    if (json !== undefined) return json;
  } catch (error) {
    throw new FrameError(error instanceof Error ? error.message : String(error));
  }
  throw new FrameError('a message that is nothing');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new FrameError('a frame that is not JSON');
  }
}

function isLeaf(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function aligned(offset: number): number {
  return Math.ceil(offset / alignment) * alignment;
}
