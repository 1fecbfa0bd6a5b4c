import { types } from 'node:util';
import { standingFor } from './messageHandlers.ts';
import type { AnyFunction, Probe } from './probe.ts';

type Method = (this: unknown, ...parameters: unknown[]) => unknown;

interface Route {
  handler?: unknown;
  readonly options?: { handler?: unknown };
}

interface Hapi {
  _wrapExtMethods?: (method: unknown, ...rest: unknown[]) => unknown;
  _wrapRouteHandler?: (route: Route, ...rest: unknown[]) => Route;
}

interface Restify {
  _handlerPatcher?: (metadata: unknown, handler: unknown) => unknown;
}

/** Has the spans of Hapi's and Restify's handlers stand for the functions that they run. */
export function nameRouteHandlers(instrumentation: object, className: string, probe: Probe): void {
  if (className === 'HapiInstrumentation') {
    const hapi = instrumentation as Hapi;
    const { _wrapExtMethods: wrapExtension, _wrapRouteHandler: wrapRoute } = hapi;
    if (wrapExtension !== undefined) {
      hapi._wrapExtMethods = function (method, ...rest) {
        return standing(method, wrapExtension.call(this, method, ...rest), probe);
      };
    }
    if (wrapRoute !== undefined) {
      hapi._wrapRouteHandler = function (route, ...rest) {
        const [ofRoute, ofOptions] = [route.handler, route.options?.handler];
        const wrapped = wrapRoute.call(this, route, ...rest);
        if (wrapped.handler !== ofRoute) wrapped.handler = standing(ofRoute, wrapped.handler, probe);
        if (wrapped.options !== undefined && wrapped.options.handler !== ofOptions) wrapped.options.handler = standing(ofOptions, wrapped.options.handler, probe);
        return wrapped;
      };
    }
  }
  if (className === 'RestifyInstrumentation') {
    const restify = instrumentation as Restify;
    const patch = restify._handlerPatcher;
    if (patch === undefined) return;
    restify._handlerPatcher = function (metadata, handler) {
      const patched = standing(handler, patch.call(this, metadata, handler), probe);
      return typeof handler === 'function' && types.isAsyncFunction(handler) ? ofAsync(patched as Method) : patched;
    };
  }
}

/** Restify tells by its kind whether a handler calls `next` or ends by itself; of the latter the instrumentation makes one of the former, which it waits for, for ever. */
function ofAsync(patched: Method): Method {
  const next = Object.assign(() => undefined, { ifError: () => undefined });
  const replacement = async function (this: unknown, request: unknown, response: unknown) {
    return await Reflect.apply(patched, this, [request, response, next]);
  };
  Object.defineProperty(replacement, 'name', { value: patched.name, configurable: true });
  return replacement as Method;
}

/** Of one function. Of a list each comes by itself. */
function standing(handler: unknown, patched: unknown, probe: Probe): unknown {
  return typeof handler === 'function' && typeof patched === 'function' && patched !== handler ? standingFor(handler as AnyFunction, patched as Method, probe) : patched;
}
