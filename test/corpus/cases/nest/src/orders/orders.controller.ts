import { Controller, Get, Inject, Param, ParseIntPipe, UseInterceptors } from '@nestjs/common';
import { tracer } from '../telemetry';
import { OrdersService, type Order } from './orders.service';
import { Timing } from './timing.interceptor';

@Controller('orders')
@UseInterceptors(Timing)
export class OrdersController {
  constructor(@Inject(OrdersService) private readonly orders: OrdersService) {}

  @Get()
  list(): readonly Order[] {
    const span = tracer.startSpan('list'); // @span list in OrdersController.list
    const orders = this.orders.list();
    span.end();
    return orders;
  }

  @Get(':id')
  async find(@Param('id', ParseIntPipe) id: number): Promise<Order | undefined> {
    await Promise.resolve();
    const span = tracer.startSpan('find'); // @span find in OrdersController.find
    try {
      return await this.orders.find(id);
    } finally {
      span.end();
    }
  }
}
