import { trace } from '@opentelemetry/api';
import type { Shelf } from './shelf';

const tracer = trace.getTracer('shop.inventory');

/** Finds the shortest way past the shelves by trying every order: fine for three shelves, slow for nine. */
export class RoutePlanner {
  plan(shelves: readonly Shelf[]): readonly Shelf[] {
    return tracer.startActiveSpan('RoutePlanner.plan', (span) => {
      span.setAttribute('shop.shelves', shelves.length);
      const route = this.shortest(shelves);
      span.end();
      return route;
    });
  }

  private shortest(shelves: readonly Shelf[]): readonly Shelf[] {
    let best = shelves;
    let bestMetres = Infinity;
    for (const route of everyOrder(shelves)) {
      const metres = lengthOf(route);
      if (metres < bestMetres) [best, bestMetres] = [route, metres];
    }
    return best;
  }
}

function* everyOrder<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length < 2) yield items;
  for (let first = 0; first < items.length && items.length > 1; first++) {
    const rest = items.filter((_, index) => index !== first);
    for (const order of everyOrder(rest)) yield [items[first]!, ...order];
  }
}

function lengthOf(route: readonly Shelf[]): number {
  let metres = 0;
  let [x, y] = [0, 0];
  for (const shelf of route) {
    metres += Math.hypot(shelf.x - x, shelf.y - y);
    [x, y] = [shelf.x, shelf.y];
  }
  return metres;
}
