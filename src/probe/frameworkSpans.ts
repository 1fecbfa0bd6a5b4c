import type { FunctionSite } from './functionSite.ts';

/** Their spans stand for a function that a framework runs: a middleware, a handler, a controller's method. */
const frameworks: ReadonlySet<string | undefined> = new Set([
  ...['express', 'koa', 'connect', 'hapi', 'fastify', 'restify', 'router', 'nestjs-core'].map((name) => `@opentelemetry/instrumentation-${name}`),
  ...['@fastify/otel', 'traceline-hono'],
]);

/** Some of their spans do, while such a function is run. */
const handlers: ReadonlySet<string | undefined> = new Set(['kafkajs', 'amqplib'].map((name) => `@opentelemetry/instrumentation-${name}`));

let running: (() => FunctionSite | undefined) | undefined;

type Attributes = Readonly<Record<string, unknown>>;

/**
 * Whether a span stands for a function that a framework runs. Such a span belongs to that function: the stack it begins on leads to whoever called
 * `next()`, which has nothing to do with it.
 */
export function standsForFunction(scopeName: string | undefined, attributes: Attributes | undefined): boolean {
  if (running !== undefined && handlers.has(scopeName)) return true;
  // What NestFactory.create is called for stands for the call.
  return frameworks.has(scopeName) && attributes?.['nestjs.type'] !== 'app_creation';
}

/** Controllers by the contexts of the spans that name them: the span of the method beneath names the method alone. */
const controllers = new WeakMap<object, string>();

/** `Controller.method`, as Nest's spans have it. */
export function controllerMethod(attributes: Attributes | undefined, own: object, parent: object | undefined): string | undefined {
  const method = attributes?.['nestjs.callback'];
  if (typeof method !== 'string' || method === '') return undefined;
  const named = attributes?.['nestjs.controller'];
  const controller = typeof named === 'string' ? named : parent === undefined ? undefined : controllers.get(parent);
  if (controller === undefined) return undefined;
  controllers.set(own, controller);
  return `${controller}.${method}`;
}

/** Calls what makes a framework's span and runs the function it stands for: the span takes the function's site. */
export function whileRunning<T>(site: () => FunctionSite | undefined, call: () => T): T {
  running = site;
  try {
    return call();
  } finally {
    running = undefined;
  }
}

/** The site of the function that the span now being started stands for. Once: what the function does is its own. */
export function takeRunning(): FunctionSite | undefined {
  const site = running;
  running = undefined;
  return site?.();
}
