import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { RoutePlanner } from './routePlanner';
import type { Shelf } from './shelf';
import { refill } from './supplier';

const tracer = trace.getTracer('shop.inventory');

export interface Line {
  readonly sku: string;
  readonly quantity: number;
}

export class Warehouse {
  private readonly shelves: ReadonlyMap<string, Shelf>;
  private readonly planner: RoutePlanner;

  constructor(shelves: ReadonlyMap<string, Shelf>, planner: RoutePlanner) {
    this.shelves = shelves;
    this.planner = planner;
  }

  /** Takes the lines from their shelves, and says in which order. */
  async pick(lines: readonly Line[]): Promise<readonly string[]> {
    return tracer.startActiveSpan('Warehouse.pick', async (span) => {
      try {
        const route = this.planner.plan(lines.map((line) => this.shelf(line.sku)));
        for (const line of lines) await this.take(line);
        return route.map((shelf) => shelf.sku);
      } catch (error) {
        span.recordException(error as Error);
        span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
        throw error;
      } finally {
        span.end();
      }
    });
  }

  piecesOf(sku: string): number {
    return this.shelf(sku).pieces;
  }

  private async take(line: Line): Promise<void> {
    const shelf = this.shelf(line.sku);
    if (shelf.pieces < line.quantity) await refill(shelf);
    shelf.pieces -= line.quantity;
  }

  private shelf(sku: string): Shelf {
    const shelf = this.shelves.get(sku);
    if (shelf === undefined) throw new Error(`no shelf holds ${sku}`);
    return shelf;
  }
}
