import { tracer } from '../telemetry';

type Quantity = number;

export function priceOf(quantity: Quantity): number {
	const	span = tracer.startSpan('price'); // @span price in priceOf
	span.end();
	return quantity * 2;
}

export default function sum(prices: readonly number[]): number {
  tracer.startSpan('sum').end(); // @span sum in sum
  return prices.reduce((a, b) => a + b, 0);
}

export const total = (prices: readonly number[]): number =>
  tracer.startActiveSpan('total', (span) => (span.end(), sum(prices))); // @span total in total
