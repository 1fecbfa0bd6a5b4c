import { noticeBundle } from './siteOfCall.ts';
import { stampSpans, wrapMethod } from './stampSpans.ts';

/** Where every copy of @opentelemetry/api 1.x keeps what is registered (its internal/global-utils). */
const apiKey = Symbol.for('opentelemetry.js.api.1');

interface TracerProvider {
  getTracer(name: string): unknown;
  /** Of the API's proxy provider, which is what is registered. */
  getDelegate?(): unknown;
}

/**
 * Finds the program's tracers through the one thing all copies of the API share, whatever loads them. Nothing is registered
 * and nothing called that the program would not call itself, but for one `getTracer` on its provider. `registered` is called as it registers one.
 */
export function watchTracers(registered: (() => void) | undefined): void {
  trap(globalThis, apiKey, (api) =>
    trap(api, 'trace', (provider) => {
      registered?.();
      watchRegistered(provider);
    }),
  );
}

/** Calls `seen` with the object now or next set as `holder[key]`; by then it is an ordinary property again. */
function trap(holder: object, key: PropertyKey, seen: (value: object) => void): void {
  const existing = Object.getOwnPropertyDescriptor(holder, key);
  if (existing !== undefined) {
    swallow(() => seen(existing.value as object));
    return;
  }
  Object.defineProperty(holder, key, {
    configurable: true,
    enumerable: true,
    get: () => undefined,
    set(value: unknown) {
      Object.defineProperty(holder, key, { configurable: true, enumerable: true, writable: true, value });
      if (typeof value === 'object' && value !== null) swallow(() => seen(value));
    },
  });
}

/** The registered provider: the API's proxy, whose delegate is set just after (and again after a `trace.disable()`). */
function watchRegistered(registered: object): void {
  wrapMethod(registered, 'setDelegate', (original) => {
    const setDelegate: typeof original = function (this: unknown, ...parameters) {
      const result = Reflect.apply(original, this, parameters);
      swallow(() => {
        noticeBundle(setDelegate);
        watchProvider(parameters[0] as TracerProvider);
      });
      return result;
    };
    return setDelegate;
  });
  const { getDelegate } = registered as TracerProvider;
  if (typeof getDelegate === 'function') watchProvider(getDelegate.call(registered) as TracerProvider);
  else watchProvider(registered as TracerProvider);
}

function watchProvider(provider: TracerProvider): void {
  if (typeof provider?.getTracer !== 'function') return;
  wrapMethod(provider, 'getTracer', (original) => {
    return function (this: unknown, ...parameters) {
      const tracer = Reflect.apply(original, this, parameters);
      swallow(() => stampSpans(tracer as object));
      return tracer;
    };
  });
  // Tracers that were taken before the provider was registered share their methods with any later one.
  provider.getTracer('traceline');
}

function swallow(effect: () => void): void {
  try {
    effect();
  } catch {
    // The program must not notice.
  }
}
