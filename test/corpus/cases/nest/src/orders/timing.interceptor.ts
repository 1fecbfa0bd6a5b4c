import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { finalize, type Observable } from 'rxjs';
import { tracer } from '../telemetry';

@Injectable()
export class Timing implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const span = tracer.startSpan('timing'); // @span timing in Timing.intercept
    return next.handle().pipe(finalize(() => span.end()));
  }
}
