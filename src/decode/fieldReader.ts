import protobuf from 'protobufjs/minimal.js';
import type { ItemBudget } from './limits.ts';

type Reader = protobuf.Reader;

/** Strings past this are read afresh: what repeats (keys, methods, routes, names) is short. */
const maxInternedBytes = 48;
const internSlots = 2048;
const interned: string[] = new Array<string>(internSlots).fill('');

const maxVarintBytes = 10;

const hexDigits = [...'0123456789abcdef'].map((digit) => digit.charCodeAt(0));

/**
 * protobufjs' Reader with what OTLP needs beside it: nested messages kept within their bounds, exact 64-bit numbers as
 * BigInt, ids as hex, and short strings shared. Every read throws where the bytes end early.
 */
export class FieldReader {
  readonly reader: Reader;
  readonly items: ItemBudget;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, items: ItemBudget) {
    this.items = items;
    this.reader = protobuf.Reader.create(bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /**
   * Narrows the reader to the length-delimited message that starts here, so that no field in it can read past its end.
   * @returns the outer end, for `leave`
   */
  enter(): number {
    const { reader } = this;
    const length = reader.size();
    const outerEnd = reader.len;
    const end = reader.pos + length;
    if (end > outerEnd) throw new RangeError(`a message of ${length} bytes at offset ${reader.pos} passes the end at ${outerEnd}`);
    reader.len = end;
    return outerEnd;
  }

  leave(outerEnd: number): void {
    this.reader.len = outerEnd;
  }

  /** The next tag, or 0 at the end of the message. */
  nextTag(): number {
    const { reader } = this;
    if (reader.pos >= reader.len) return 0;
    const tag = reader.tag();
    if (tag < 8) throw new RangeError(`field number 0 at offset ${reader.pos}`);
    return tag;
  }

  /** Skips a field this version does not know, or one whose wire type is not the one the proto says. */
  skip(tag: number): void {
    this.reader.skipType(tag & 7, 0, tag >>> 3);
  }

  /** fixed64, unsigned. */
  fixed64(): bigint {
    const { reader } = this;
    const at = reader.pos;
    reader.skip(8);
    return this.#view.getBigUint64(at, true);
  }

  /**
   * int64 as a varint: up to ten bytes of seven bits, the lowest first (protobuf.dev, "Encoding"). Not protobufjs' own: that gives exact numbers only with the package
   * `long`, which costs five megabytes of memory as soon as it is loaded.
   */
  int64(): bigint {
    const { reader } = this;
    const start = reader.pos;
    const low = reader.uint32();
    if (reader.pos - start <= 4) return BigInt(low);
    reader.pos = start;
    const parts = [0, 0, 0];
    for (let n = 0; n < maxVarintBytes; n++) {
      if (reader.pos >= reader.len) throw new RangeError(`a varint at offset ${start} passes the end at ${reader.len}`);
      const byte = this.#bytes[reader.pos++] as number;
      parts[n >> 2]! |= (byte & 0x7f) << (7 * (n & 3));
      if (byte < 0x80) return BigInt.asIntN(64, BigInt(parts[0]!) | (BigInt(parts[1]!) << 28n) | (BigInt(parts[2]!) << 56n));
    }
    throw new RangeError(`a varint of more than ${maxVarintBytes} bytes at offset ${start}`);
  }

  /** A copy, so that a value kept does not keep the whole request. */
  bytes(): Uint8Array {
    return new Uint8Array(this.reader.bytes());
  }

  /** The bytes as lower-case hex, '' for none. */
  hex(): string {
    const { reader } = this;
    const length = reader.size();
    const start = reader.pos;
    reader.skip(length);
    if (length === 8) return hexOfEight(this.#bytes, start);
    // Anything longer is no id; enough of it is kept to be seen as too long.
    const codes: number[] = [];
    for (let at = start; at < start + Math.min(length, 64); at++) {
      const byte = this.#bytes[at] as number;
      codes.push(hexDigits[byte >> 4] as number, hexDigits[byte & 15] as number);
    }
    return String.fromCharCode(...codes);
  }

  /**
   * A string. Short ASCII ones come from a table of fixed size, where a newcomer takes the place of what hashes alike:
   * keys and common values are one object each, and cost no crossing into native code.
   */
  string(): string {
    const { reader } = this;
    const start = reader.pos;
    const length = reader.size();
    if (length === 0) return '';
    if (length > maxInternedBytes) {
      reader.pos = start;
      return reader.string();
    }
    const first = reader.pos;
    reader.skip(length);
    const bytes = this.#bytes;
    const end = first + length;
    let hash = length;
    let seen = 0;
    for (let at = first; at < end; at++) {
      const byte = bytes[at] as number;
      seen |= byte;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    if (seen >= 0x80) {
      reader.pos = start;
      return reader.string();
    }
    const slot = (hash ^ (hash >>> 15)) & (internSlots - 1);
    const candidate = interned[slot] as string;
    if (sameAscii(candidate, bytes, first, length)) return candidate;
    reader.pos = start;
    const text = reader.string();
    interned[slot] = text;
    return text;
  }
}

/** As the loop does, without a list. */
function hexOfEight(bytes: Uint8Array, start: number): string {
  const high = (at: number) => hexDigits[(bytes[start + at] as number) >> 4] as number;
  const low = (at: number) => hexDigits[(bytes[start + at] as number) & 15] as number;
  return String.fromCharCode(
    high(0), low(0), high(1), low(1), high(2), low(2), high(3), low(3), high(4), low(4), high(5), low(5), high(6), low(6), high(7), low(7),
  );
}

function sameAscii(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let index = 0; index < length; index++) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}
