import { startTelemetry, stopTelemetry, tracer } from './telemetry.ts';

interface Unused {
  readonly a: string;
}

class Stock<T extends object> {
  private readonly items: readonly T[];

  constructor(items: readonly T[]) {
    this.items = items;
  }

  get count(): number {
    tracer.startSpan('count').end(); // @span count in Stock.count
    return this.items.length;
  }

  async find<K extends keyof T>(key: K, value: T[K] & (string | number)): Promise<T | undefined> {
    return (tracer as typeof tracer).startActiveSpan<() => Promise<T | undefined>>('find', async (span) => { // @span find in Stock.find
      await Promise.resolve(['x'] as const);
      span.end();
      return this.items.find((item: T) => item[key] === value);
    });
  }
}

startTelemetry();
const stock = new Stock<{ sku: string; unused?: Unused }>([{ sku: 'a' }]);
void stock.count;
await stock.find('sku', 'a' as string);
await stopTelemetry();
