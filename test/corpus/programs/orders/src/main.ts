import { startTelemetry, stopTelemetry, tracer } from './telemetry';
import { OrderService } from './orderService';
import { sameLine, traced, viaHelper } from './helpers';
import { downlevel } from './downlevel';
import { priceOf, total } from './pricing/price list (v2)';
import { Kind, kindOf } from './kinds';
import { windowsLines } from './windowsLines';

interface Request {
  readonly id: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

type Handler<T> = (request: Request) => Promise<T>;

startTelemetry();

tracer.startSpan('boot').end(); // @span boot in -

const handle: Handler<number> = async (request) => {
  const span = tracer.startSpan('handle'); // @span handle in handle
  const service = new OrderService<Request['lines'][number]>();
  await service.reserve(request.lines);
  await service.charge(request.id);
  await service.handler();
  for await (const _ of service.stream(2));
  OrderService.report();
  void service.size;
  span.end();
  return total(request.lines.map((line) => priceOf(line.quantity)));
};

async function main(): Promise<void> {
  await handle({ id: 'a', lines: [{ sku: 'x', quantity: 1 }, { sku: 'y', quantity: 2 }] });
  sameLine();
  viaHelper();
  await traced('outer', async () => undefined);
  await downlevel(3);
  kindOf(Kind.Express);
  windowsLines();
  const { late } = await import('./late');
  await late();
}

export const finished = main()
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(stopTelemetry);
