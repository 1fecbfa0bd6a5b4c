import type { Site } from '../model/site.ts';
import type { KeptSpan } from './spanFacts.ts';

/** A span that is counted when more is known of its site, or when it has waited long enough. */
export interface PendingSpan extends KeptSpan {
  readonly service: string;
  /** Its own; what a log tells of it is added when it is counted. */
  readonly site: Site;
  /** As `nowMs`. */
  readonly untilMs: number;
}

/** What waits, by trace and in order of arrival. */
export class PendingSpans {
  readonly #longestMs: number;
  readonly #byTrace = new Map<string, PendingSpan[]>();
  /** In order of arrival, which is that of their times but where the clock was set; those that were counted are passed over. */
  #queue: PendingSpan[] = [];
  #first = 0;
  readonly #waiting = new Set<PendingSpan>();

  /** Nothing waits longer, whatever the clock says. */
  constructor(longestMs: number) {
    this.#longestMs = longestMs;
  }

  get count(): number {
    return this.#waiting.size;
  }

  add(entry: PendingSpan): void {
    const ofTrace = this.#byTrace.get(entry.span.traceId);
    if (ofTrace === undefined) this.#byTrace.set(entry.span.traceId, [entry]);
    else ofTrace.push(entry);
    this.#waiting.add(entry);
    this.#queue.push(entry);
  }

  ofTrace(traceId: string): readonly PendingSpan[] {
    return this.#byTrace.get(traceId) ?? [];
  }

  all(): Iterable<PendingSpan> {
    return this.#waiting;
  }

  remove(entry: PendingSpan): void {
    if (!this.#waiting.delete(entry)) return;
    const { traceId } = entry.span;
    const left = this.#byTrace.get(traceId)?.filter((each) => each !== entry) ?? [];
    if (left.length === 0) this.#byTrace.delete(traceId);
    else this.#byTrace.set(traceId, left);
  }

  /** Takes out what has waited long enough, the first first. */
  takeDue(nowMs: number): PendingSpan[] {
    const due: PendingSpan[] = [];
    for (; this.#first < this.#queue.length; this.#first++) {
      const entry = this.#queue[this.#first]!;
      if (!this.#waiting.has(entry)) continue;
      const waitsMs = entry.untilMs - nowMs;
      if (waitsMs > 0 && waitsMs <= this.#longestMs) break;
      this.remove(entry);
      due.push(entry);
    }
    if (this.#first > 1024 && this.#first * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#first);
      this.#first = 0;
    }
    return due;
  }
}
