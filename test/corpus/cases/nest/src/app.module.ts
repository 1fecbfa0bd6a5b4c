import { Module } from '@nestjs/common';
import { OrdersController } from './orders/orders.controller';
import { OrdersService } from './orders/orders.service';
import { Timing } from './orders/timing.interceptor';

@Module({ controllers: [OrdersController], providers: [OrdersService, Timing] })
export class AppModule {}
