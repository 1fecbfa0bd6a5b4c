import { context, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import { getRPCMetadata, RPCType } from '@opentelemetry/core';
import type { AnyFunction, Probe } from './probe.ts';

/** Hono has no instrumentation of its own that needs no change to the program; this one's scope. */
export const honoScope = 'traceline-hono';

interface Route {
  readonly path: string;
}

interface Router {
  add(method: string, path: string, entry: unknown): void;
}

/** The files of Hono whose routers are given every route of an app, and their class. */
const routers: Readonly<Record<string, string>> = Object.fromEntries(
  ['dist', 'dist/cjs'].flatMap((folder) => [
    [`hono/${folder}/router/smart-router/router.js`, 'SmartRouter'],
    [`hono/${folder}/router/pattern-router/router.js`, 'PatternRouter'],
  ]),
);

/** Makes a span for each middleware and handler that an app runs, where there is a span to be beneath, and names the server's after the route. */
export function traceHono(exports: unknown, name: string, tracer: Tracer, probe: Probe): void {
  const className = routers[name];
  const prototype = className === undefined ? undefined : (exports as Readonly<Record<string, { prototype?: Router } | undefined>>)[className]?.prototype;
  if (prototype === undefined) return;
  const original = prototype.add;
  prototype.add = function add(this: Router, method, path, entry) {
    const [handler, route] = (Array.isArray(entry) ? entry : []) as readonly unknown[] as readonly [unknown?, Route?];
    // Of a router that Hono uses within itself, or as a library: not an app's.
    if (typeof handler !== 'function' || typeof route?.path !== 'string') return original.call(this, method, path, entry);
    return original.call(this, method, path, [traced(handler as AnyFunction, route.path, tracer, probe), route]);
  };
}

function traced(handler: AnyFunction, path: string, tracer: Tracer, probe: Probe): AnyFunction {
  // As Hono's own inspectRoutes tells them apart.
  const isMiddleware = handler.length > 1;
  const name = isMiddleware ? `middleware - ${handler.name || path}` : `request handler - ${path}`;
  probe.expectFunction(handler);
  const replacement = function (this: unknown, ...parameters: unknown[]): unknown {
    const run = (): unknown => Reflect.apply(handler as (...all: unknown[]) => unknown, this, parameters);
    if (trace.getActiveSpan() === undefined) return run();
    const rpc = getRPCMetadata(context.active());
    if (!isMiddleware && rpc?.type === RPCType.HTTP) rpc.route = path;
    const span = probe.whileRunning(
      () => probe.siteOfFunction(handler),
      () => tracer.startSpan(name, { attributes: isMiddleware ? {} : { 'http.route': path } }),
    );
    const failed = (error: unknown): never => {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
      if (error instanceof Error) span.recordException(error);
      span.end();
      throw error;
    };
    let result;
    try {
      result = context.with(trace.setSpan(context.active(), span), run);
    } catch (error) {
      return failed(error);
    }
    if (!(result instanceof Promise)) {
      span.end();
      return result;
    }
    return result.then((value: unknown) => {
      span.end();
      return value;
    }, failed);
  };
  for (const key of Reflect.ownKeys(handler)) {
    const descriptor = Object.getOwnPropertyDescriptor(handler, key);
    if (descriptor !== undefined && key !== 'prototype') Object.defineProperty(replacement, key, descriptor);
  }
  return replacement;
}
