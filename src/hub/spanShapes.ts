import type { Attributes } from '../model/attributes.ts';
import type { Resource, Scope, SpanEvent } from '../model/span.ts';
import type { SkimmedSpan, SpanShape } from './skimmedSpan.ts';

const noAttributes: Attributes = [];
const noEvents: readonly SpanEvent[] = [];

export interface SkimmedTraces {
  readonly spans: readonly SkimmedSpan[];
  /** Of each span: its bytes in the request. */
  readonly sizes: readonly number[];
}

/** The pieces of a shape's key. */
export const attributeMark = 1, eventMark = 2, eventAttributeMark = 3, nameMark = 4;

export function shapeOf(name: string, kind: number, attributes: Attributes | undefined, events: readonly SpanEvent[] | undefined, resource: Resource, scope: Scope): SpanShape {
  return { name, kind, attributes: attributes ?? noAttributes, events: events ?? noEvents, resource, scope };
}

const numbers = new WeakMap<Resource | Scope, number>();
let lastNumber = 0;

/** No other object has it, or will. */
function numberOf(object: Resource | Scope): number {
  let number = numbers.get(object);
  if (number === undefined) numbers.set(object, (number = ++lastNumber));
  return number;
}

const slotBits = 13;
const slots = 1 << slotBits;
/** What takes more is made anew each time: an exception's stack with all its causes. */
const maxKeyWords = 2048;
/** Of all keys; past it the table begins anew. */
const maxTableWords = 1024 * 1024;

/**
 * The shapes that came lately, by the bytes of what they are made from: programs have hundreds of places that make spans, and millions of spans. A table of
 * fixed size, where a newcomer takes the place of what hashes alike. The key of one span is put together piece by piece, then asked for: in words of four bytes, which
 * is what takes the time.
 */
export class SpanShapes {
  readonly #key = new Int32Array(maxKeyWords);
  readonly #keys = new Array<Int32Array | undefined>(slots).fill(undefined);
  readonly #shapes = new Array<SpanShape | undefined>(slots).fill(undefined);
  #tableWords = 0;
  /** Of the key so far, in words; past the most where it is too long. */
  #length = 0;
  #hash = 0;
  #slot = 0;

  begin(kind: number, resource: Resource, scope: Scope): void {
    const key = this.#key;
    key[0] = kind;
    key[1] = numberOf(resource);
    key[2] = numberOf(scope);
    this.#length = 3;
    this.#hash = mixed(mixed(mixed(0, kind), key[1]), key[2]);
  }

  /** The bytes from `start` to `end`; the marker tells what they are. Length and marker come first, so that no two lists of pieces make the same key. */
  put(marker: number, bytes: DataView, start: number, end: number): void {
    const length = end - start;
    let at = this.#length;
    if (at + 2 + length / 4 > maxKeyWords) {
      this.#length = Infinity;
      return;
    }
    const key = this.#key;
    let word = (length << 3) | marker;
    key[at++] = word;
    let hash = mixed(this.#hash, word);
    let from = start;
    for (; from + 4 <= end; from += 4) {
      word = bytes.getInt32(from, true);
      key[at++] = word;
      hash = mixed(hash, word);
    }
    if (from < end) {
      word = 0;
      for (; from < end; from++) word = (word << 8) | bytes.getUint8(from);
      key[at++] = word;
      hash = mixed(hash, word);
    }
    this.#length = at;
    this.#hash = hash;
  }

  /** Of the key that was put together. */
  find(): SpanShape | undefined {
    if (this.#length > maxKeyWords) return undefined;
    this.#slot = (Math.imul(this.#hash, 0x297a2d39) >>> (32 - slotBits)) & ~1;
    return this.#at(this.#slot) ?? this.#at(this.#slot + 1);
  }

  /** Keeps the shape of the key that was asked for last. */
  add(shape: SpanShape): void {
    if (this.#length > maxKeyWords) return;
    if (this.#tableWords > maxTableWords) {
      this.#shapes.fill(undefined);
      this.#keys.fill(undefined);
      this.#tableWords = 0;
    }
    this.#tableWords += this.#length;
    // Two that hash alike do not push each other out: the second place is the older one's.
    this.#keys[this.#slot + 1] = this.#keys[this.#slot];
    this.#shapes[this.#slot + 1] = this.#shapes[this.#slot];
    this.#keys[this.#slot] = this.#key.slice(0, this.#length);
    this.#shapes[this.#slot] = shape;
  }

  #at(slot: number): SpanShape | undefined {
    const known = this.#keys[slot];
    const length = this.#length;
    if (known?.length !== length) return undefined;
    const key = this.#key;
    for (let at = 0; at < length; at++) if (known[at] !== key[at]) return undefined;
    return this.#shapes[slot];
  }
}

function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x2c1b3c6d);
  return product ^ (product >>> 15);
}
