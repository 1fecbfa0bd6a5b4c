import type { ContextManager, TextMapPropagator, TracerProvider } from '@opentelemetry/api';

export interface Bridged {
  /** True while the program has no SDK of its own. */
  isOurs(): boolean;
  readonly provider: TracerProvider;
  readonly contextManager: ContextManager;
  readonly propagator: TextMapPropagator;
}

interface ApiExports {
  readonly trace?: { _proxyTracerProvider?: { setDelegate?(provider: TracerProvider): void } };
  readonly context?: object;
  readonly propagation?: object;
}

type Getter = (this: unknown) => unknown;

/**
 * Gives a program's (or a library's) copy of @opentelemetry/api, in which nobody has registered anything, our SDK to talk to. Nothing is registered:
 * the copy's own proxy is pointed at us, as it is until somebody registers; a registration then replaces it.
 */
export function bridgeApi(exports: unknown, { isOurs, provider, contextManager, propagator }: Bridged): void {
  const api = exports as ApiExports;
  api.trace?._proxyTracerProvider?.setDelegate?.(provider);
  insteadOfNoop(api.context, '_getContextManager', () => (isOurs() ? contextManager : undefined));
  insteadOfNoop(api.propagation, '_getGlobalPropagator', () => (isOurs() ? propagator : undefined));
}

/** Where nothing is registered these methods give a no-op of the API's own, which `first` tells: it is what they give now. */
function insteadOfNoop(target: object | undefined, name: string, ours: () => unknown): void {
  const original: unknown = target === undefined ? undefined : Reflect.get(target, name);
  if (target === undefined || typeof original !== 'function') return;
  const noop: unknown = (original as Getter).call(target);
  Object.defineProperty(target, name, {
    configurable: true,
    writable: true,
    enumerable: false,
    value(this: unknown) {
      const present = (original as Getter).call(this);
      return present === noop ? (ours() ?? present) : present;
    },
  });
}
