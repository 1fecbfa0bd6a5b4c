import type { RecentSpan } from '../protocol/hub.ts';
import type { Span } from '../model/span.ts';
import { idFirst, idLast, wordOf } from './idWords.ts';

const capacity = 50;
/** Trace id 16, span id 8, start 8, end 8, error 1, and room so that the times stand at multiples of eight. */
const entryBytes = 48;
const startAt = 24, endAt = 32, errorAt = 40;

/** The texts of a span that most have in common with the others, or not at all. */
interface Texts {
  readonly operation: string;
  readonly statusMessage: string;
}

const none: Texts = { operation: '', statusMessage: '' };

/** What all spans of a list have in common. */
export type RecentSpanOwner = Pick<RecentSpan, 'service' | 'captureId'>;

/** The spans that ended last, in order of their ends: as bytes, since there are a million of them where there are many operations. */
export class RecentSpans {
  /** A ring: the first entry stands at `#first`. */
  #bytes = Buffer.alloc(4 * entryBytes);
  #view = viewOf(this.#bytes);
  #texts: Texts[] = [];
  #first = 0;
  /** Of all that were added. */
  #latestEnd = 0n;

  get count(): number {
    return this.#texts.length;
  }

  add(span: Pick<Span, 'traceId' | 'spanId' | 'startUnixNano' | 'endUnixNano' | 'name' | 'status'>, isError: boolean): void {
    const { startUnixNano, endUnixNano, name, status } = span;
    let { count } = this;
    if (count === capacity) {
      if (endUnixNano < this.#latestEnd && endUnixNano < this.endOf(0)) return;
      this.#first = (this.#first + 1) % capacity;
      count--;
    } else {
      if ((count + 1) * entryBytes > this.#bytes.length) {
        const grown = Buffer.alloc(Math.min(capacity, count * 4) * entryBytes);
        this.#bytes.copy(grown);
        this.#bytes = grown;
        this.#view = viewOf(grown);
      }
      this.#texts.push(none);
    }
    // Most come in the order of their ends: those are not compared with what stands there, each of which would be an object.
    let at = count;
    if (endUnixNano >= this.#latestEnd) this.#latestEnd = endUnixNano;
    else for (; at > 0 && this.endOf(at - 1) > endUnixNano; at--) this.#move(at - 1, at);
    const slot = this.#slot(at);
    const start = slot * entryBytes;
    const view = this.#view;
    const { first, second, third, fourth } = traceWords(span.traceId);
    view.setInt32(start, first);
    view.setInt32(start + 4, second);
    view.setInt32(start + 8, third);
    view.setInt32(start + 12, fourth);
    view.setInt32(start + 16, idFirst(span));
    view.setInt32(start + 20, idLast(span));
    view.setBigUint64(start + startAt, startUnixNano, true);
    view.setBigUint64(start + endAt, endUnixNano, true);
    this.#bytes[start + errorAt] = isError ? 1 : 0;
    const before = this.#texts[slot === 0 ? this.#texts.length - 1 : slot - 1];
    this.#texts[slot] = before?.operation === name && before.statusMessage === status.message ? before : { operation: name, statusMessage: status.message };
  }

  endOf(index: number): bigint {
    return this.#view.getBigUint64(this.#slot(index) * entryBytes + endAt, true);
  }

  span(index: number, owner: RecentSpanOwner): RecentSpan {
    const slot = this.#slot(index);
    const at = slot * entryBytes;
    const startUnixNano = this.#view.getBigUint64(at + startAt, true);
    const { operation, statusMessage } = this.#texts[slot]!;
    return {
      traceId: this.#bytes.toString('hex', at, at + 16),
      spanId: this.#bytes.toString('hex', at + 16, at + 24),
      service: owner.service,
      operation,
      startUnixNano: startUnixNano.toString(),
      durationNs: Math.max(0, Number(this.endOf(index) - startUnixNano)),
      error: this.#bytes[at + errorAt] === 1,
      statusMessage,
      captureId: owner.captureId,
    };
  }

  /** The texts of so many bytes, where all are alike. */
  static plainTexts(bytes: Uint8Array, operation: string): Texts[] {
    return new Array<Texts>(bytes.length / entryBytes).fill({ operation, statusMessage: '' });
  }

  /** For `restore`, in order. */
  state(): { readonly bytes: Uint8Array; readonly texts: readonly Texts[] } {
    const { count } = this;
    const whole = this.#bytes.subarray(0, count * entryBytes);
    const first = this.#first * entryBytes;
    return first === 0
      ? { bytes: whole, texts: this.#texts }
      : { bytes: Buffer.concat([whole.subarray(first), whole.subarray(0, first)]), texts: [...this.#texts.slice(this.#first), ...this.#texts.slice(0, this.#first)] };
  }

  restore(bytes: Uint8Array, texts: readonly Texts[]): void {
    this.#bytes = Buffer.alloc(Math.max(4 * entryBytes, bytes.length));
    this.#bytes.set(bytes);
    this.#view = viewOf(this.#bytes);
    this.#texts = [...texts];
    this.#first = 0;
    this.#latestEnd = texts.length > 0 ? this.endOf(texts.length - 1) : 0n;
  }

  #slot(index: number): number {
    const slot = this.#first + index;
    return slot < capacity ? slot : slot - capacity;
  }

  #move(from: number, to: number): void {
    const [source, target] = [this.#slot(from), this.#slot(to)];
    this.#bytes.copyWithin(target * entryBytes, source * entryBytes, (source + 1) * entryBytes);
    this.#texts[target] = this.#texts[source]!;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

interface TraceWords {
  readonly first: number;
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
}

/** The spans of a trace mostly come one after the other. */
let lastTraceId = '';
let lastWords: TraceWords = { first: 0, second: 0, third: 0, fourth: 0 };

function traceWords(traceId: string): TraceWords {
  if (traceId === lastTraceId) return lastWords;
  lastTraceId = traceId;
  return (lastWords = { first: wordOf(traceId, 0), second: wordOf(traceId, 8), third: wordOf(traceId, 16), fourth: wordOf(traceId, 24) });
}
