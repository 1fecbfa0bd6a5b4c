import type { ProbeReport } from '../decode/probeReport.ts';
import { OpenSpans } from './openSpans.ts';
import { isAlive } from './processAlive.ts';
import { Programs } from './programs.ts';
import { type KeptSpan, resourceFacts } from './spanFacts.ts';

const sweepMs = 1000;

export interface ProbesOptions {
  /** Whether the span has come already: what is told of it is late then. */
  hasCome(traceId: string, spanId: string): boolean;
  onChange(): void;
}

/** What probes say beside the spans that their programs send: which are open, and who makes them. */
export class Probes {
  readonly open = new OpenSpans();
  readonly programs = new Programs();
  readonly #options: ProbesOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ProbesOptions) {
    this.#options = options;
  }

  report({ process, open, ended, program }: ProbeReport): void {
    this.open.ended(ended, performance.now());
    const spans = open
      .filter(({ traceId, spanId }) => !this.#options.hasCome(traceId, spanId))
      .map((span) => ({ span, captureId: resourceFacts(span.resource).captureId }));
    const isNews = this.open.open(process, spans);
    if (program !== undefined) this.programs.add(process, program);
    this.#sweepSoon();
    if (isNews || program !== undefined) this.#options.onChange();
  }

  /** These spans have come. */
  came(spans: readonly KeptSpan[]): void {
    this.open.came(spans);
  }

  captureEnded(captureId: string): void {
    this.open.captureEnded(captureId, nowUnixNano());
  }

  removeCapture(captureId: string): void {
    this.open.removeCapture(captureId);
    this.programs.removeCapture(captureId);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #sweepSoon(): void {
    if (!this.open.isAnyRunning || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.open.sweep(isAlive, performance.now(), nowUnixNano())) this.#options.onChange();
      this.#sweepSoon();
    }, sweepMs);
  }
}

/** To the millisecond. */
export function nowUnixNano(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
