import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { startTelemetry } from './telemetry';
import { AppModule } from './app.module';

async function bootstrap(): Promise<void> {
  startTelemetry();
  const app = await NestFactory.create(AppModule, { logger: ['error'] });
  await app.listen(Number(process.env.PORT), '127.0.0.1');
}

void bootstrap();
