import { Injectable } from '@nestjs/common';
import { tracer } from '../telemetry';

export interface Order {
  readonly id: number;
}

@Injectable()
export class OrdersService {
  private readonly orders: readonly Order[] = [{ id: 7 }];

  async find(id: number): Promise<Order | undefined> {
    return tracer.startActiveSpan('findOrder', async (span) => { // @span findOrder in OrdersService.find
      await new Promise((resolve) => setTimeout(resolve, 1));
      span.end();
      return this.orders.find((order) => order.id === id);
    });
  }

  list(): readonly Order[] {
    tracer.startSpan('listOrders').end(); // @span listOrders in OrdersService.list
    return this.orders;
  }
}
