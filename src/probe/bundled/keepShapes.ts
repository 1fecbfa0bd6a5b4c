type AnyFunction = (...parameters: unknown[]) => unknown;
type Wrap = (holder: object, name: PropertyKey, wrapper: (original: AnyFunction, name: PropertyKey) => AnyFunction) => unknown;

/** Lets what an instrumentation puts in a function's place have that function's name and length, by which programs and frameworks tell functions apart. */
export function keepShapes(instrumentation: object): void {
  const holder = instrumentation as { _wrap?: Wrap };
  const wrap = holder._wrap;
  if (wrap === undefined) return;
  holder._wrap = (target, key, wrapper) =>
    wrap(target, key, (original, name) => {
      const replacement = wrapper(original, name);
      if (replacement !== original && typeof replacement === 'function' && typeof original === 'function') {
        for (const shape of ['name', 'length'] as const) Object.defineProperty(replacement, shape, { value: original[shape], configurable: true });
      }
      return replacement;
    });
}
