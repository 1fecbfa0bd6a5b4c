import type { AnyFunction, Probe } from './probe.ts';

type Method = (this: unknown, ...parameters: unknown[]) => unknown;

interface Kafka {
  _getConsumerEachMessagePatch?: (client: unknown) => (original: Method) => Method;
  _getConsumerEachBatchPatch?: (client: unknown) => (original: Method) => Method;
}

interface Amqp {
  getConsumePatch?: (version: unknown, original: Method) => Method;
}

/** Has the span of a message that is handed to the program stand for the function that gets it. */
export function nameMessageHandlers(instrumentation: object, className: string, probe: Probe): void {
  if (className === 'KafkaJsInstrumentation') {
    const kafka = instrumentation as Kafka;
    for (const name of ['_getConsumerEachMessagePatch', '_getConsumerEachBatchPatch'] as const) {
      const original = kafka[name];
      if (original === undefined) continue;
      kafka[name] = function (client) {
        const patch = original.call(this, client);
        return (handler) => standingFor(handler as AnyFunction, patch(handler), probe);
      };
    }
  }
  if (className === 'AmqplibInstrumentation') {
    const amqp = instrumentation as Amqp;
    const original = amqp.getConsumePatch;
    if (original === undefined) return;
    amqp.getConsumePatch = function (version, consume) {
      const patchFor = (handler: unknown): Method =>
        original.call(this, version, function (queue, patched, ...rest) {
          return Reflect.apply(consume, this, [queue, typeof handler === 'function' ? standingFor(handler as AnyFunction, patched as Method, probe) : patched, ...rest]);
        });
      return function (queue, handler, ...rest) {
        return Reflect.apply(patchFor(handler), this, [queue, handler, ...rest]);
      };
    };
  }
}

/** A function that an instrumentation put around `handler`, so that the span it makes stands for that. */
export function standingFor(handler: AnyFunction, patched: Method, probe: Probe): Method {
  probe.expectFunction(handler);
  const replacement: Method = function (...parameters) {
    return probe.whileRunning(
      () => probe.siteOfFunction(handler),
      () => Reflect.apply(patched, this, parameters),
    );
  };
  for (const key of ['name', 'length'] as const) Object.defineProperty(replacement, key, { value: handler[key], configurable: true });
  return replacement;
}
