import { trace, type Tracer } from '@opentelemetry/api';

export interface Order {
  readonly id: string;
  readonly total: number;
}

const tracer: Tracer = trace.getTracer('orders');

export class OrderStore {
  async find(id: string): Promise<Order | undefined> {
    return tracer.startActiveSpan('findOrder', async (span) => { // @span findOrder in OrderStore.find
      await new Promise((resolve) => setTimeout(resolve, 1));
      span.end();
      return id === 'none' ? undefined : { id, total: 7 };
    });
  }
}

export const store = new OrderStore();
