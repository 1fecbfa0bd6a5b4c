import { DecodeError } from './batch.ts';
import { CutArray } from './cutJson.ts';
import type { ItemBudget } from './limits.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const maxInt64 = 2n ** 63n - 1n;
const maxUint64 = 2n ** 64n - 1n;

/**
 * Reads the fields of parsed JSON as proto3's JSON mapping has them: absent and null are the field's default, a wrong shape is a
 * DecodeError that names the place by its JSON path. The path of the value under the reader is kept as a stack, and put into
 * words only for an error.
 */
export class JsonShape {
  readonly #items: ItemBudget;
  readonly #path: (string | number)[] = [];

  constructor(items: ItemBudget) {
    this.#items = items;
  }

  fail(object: JsonObject | undefined, key: string | undefined, wanted: string): never {
    const path = key === undefined ? this.#path : [...this.#path, key];
    const text = path.reduce<string>((sofar, part) => sofar + (typeof part === 'number' ? `[${part}]` : `.${part}`), '$');
    const value = object === undefined || key === undefined ? undefined : object[key];
    throw new DecodeError(`${text} must be ${wanted}${value === undefined ? '' : `, not ${shown(value)}`}`);
  }

  root(value: unknown): JsonObject {
    return isObject(value) ? value : this.fail(undefined, undefined, 'an object');
  }

  /** Reads the object under `key` with the path one step deeper; undefined where there is none. */
  child<T>(object: JsonObject, key: string, read: (child: JsonObject) => T): T | undefined {
    const value = object[key];
    if (value === undefined || value === null) return undefined;
    if (!isObject(value)) this.fail(object, key, 'an object');
    this.#path.push(key);
    const result = read(value);
    this.#path.pop();
    return result;
  }

  /** Visits the objects of the array under `key`, each an item of the budget; none where it is absent. */
  each(object: JsonObject, key: string, visit: (child: JsonObject) => void): void {
    const value = object[key];
    if (value === undefined || value === null) return;
    if (!Array.isArray(value) && !(value instanceof CutArray)) this.fail(object, key, 'an array');
    this.#path.push(key, 0);
    if (value instanceof CutArray) {
      let before = 0;
      for (const part of value.parts()) {
        this.#visitAll(part, before, visit);
        before += part.length;
      }
    } else {
      this.#visitAll(value, 0, visit);
    }
    this.#path.length -= 2;
  }

  /** Items that were read without `each`. */
  count(items: number): void {
    this.#items.take(items);
  }

  #visitAll(list: readonly unknown[], before: number, visit: (child: JsonObject) => void): void {
    const path = this.#path;
    for (let index = 0; index < list.length; index++) {
      path[path.length - 1] = before + index;
      this.#items.take();
      const child = list[index];
      if (!isObject(child)) this.fail(undefined, undefined, 'an object');
      visit(child);
    }
  }

  text(object: JsonObject, key: string): string {
    const value = object[key];
    if (value === undefined || value === null) return '';
    return typeof value === 'string' ? value : this.fail(object, key, 'a string');
  }

  bool(object: JsonObject, key: string): boolean {
    const value = object[key];
    return typeof value === 'boolean' ? value : this.fail(object, key, 'true or false');
  }

  /** A number, or the words 'NaN', 'Infinity', '-Infinity', or a number as a string. */
  double(object: JsonObject, key: string): number {
    const value = object[key];
    if (typeof value === 'number') return value;
    if (typeof value === 'string') {
      if (value === 'NaN') return NaN;
      const number = value.trim() === '' ? NaN : Number(value);
      if (!Number.isNaN(number)) return number;
    }
    return this.fail(object, key, 'a number');
  }

  /** int64: a decimal string, or a JSON number, which past 2^53 has lost its last digits before it comes here. */
  int64(object: JsonObject, key: string): bigint {
    const value = this.#integer(object, key, 'an integer of 64 bits');
    if (value >= -maxInt64 - 1n && value <= maxInt64) return value;
    // 2^63 - 1 sent as a number is read by JSON.parse as 2^63.
    if (typeof object[key] === 'number' && value === maxInt64 + 1n) return maxInt64;
    return this.fail(object, key, 'an integer of 64 bits');
  }

  /** fixed64; as int64, unsigned, 0 where it is absent. */
  fixed64(object: JsonObject, key: string): bigint {
    if (object[key] === undefined || object[key] === null) return 0n;
    const value = this.#integer(object, key, 'an unsigned integer of 64 bits');
    return value >= 0n && value <= maxUint64 ? value : this.fail(object, key, 'an unsigned integer of 64 bits');
  }

  uint32(object: JsonObject, key: string): number {
    if (object[key] === undefined || object[key] === null) return 0;
    const value = this.#integer(object, key, 'an unsigned integer of 32 bits');
    return value >= 0n && value <= 0xffff_ffffn ? Number(value) : this.fail(object, key, 'an unsigned integer of 32 bits');
  }

  /** An enum as its number, or by the name it has in the proto. */
  enumeration(object: JsonObject, key: string, names: ReadonlyMap<string, number>): number {
    const value = object[key];
    if (value === undefined || value === null) return 0;
    const number = typeof value === 'string' ? names.get(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= -(2 ** 31) && number < 2 ** 31) return number;
    return this.fail(object, key, 'the number or the name of an enum value');
  }

  /** Base64 with either alphabet, padded or not. */
  bytes(object: JsonObject, key: string): Uint8Array {
    return base64Bytes(this.text(object, key)) ?? this.fail(object, key, 'base64');
  }

  /**
   * An id as lower-case hex. OTLP/JSON says hex of either case; base64, which plain proto3 JSON gives, is told apart by its
   * padding (16 bytes end in `==`, 8 bytes in `=`). Anything else comes back as a word of no id's length, to fail where ids are judged.
   */
  id(object: JsonObject, key: string): string {
    const text = this.text(object, key);
    if (text === '') return '';
    if (/^[\da-f]+$/.test(text)) return text;
    if (/^[\da-f]+$/i.test(text)) return text.toLowerCase();
    const bytes = text.endsWith('=') ? base64Bytes(text) : undefined;
    return bytes?.length === 16 || bytes?.length === 8 ? hex(bytes) : 'invalid';
  }

  /** An id whose leading zeros may have been left out, to `length` hex digits; '' where it is absent. */
  paddedId(object: JsonObject, key: string, length: number): string {
    const id = this.id(object, key);
    return id === '' || id === 'invalid' ? id : id.padStart(length, '0');
  }

  /** A number of microseconds, whole or not, as nanoseconds; 0 where it is absent. */
  microseconds(object: JsonObject, key: string): bigint {
    if (object[key] === undefined || object[key] === null) return 0n;
    const microseconds = this.double(object, key);
    if (!(Math.abs(microseconds) <= Number.MAX_SAFE_INTEGER)) return this.fail(object, key, 'a number of microseconds');
    const whole = Math.floor(microseconds);
    return BigInt(whole) * 1000n + BigInt(Math.round((microseconds - whole) * 1000));
  }

  /** As `microseconds`, since the epoch: none are negative. */
  unixMicroseconds(object: JsonObject, key: string): bigint {
    const nanoseconds = this.microseconds(object, key);
    return nanoseconds >= 0n ? nanoseconds : this.fail(object, key, 'a number of microseconds since 1970');
  }

  #integer(object: JsonObject, key: string, wanted: string): bigint {
    const value = object[key];
    if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
    if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
    return this.fail(object, key, wanted);
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function base64Bytes(text: string): Uint8Array | undefined {
  let latin1: string;
  try {
    latin1 = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return undefined;
  }
  const bytes = new Uint8Array(latin1.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = latin1.charCodeAt(at);
  return bytes;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
