import type { Span } from '@opentelemetry/api';
import { tracer } from './telemetry';

/*
 * Types that leave no trace in the output: what follows stands on other lines there.
 */
export interface Line {
  readonly sku: string;
  readonly quantity: number;
}

export type Reservation<L extends Line> = {
  readonly [K in keyof L]: L[K];
} & {
  readonly reservedAt: number;
};

declare global {
  // eslint-disable-next-line no-var
  var corpusUnused: string | undefined;
}

export abstract class Base {
  protected abstract readonly label: string;

  constructor() {
    tracer.startSpan('construct').end(); // @span construct in Base.constructor
  }
}

export class OrderService<L extends Line> extends Base {
  static readonly #count = new Map<string, number>();
  protected override readonly label: string = 'orders';
  private readonly lines: L[] = [];

  readonly handler = async (): Promise<void> => {
    await Promise.resolve();
    tracer.startSpan('handler').end(); // @span handler in OrderService.handler
  };

  static report(this: void): void {
    tracer.startSpan('report').end(); // @span report in OrderService.report
  }

  get size(): number {
    tracer.startSpan('size').end(); // @span size in OrderService.size
    return this.lines.length;
  }

  async reserve(lines: readonly L[]): Promise<readonly Reservation<L>[]> {
    return tracer.startActiveSpan('reserve', async (span: Span) => { // @span reserve in OrderService.reserve
      try {
        return await Promise.all(lines.map(async (line) => {
          await Promise.resolve();
          const inner = tracer
            .startSpan('reserveLine', { attributes: { sku: line.sku } }); // @span reserveLine in OrderService.reserve
          this.lines.push(line);
          inner.end();
          return { ...line, reservedAt: Date.now() };
        }));
      } finally {
        span.end();
      }
    });
  }

  async charge(id: string): Promise<void> {
    await new Promise<void>((resolve) => {
      setTimeout(() => {
        tracer.startSpan('timer').end(); // @span timer in OrderService.charge
        resolve();
      }, 1);
    });
    this.#audit(id);
  }

  #audit(id: string): void {
    const text = `“${id}” – 🧾 ${String(id?.length ?? 0)}`; tracer.startSpan('audit', { attributes: { text } }).end(); // @span audit in OrderService.#audit
  }

  async *stream(count: number): AsyncGenerator<number> {
    for (let i = 0; i < count; i++) {
      tracer.startSpan('chunk').end(); // @span chunk in OrderService.stream
      yield i;
    }
  }
}
