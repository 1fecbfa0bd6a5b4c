import { trace } from '@opentelemetry/api';

declare const Deno: {
  readonly args: readonly string[];
  addSignalListener(signal: string, listener: () => void): void;
  exit(code: number): never;
};

if (Deno.args[0] === 'handled') {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    Deno.addSignalListener(signal, () => {
      process.stdout.write(`got ${signal}\n`);
      Deno.exit(signal === 'SIGINT' ? 42 : 55);
    });
  }
}
trace.getTracer('shop').startSpan('started').end(); // @row started | internal | -
// Deno's SDK sends when it likes; it is given the time.
setTimeout(() => process.stdout.write('ready\n'), 1000);
setInterval(() => undefined, 50);
