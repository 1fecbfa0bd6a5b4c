import type { ReportingProcess, SpanKey } from '../decode/probeReport.ts';
import type { Span } from '../model/span.ts';
import type { OpenState } from '../protocol/hub.ts';
import type { KeptSpan } from './spanFacts.ts';

/** A span that has not come yet, since it has not ended. */
export interface OpenSpan extends KeptSpan {
  readonly process: ReportingProcess;
  readonly state: OpenState;
  /** When it was given up; undefined while it runs. */
  readonly untilUnixNano: bigint | undefined;
  /** It has ended, and is on its way: from then on it is waited for this long. */
  readonly expectedUntilMs: number | undefined;
}

const maxSpans = 2000;
const maxTraces = 10_000;
/** How long after its end a span may come: an SDK's own delay is five seconds. */
const expectedMs = 10_000;

/**
 * The spans that probes and debuggers say are open, apart from the stored ones: each until it comes, or its process is gone ("never ended"). In
 * memory alone and bounded. The clock comes with the calls.
 */
export class OpenSpans {
  readonly #spans = new Map<string, OpenSpan>();
  /** How often each trace was another, also after its last span came. */
  readonly #versions = new Map<string, number>();
  #version = 0;

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#spans.size;
  }

  /** Grows with every change of that trace. */
  versionOf(traceId: string): number {
    return this.#versions.get(traceId) ?? 0;
  }

  /** Of spans that have not come. True where that is news. */
  open(process: ReportingProcess, spans: readonly KeptSpan[]): boolean {
    const before = this.#version;
    for (const { span, captureId } of spans) {
      const key = keyOf(span);
      const known = this.#spans.get(key);
      // One that was given up and told of again runs after all.
      if (known?.state === 'running') continue;
      this.#spans.set(key, { span, captureId, process, state: 'running', untilUnixNano: undefined, expectedUntilMs: undefined });
      this.#changed(span.traceId);
    }
    this.#trim();
    return this.#version !== before;
  }

  ended(keys: readonly SpanKey[], nowMs: number): void {
    for (const key of keys) {
      const known = this.#spans.get(keyOf(key));
      if (known !== undefined && known.expectedUntilMs === undefined) this.#spans.set(keyOf(key), { ...known, expectedUntilMs: nowMs + expectedMs });
    }
  }

  /** These have come. */
  came(spans: readonly KeptSpan[]): void {
    if (this.#spans.size === 0) return;
    for (const { span } of spans) if (this.#spans.delete(keyOf(span))) this.#changed(span.traceId);
  }

  /** Its programs are gone. True where that is news. */
  captureEnded(captureId: string, nowUnixNano: bigint): boolean {
    return this.#giveUp((open) => open.captureId === captureId, nowUnixNano);
  }

  removeCapture(captureId: string): void {
    for (const [key, { span, captureId: own }] of this.#spans) {
      if (own !== captureId) continue;
      this.#spans.delete(key);
      this.#changed(span.traceId);
    }
  }

  /** Gives up the spans of processes that are gone, and forgets those that ended and did not come. True where that is news. */
  sweep(isAlive: (process: ReportingProcess) => boolean, nowMs: number, nowUnixNano: bigint): boolean {
    const before = this.#version;
    for (const [key, { span, expectedUntilMs }] of this.#spans) {
      if (expectedUntilMs === undefined || expectedUntilMs > nowMs) continue;
      this.#spans.delete(key);
      this.#changed(span.traceId);
    }
    const alive = new Map<string, boolean>();
    this.#giveUp(({ process }) => {
      let answer = alive.get(process.id);
      if (answer === undefined) alive.set(process.id, (answer = isAlive(process)));
      return !answer;
    }, nowUnixNano);
    return this.#version !== before;
  }

  /** While there are such, `sweep` has something to do. */
  get isAnyRunning(): boolean {
    for (const { state, expectedUntilMs } of this.#spans.values()) if (state === 'running' || expectedUntilMs !== undefined) return true;
    return false;
  }

  get(traceId: string, spanId: string): OpenSpan | undefined {
    return this.#spans.get(keyOf({ traceId, spanId }));
  }

  all(): readonly OpenSpan[] {
    return [...this.#spans.values()];
  }

  ofTrace(traceId: string): readonly OpenSpan[] {
    return this.#spans.size === 0 ? [] : this.all().filter(({ span }) => span.traceId === traceId);
  }

  #giveUp(isGone: (open: OpenSpan) => boolean, nowUnixNano: bigint): boolean {
    const before = this.#version;
    for (const [key, open] of this.#spans) {
      if (open.state !== 'running' || !isGone(open)) continue;
      this.#spans.set(key, { ...open, state: 'neverEnded', untilUnixNano: nowUnixNano });
      this.#changed(open.span.traceId);
    }
    return this.#version !== before;
  }

  #changed(traceId: string): void {
    this.#version++;
    this.#versions.set(traceId, this.versionOf(traceId) + 1);
  }

  /** What was given up goes first, then what was told of first. */
  #trim(): void {
    for (const state of ['neverEnded', 'running'] as const) {
      for (const [key, { span, state: own }] of this.#spans) {
        if (this.#spans.size <= maxSpans) break;
        if (own !== state) continue;
        this.#spans.delete(key);
        this.#changed(span.traceId);
      }
    }
    for (const traceId of this.#versions.keys()) {
      if (this.#versions.size <= maxTraces) break;
      this.#versions.delete(traceId);
    }
  }
}

/** Until when an open span is shown: the moment it was given up, else now. */
export function shownEnd({ span, untilUnixNano }: OpenSpan, nowUnixNano: bigint): bigint {
  const end = untilUnixNano ?? nowUnixNano;
  return end > span.startUnixNano ? end : span.startUnixNano;
}

function keyOf({ traceId, spanId }: SpanKey | Span): string {
  return traceId + spanId;
}
