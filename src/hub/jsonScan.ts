import { leaveIt } from './skimAttributes.ts';

const quote = 0x22, comma = 0x2c, minus = 0x2d, dot = 0x2e, zero = 0x30, nine = 0x39, colon = 0x3a, backslash = 0x5c;
/** More is for the decoder to judge. */
const maxDepth = 64;

/** What follows a backslash, but for u. */
const escapes: ReadonlySet<number> = new Set([...'"\\/bfnrt'].map((letter) => letter.charCodeAt(0)));

interface Field {
  readonly name: Uint8Array;
  /** Above 0. */
  readonly field: number;
}

/** Names of an object's members. */
export interface FieldTable {
  readonly byLength: readonly (readonly Field[] | undefined)[];
  /** What came last behind each, 0 for the first: a program writes them in the same order each time. */
  readonly after: (Field | undefined)[];
}

/** In the order of the fields' numbers, from 1. */
export function fieldTable(...names: readonly string[]): FieldTable {
  const byLength: Field[][] = [];
  names.forEach((name, index) => (byLength[name.length] ??= []).push({ name: Buffer.from(name, 'latin1'), field: index + 1 }));
  return { byLength: Array.from(byLength), after: new Array<Field | undefined>(names.length + 1).fill(undefined) };
}

/**
 * Goes over the bytes of a JSON text (RFC 8259) without making objects of it. Every byte is looked at: what is not JSON, or in a form that is left to the
 * decoder, throws. The bytes must be UTF-8.
 */
export class JsonScan {
  readonly bytes: Uint8Array;
  pos = 0;
  /** Of the string that was gone over last: what is between its quotes, and whether a backslash is. */
  textStart = 0;
  textEnd = 0;
  isEscaped = false;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Behind `[` or `{`; false where nothing is in it. */
  open(bracket: number): boolean {
    if (this.next() !== bracket) throw leaveIt;
    this.pos++;
    // Both closing brackets are two further than their opening ones.
    if (this.next() !== bracket + 2) return true;
    this.pos++;
    return false;
  }

  /** Behind a comma, or, with false, behind the closing bracket of what was opened with `bracket`. */
  more(bracket: number): boolean {
    const byte = this.next();
    this.pos++;
    if (byte === comma) return true;
    if (byte === bracket + 2) return false;
    throw leaveIt;
  }

  /** The number of the member that begins here, 0 where the table does not have it; `previous`: that of the member before it. */
  field(table: FieldTable, previous: number): number {
    const expected = table.after[previous];
    if (expected !== undefined && this.#passName(expected.name)) return expected.field;
    this.text();
    if (this.isEscaped) throw leaveIt;
    const { textStart, textEnd, bytes } = this;
    if (this.next() !== colon) throw leaveIt;
    this.pos++;
    const length = textEnd - textStart;
    const alike = table.byLength[length];
    if (alike === undefined) return 0;
    for (const each of alike) {
      let at = 0;
      while (at < length && each.name[at] === bytes[textStart + at]) at++;
      if (at < length) continue;
      table.after[previous] = each;
      return each.field;
    }
    return 0;
  }

  /** Behind the name, its quotes and its colon where they stand here; false, and nothing but white space is passed, where they do not. */
  #passName(name: Uint8Array): boolean {
    const { bytes } = this;
    const { length } = name;
    if (this.next() !== quote) return false;
    const start = this.pos + 1;
    let at = 0;
    while (at < length && name[at] === bytes[start + at]) at++;
    if (at < length || bytes[start + length] !== quote || bytes[start + length + 1] !== colon) return false;
    this.pos = start + length + 2;
    return true;
  }

  /** The next byte that is not white space; -1 at the end. */
  next(): number {
    const { bytes } = this;
    let at = this.pos;
    let byte = bytes[at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at];
    this.pos = at;
    return byte ?? -1;
  }

  /** A string. */
  text(): void {
    if (this.next() !== quote) throw leaveIt;
    const { bytes } = this;
    let at = this.pos + 1;
    this.textStart = at;
    this.isEscaped = false;
    for (let byte = bytes[at]; byte !== quote; byte = bytes[++at]) {
      if (byte === undefined || byte < 0x20) throw leaveIt;
      if (byte !== backslash) continue;
      this.isEscaped = true;
      const letter = bytes[++at];
      if (letter === 0x75) {
        for (let digit = 1; digit <= 4; digit++) if (!isHexDigit(bytes[at + digit])) throw leaveIt;
        at += 4;
      } else if (letter === undefined || !escapes.has(letter)) {
        throw leaveIt;
      }
    }
    this.textEnd = at;
    this.pos = at + 1;
  }

  /** Up to nine digits, without a sign. */
  smallInteger(): number {
    this.next();
    const start = this.pos;
    this.#digits();
    if (this.pos - start > 9 || (this.bytes[start] === zero && this.pos - start > 1) || this.#isNumberPart(this.bytes[this.pos])) throw leaveIt;
    let value = 0;
    for (let at = start; at < this.pos; at++) value = value * 10 + (this.bytes[at] as number) - zero;
    return value;
  }

  number(): void {
    if (this.next() === minus) this.pos++;
    if (this.bytes[this.pos] === zero) this.pos++;
    else this.#digits();
    if (this.bytes[this.pos] === dot) {
      this.pos++;
      this.#digits();
    }
    if (((this.bytes[this.pos] ?? 0) | 0x20) !== 0x65) return;
    this.pos++;
    const sign = this.bytes[this.pos];
    if (sign === minus || sign === 0x2b) this.pos++;
    this.#digits();
  }

  word(word: 'true' | 'false' | 'null'): void {
    this.next();
    for (let at = 0; at < word.length; at++) if (this.bytes[this.pos++] !== word.charCodeAt(at)) throw leaveIt;
  }

  bool(): void {
    this.word(this.next() === 0x74 ? 'true' : 'false');
  }

  /** Any value. */
  value(depth = 0): void {
    if (depth > maxDepth) throw leaveIt;
    const byte = this.next();
    switch (byte) {
      case quote: this.text(); break;
      case 0x5b:
        if (this.open(byte)) do this.value(depth + 1); while (this.more(byte));
        break;
      case 0x7b:
        if (!this.open(byte)) break;
        do {
          this.text();
          if (this.next() !== colon) throw leaveIt;
          this.pos++;
          this.value(depth + 1);
        } while (this.more(byte));
        break;
      case 0x74: this.word('true'); break;
      case 0x66: this.word('false'); break;
      case 0x6e: this.word('null'); break;
      default: this.number();
    }
  }

  /** One or more. */
  #digits(): void {
    const { bytes } = this;
    let at = this.pos;
    while ((bytes[at] as number) >= zero && (bytes[at] as number) <= nine) at++;
    if (at === this.pos) throw leaveIt;
    this.pos = at;
  }

  #isNumberPart(byte: number | undefined): boolean {
    return byte === dot || ((byte ?? 0) | 0x20) === 0x65;
  }
}

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= zero && byte <= nine) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}
