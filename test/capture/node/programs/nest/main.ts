// @ts-nocheck: its packages are those of test/capture.
/* eslint no-console: off */
import 'reflect-metadata';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

@Controller('items')
class ItemsController {
  @Get(':id')
  one(@Param('id') id: string): object { // @row one | internal | ItemsController.one @row ItemsController.one | internal | ItemsController.one @row GET /items/:id | server | ItemsController.one
    return { id };
  }
}

@Module({ controllers: [ItemsController] })
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: false }); // @row Create Nest App | internal | main
  await app.listen(0, '127.0.0.1');
  const answer = await fetch(`${await app.getUrl()}/items/3`); // @row GET | client | main
  console.log(answer.status, await answer.text());
  await app.close();
}

void main();
