import { trace } from '@opentelemetry/api';

export const dynamic = 'force-dynamic';

const sizes = async (): Promise<readonly number[]> => {
  trace.getTracer('cart').startSpan('sizes').end(); // @span sizes in sizes
  return [1, 2];
};

export default async function Cart() { // @span "GET /cart" in Cart
  const all = await sizes();
  return <ul>{all.map((size) => {
    trace.getTracer('cart').startSpan('size').end(); // @span size in Cart
    return <li key={size}>{size}</li>;
  })}</ul>;
}
