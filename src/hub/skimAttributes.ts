import type { FieldReader } from '../decode/fieldReader.ts';
import { maxValueDepth } from '../decode/validate.ts';
import type { Attribute, AttributeValue } from '../model/attributes.ts';
import { captureAttribute } from '../model/span.ts';

const varint = 0;
const bits64 = 1;
const delimited = 2;

/** Something the skim leaves to the decoder: an error, or a form that hardly anyone sends. */
class LeaveIt extends Error {}
export const leaveIt = new LeaveIt();

/** Keys by their length, as bytes: most attributes have one that nothing wanted has. */
export type WantedKeys = readonly (readonly Uint8Array[] | undefined)[];

function wantedKeys(keys: readonly string[]): WantedKeys {
  const byLength: Uint8Array[][] = [];
  for (const key of keys) (byLength[key.length] ??= []).push(Buffer.from(key, 'latin1'));
  return Array.from(byLength);
}

/** What model/readSite.ts reads of a span and of its events. */
export const ofSpans = wantedKeys([
  'code.file.path', 'code.filepath', 'code.line.number', 'code.lineno', 'code.column.number', 'code.column', 'code.function.name', 'code.function', 'code.namespace', 'code.module.name',
  'code.stacktrace', 'exception.stacktrace', 'exception.message', 'http.route', 'http.request.method', 'http.method', 'rpc.service', 'rpc.method',
]);
/** What is read of a resource: who made the spans (spanFacts.ts, processes.ts, model/readSite.ts). */
export const ofResources = wantedKeys(['service.name', 'service.instance.id', 'process.pid', 'telemetry.sdk.language', captureAttribute]);

/** Whether the key that stands there is one of them. */
export function isWanted(wanted: WantedKeys, bytes: Uint8Array, start: number, length: number): boolean {
  const keys = wanted[length];
  if (keys === undefined) return false;
  for (const key of keys) {
    let at = length - 1;
    while (at >= 0 && key[at] === bytes[start + at]) at--;
    if (at < 0) return true;
  }
  return false;
}

/** Goes over KeyValues and reads those that are wanted. Every value has to be well-formed, whether it is wanted or not. */
export class SkimAttributes {
  readonly #fields: FieldReader;
  readonly #bytes: Uint8Array;

  constructor(fields: FieldReader, bytes: Uint8Array) {
    this.#fields = fields;
    this.#bytes = bytes;
  }

  /** Goes over the attribute that starts here, its length first. True where it is wanted. */
  pass(wanted: WantedKeys | undefined): boolean {
    const fields = this.#fields;
    const { reader } = fields;
    const start = reader.pos;
    const end = this.#endOfShort(start, reader.len);
    fields.items.take();
    if (end > 0) {
      reader.pos = end;
      return wanted !== undefined && isWanted(wanted, this.#bytes, start + 3, this.#bytes[start + 2] as number);
    }
    const outer = fields.enter();
    let isOne = false;
    let order = 0;
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      if (tag === (1 << 3 | delimited) && order === 0) {
        order = 1;
        const length = reader.size();
        const at = reader.pos;
        reader.skip(length);
        isOne = wanted !== undefined && isWanted(wanted, this.#bytes, at, length);
      } else if (tag === (2 << 3 | delimited) && order === 1) {
        order = 2;
        this.#passValue(1);
      } else {
        // Another order, or twice: the last one holds.
        throw leaveIt;
      }
    }
    fields.leave(outer);
    return isOne;
  }

  /** The attribute at `start`, which was gone over and is wanted. */
  read(start: number): Attribute {
    const fields = this.#fields;
    const { reader } = fields;
    const end = reader.pos;
    reader.pos = start;
    const outer = fields.enter();
    let key = '';
    let value: AttributeValue;
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      if (tag >>> 3 === 1) key = fields.string();
      else value = this.#readValue();
    }
    fields.leave(outer);
    reader.pos = end;
    return { key, value };
  }

  /**
   * Most attributes are alike: shorter than 128 bytes, the key, then one text or number, every length a byte. The end of such a one, behind a look at
   * each of its bytes that says something; 0 for any other, which the reader goes through.
   *
   *     | length | 0A | length | key … | 12 | length | 0A | length | text …  or  18 | varint  or  21 | double  or  10 | bool |
   */
  #endOfShort(start: number, limit: number): number {
    const bytes = this.#bytes;
    const end = start + 1 + (bytes[start] as number);
    if (end > limit || end > start + 128 || end < start + 5) return 0;
    if (bytes[start + 1] !== 0x0a) return 0;
    const keyLength = bytes[start + 2] as number;
    const value = start + 3 + keyLength;
    if (value + 2 > end || keyLength >= 0x80 || keyLength === 0 || bytes[value] !== 0x12 || value + 2 + (bytes[value + 1] as number) !== end) return 0;
    const inner = value + 2;
    if (inner + 2 > end) return 0;
    switch (bytes[inner]) {
      case 0x0a: return inner + 2 + (bytes[inner + 1] as number) === end ? end : 0;
      case 0x18: {
        if (end - inner > 10) return 0;
        for (let at = inner + 1; at < end - 1; at++) if ((bytes[at] as number) < 0x80) return 0;
        return (bytes[end - 1] as number) < 0x80 ? end : 0;
      }
      case 0x10: return end === inner + 2 && (bytes[inner + 1] as number) < 2 ? end : 0;
      case 0x21: return end === inner + 9 ? end : 0;
      default: return 0;
    }
  }

  /** Of an AnyValue: one text, number or truth value. */
  #readValue(): AttributeValue {
    const fields = this.#fields;
    const outer = fields.enter();
    const tag = fields.nextTag();
    let value: AttributeValue;
    if (tag === (1 << 3 | delimited)) value = fields.string();
    else if (tag === (2 << 3 | varint)) value = fields.reader.bool();
    else if (tag === (3 << 3 | varint)) value = fields.int64();
    else if (tag === (4 << 3 | bits64)) value = fields.reader.double();
    else throw leaveIt;
    if (fields.nextTag() !== 0) throw leaveIt;
    fields.leave(outer);
    return value;
  }

  /** AnyValue: what it holds is not wanted, and has to be well-formed all the same. */
  #passValue(depth: number): void {
    if (depth > maxValueDepth) throw leaveIt;
    const fields = this.#fields;
    const outer = fields.enter();
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      switch (tag) {
        case 1 << 3 | delimited: case 7 << 3 | delimited: this.#passBytes(); break;
        case 2 << 3 | varint: fields.reader.bool(); break;
        case 3 << 3 | varint: fields.int64(); break;
        case 4 << 3 | bits64: fields.reader.double(); break;
        case 5 << 3 | delimited: this.#passList(depth, false); break;
        case 6 << 3 | delimited: this.#passList(depth, true); break;
        default: fields.skip(tag);
      }
    }
    fields.leave(outer);
  }

  /** ArrayValue and KeyValueList: 1 values. */
  #passList(depth: number, isKeyed: boolean): void {
    const fields = this.#fields;
    const outer = fields.enter();
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      if (tag !== (1 << 3 | delimited)) {
        fields.skip(tag);
        continue;
      }
      fields.items.take();
      if (!isKeyed) {
        this.#passValue(depth + 1);
        continue;
      }
      const entry = fields.enter();
      for (let inner = fields.nextTag(); inner !== 0; inner = fields.nextTag()) {
        if (inner === (1 << 3 | delimited)) this.#passBytes();
        else if (inner === (2 << 3 | delimited)) this.#passValue(depth + 1);
        else fields.skip(inner);
      }
      fields.leave(entry);
    }
    fields.leave(outer);
  }

  #passBytes(): void {
    const { reader } = this.#fields;
    reader.skip(reader.size());
  }
}
