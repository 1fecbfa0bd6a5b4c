import { trace } from '@opentelemetry/api';
import { Stock } from '@acme/stock';
import type { Item } from '@acme/stock';

type Prices = ReadonlyMap<string, number>;

const prices: Prices = new Map([['a', 2]]);

export async function price(items: readonly Item[]): Promise<number> {
  const span = trace.getTracer('pricing').startSpan('price'); // @span price in price
  const stock = new Stock();
  const taken = await Promise.all(items.map((item) => stock.take(item)));
  span.end();
  return taken.reduce((a, b) => a + b, 0) * (prices.get('a') ?? 1);
}
