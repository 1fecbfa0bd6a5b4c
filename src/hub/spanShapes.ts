import type { Attributes } from '../model/attributes.ts';
import type { Resource, Scope, Span, SpanEvent, SpanStatus } from '../model/span.ts';

/** What the spans of one place have in common, as far as they are counted by it. */
export type SpanShape = Pick<Span, 'name' | 'kind' | 'attributes' | 'events' | 'resource' | 'scope'>;

const noAttributes: Attributes = [];
const noEvents: readonly SpanEvent[] = [];
const noLinks: Span['links'] = [];

/** A span with no more than the hub counts it by: of attributes, events, resource and scope only what says where it belongs, and no links. */
export class SkimmedSpan implements Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly status: SpanStatus;
  /** The same object for all spans that are alike in it, of many requests. */
  readonly shape: SpanShape;

  constructor(traceId: string, spanId: string, parentSpanId: string | undefined, startUnixNano: bigint, endUnixNano: bigint, status: SpanStatus, shape: SpanShape) {
    this.traceId = traceId;
    this.spanId = spanId;
    this.parentSpanId = parentSpanId;
    this.startUnixNano = startUnixNano;
    this.endUnixNano = endUnixNano;
    this.status = status;
    this.shape = shape;
  }

  get name(): string {
    return this.shape.name;
  }

  get kind(): number {
    return this.shape.kind;
  }

  get attributes(): Attributes {
    return this.shape.attributes;
  }

  get events(): readonly SpanEvent[] {
    return this.shape.events;
  }

  get resource(): Resource {
    return this.shape.resource;
  }

  get scope(): Scope {
    return this.shape.scope;
  }

  get traceState(): string {
    return '';
  }

  get flags(): number {
    return 0;
  }

  get links(): Span['links'] {
    return noLinks;
  }

  get droppedAttributesCount(): number {
    return 0;
  }

  get droppedEventsCount(): number {
    return 0;
  }

  get droppedLinksCount(): number {
    return 0;
  }
}

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
const maxKeyBytes = 8192;
/** Of all keys; past it the table begins anew. */
const maxTableBytes = 4 * 1024 * 1024;

/**
 * The shapes that came lately, by the bytes of what they are made from: programs have hundreds of places that make spans, and millions of spans. A table of
 * fixed size, where a newcomer takes the place of what hashes alike. The key of one span is put together piece by piece, then asked for.
 */
export class SpanShapes {
  readonly #key = new Uint8Array(maxKeyBytes);
  readonly #keyWords = new Int32Array(this.#key.buffer);
  readonly #keys = new Array<Int32Array | undefined>(slots).fill(undefined);
  readonly #shapes = new Array<SpanShape | undefined>(slots).fill(undefined);
  #bytes = 0;
  #length = 0;
  #slot = 0;

  begin(kind: number, resource: Resource, scope: Scope): void {
    this.#keyWords[0] = kind;
    this.#keyWords[1] = numberOf(resource);
    this.#keyWords[2] = numberOf(scope);
    this.#length = 12;
  }

  /** A piece says itself where it ends; the marker tells what it is. */
  put(marker: number, bytes: Uint8Array, start: number, end: number): void {
    const key = this.#key;
    let at = this.#length;
    if (at + 1 + end - start > maxKeyBytes) {
      this.#length = Infinity;
      return;
    }
    key[at++] = marker;
    for (let from = start; from < end; from++) key[at++] = bytes[from] as number;
    this.#length = at;
  }

  /** Of the key that was put together. */
  find(): SpanShape | undefined {
    if (this.#length > maxKeyBytes) return undefined;
    const words = this.#pad();
    const hash = this.#hash(words);
    this.#slot = (Math.imul(hash, 0x297a2d39) >>> (32 - slotBits)) & ~1;
    return this.#at(this.#slot, words) ?? this.#at(this.#slot + 1, words);
  }

  /** Keeps the shape of the key that was asked for last. */
  add(shape: SpanShape): void {
    if (this.#length > maxKeyBytes) return;
    if (this.#bytes > maxTableBytes) {
      this.#shapes.fill(undefined);
      this.#keys.fill(undefined);
      this.#bytes = 0;
    }
    this.#bytes += this.#length;
    // Two that hash alike do not push each other out: the second place is the older one's.
    this.#keys[this.#slot + 1] = this.#keys[this.#slot];
    this.#shapes[this.#slot + 1] = this.#shapes[this.#slot];
    this.#keys[this.#slot] = this.#keyWords.slice(0, this.#length / 4);
    this.#shapes[this.#slot] = shape;
  }

  #at(slot: number, words: number): SpanShape | undefined {
    const known = this.#keys[slot];
    if (known?.length !== words) return undefined;
    for (let at = 0; at < words; at++) if (known[at] !== this.#keyWords[at]) return undefined;
    return this.#shapes[slot];
  }

  /** To whole words, of which it returns the number. No piece is told by zeros at its end: each says its length. */
  #pad(): number {
    while (this.#length % 4 !== 0) this.#key[this.#length++] = 0;
    return this.#length / 4;
  }

  #hash(words: number): number {
    let hash = words;
    for (let at = 0; at < words; at++) {
      hash = Math.imul(hash ^ (this.#keyWords[at] as number), 0x2c1b3c6d);
      hash ^= hash >>> 15;
    }
    return hash;
  }
}
