import { context } from '@opentelemetry/api';
import type { AnyFunction } from './probe.ts';

/**
 * Methods by the file that defines them. Those that are late start their spans from a queue, when nothing of their caller is on the stack any more; those
 * that are queued call back from it, in the context of whoever made room in it.
 */
const files: Readonly<Record<string, readonly [late: readonly string[], queued: readonly string[]]>> = {
  'pg-pool': [['query'], ['connect']],
  'mysql/lib/Pool.js': [['query'], ['getConnection']],
  'mysql2/lib/pool.js': [['query', 'execute'], ['getConnection']],
  'mysql2/lib/base/pool.js': [['query', 'execute'], ['getConnection']],
};

/** Has such methods of a loaded file run within `around`, which gets a call of one and the function to look for its caller beneath. */
export function markLateCalls(exports: unknown, name: string, around: (call: () => unknown, below: AnyFunction) => unknown): void {
  // Of a module that is part of a circle Node warns where what it does not export is read.
  const holder = typeof exports === 'function' ? (exports.prototype as object | undefined) : undefined;
  const [late, queued] = files[name] ?? [[], []];
  if (holder === undefined) return;
  for (const each of late) {
    replaceMethod(holder, each, (original) => {
      const replacement: Method = function (...parameters) {
        return around(() => Reflect.apply(original, this, parameters), replacement);
      };
      return replacement;
    });
  }
  for (const each of queued) {
    replaceMethod(holder, each, (original) => {
      return function (...parameters) {
        const inContext = parameters.map((one) => (typeof one === 'function' ? context.bind(context.active(), one) : one));
        return Reflect.apply(original, this, inContext);
      };
    });
  }
}

type Method = (this: unknown, ...parameters: unknown[]) => unknown;

/** Puts another method in a method's place, with its name and length. */
export function replaceMethod(holder: object, name: string, wrap: (original: Method) => Method): void {
  const descriptor = Object.getOwnPropertyDescriptor(holder, name);
  const original: unknown = descriptor?.value;
  if (typeof original !== 'function') return;
  const replacement = wrap(original as Method);
  for (const shape of ['name', 'length'] as const) Object.defineProperty(replacement, shape, { value: original[shape] as unknown, configurable: true });
  Object.defineProperty(holder, name, { ...descriptor, value: replacement });
}
