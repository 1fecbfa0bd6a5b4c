import type { Span } from '@opentelemetry/api';
import type { FunctionSite } from '../functionSite.ts';
import { nameMessageHandlers } from './messageHandlers.ts';
import type { AnyFunction, Probe } from './probe.ts';
import { nameRouteHandlers } from './routeHandlers.ts';

interface RouteLayer {
  readonly handle: AnyFunction;
  readonly method?: string;
}

interface ExpressLayer {
  handle: AnyFunction;
  readonly route?: { readonly stack?: readonly RouteLayer[] };
}

interface FastifyInfo {
  readonly request?: { readonly routeOptions?: { readonly handler?: AnyFunction }; readonly context?: { readonly handler?: AnyFunction } };
}

type Hook = (span: Span, info: never) => void;

/** Hooks, as the configuration of an instrumentation has them, that say which function a span stands for. */
export function functionHooks(className: string, probe: Probe): { readonly requestHook?: Hook } {
  const hook = (functionOf: (info: never) => AnyFunction | undefined): { readonly requestHook: Hook } => ({
    requestHook(span, info) {
      const one = functionOf(info);
      const site = one === undefined ? undefined : probe.siteOfFunction(one);
      if (site !== undefined) probe.place(span, site);
    },
  });
  if (className === 'FastifyInstrumentation') return hook((info: FastifyInfo) => (info.request?.routeOptions ?? info.request?.context)?.handler);
  return {};
}

/** For instrumentations (or the prototype of one) whose hooks are not told the function: looks on where they wrap it. */
export function nameFunctions(instrumentation: object, className: string, probe: Probe): void {
  if (className === 'ExpressInstrumentation') nameLayers(instrumentation as { _applyPatch?: ApplyPatch }, probe);
  if (className === 'KoaInstrumentation') nameKoaLayers(instrumentation as { _patchLayer?: PatchLayer }, probe);
  if (className === 'ConnectInstrumentation') nameMiddleware(instrumentation as { _startSpan?: StartSpan }, probe);
  nameMessageHandlers(instrumentation, className, probe);
  nameRouteHandlers(instrumentation, className, probe);
}

/** Middleware that Express 4 puts before the first that a program uses. */
const expressOwn: ReadonlySet<string> = new Set(['query', 'expressInit']);
const expressPackage = /[\\/]node_modules[\\/](?:express|router)[\\/]/;

type ApplyPatch = (layer: ExpressLayer | undefined, path: unknown) => void;

function nameLayers(instrumentation: { _applyPatch?: ApplyPatch }, probe: Probe): void {
  const original = instrumentation._applyPatch;
  if (original === undefined) return;
  const applyPatch: ApplyPatch = function (this: unknown, layer, path) {
    const handle = layer?.handle;
    original.call(this, layer, path);
    if (layer === undefined || handle === undefined || layer.handle === handle) return;
    probe.expectFunction(handle);
    // A package's middleware has no place in the program but the line that uses it.
    const used = expressOwn.has(handle.name) ? undefined : probe.siteOfUse(applyPatch as AnyFunction, expressPackage);
    const patched = layer.handle;
    layer.handle = new Proxy(patched, {
      apply: (target, receiver, parameters: never[]) =>
        probe.whileRunning(
          () => siteOfLayer(layer, handle, String((parameters[0] as { method?: string } | undefined)?.method).toLowerCase(), probe) ?? used,
          () => Reflect.apply(target, receiver, parameters),
        ),
    });
  };
  instrumentation._applyPatch = applyPatch;
}

/** Of a route: the last handler it has for the method, which is the one that answers. */
function siteOfLayer(layer: ExpressLayer, handle: AnyFunction, method: string, probe: Probe): FunctionSite | undefined {
  if (layer.route?.stack === undefined) return probe.siteOfFunction(handle);
  const fitting = layer.route.stack.filter((each) => each.method === undefined || each.method === method || (method === 'head' && each.method === 'get'));
  for (const each of fitting.reverse()) {
    const site = probe.siteOfFunction(each.handle);
    if (site !== undefined) return site;
  }
  return undefined;
}

type StartSpan = (routeName: string, middleware: AnyFunction) => Span;

function nameMiddleware(instrumentation: { _startSpan?: StartSpan }, probe: Probe): void {
  const original = instrumentation._startSpan;
  if (original === undefined) return;
  instrumentation._startSpan = function (this: unknown, routeName, middleware) {
    return probe.whileRunning(
      () => probe.siteOfFunction(middleware),
      () => original.call(this, routeName, middleware),
    );
  };
}

type PatchLayer = (layer: AnyFunction, ...rest: unknown[]) => AnyFunction;

function nameKoaLayers(instrumentation: { _patchLayer?: PatchLayer }, probe: Probe): void {
  const original = instrumentation._patchLayer;
  if (original === undefined) return;
  instrumentation._patchLayer = function (this: unknown, layer, ...rest) {
    const patched = original.call(this, layer, ...rest);
    if (patched === layer) return layer;
    probe.expectFunction(layer);
    return new Proxy(patched, {
      apply: (target, receiver, parameters: never[]) =>
        probe.whileRunning(
          () => probe.siteOfFunction(layer),
          () => Reflect.apply(target, receiver, parameters),
        ),
    });
  };
}
