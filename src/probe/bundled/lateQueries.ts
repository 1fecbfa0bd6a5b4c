import type { SiteOfCall } from '../siteOfCall.ts';
import { replaceMethod } from './lateCalls.ts';
import type { AnyFunction } from './probe.ts';

/** What begins a query of Mongoose's. It is sent when it is awaited, from a microtask that has nothing of the program on its stack. */
const begins: Readonly<Record<string, readonly string[]>> = {
  Query: [
    ...['find', 'findOne', 'findOneAndUpdate', 'findOneAndDelete', 'findOneAndReplace', 'distinct', 'countDocuments', 'estimatedDocumentCount'],
    ...['updateOne', 'updateMany', 'replaceOne', 'deleteOne', 'deleteMany'],
  ],
  Aggregate: ['model', 'append'],
};

interface Late {
  /** The site of the call to a function. */
  siteOf(below: AnyFunction): SiteOfCall | undefined;
  within<T>(asked: SiteOfCall | undefined, call: () => T): T;
}

/** Has queries be sent within the site where they were begun. After the instrumentation has put its own around what sends them. */
export function markLateQueries(exports: unknown, name: string, { siteOf, within }: Late): void {
  if (name !== 'mongoose') return;
  const begun = new WeakMap<object, SiteOfCall>();
  for (const [type, methods] of Object.entries(begins)) {
    const holder = (exports as Readonly<Record<string, { readonly prototype?: object } | undefined>>)[type]?.prototype;
    if (holder === undefined) continue;
    for (const method of methods) {
      replaceMethod(holder, method, (original) => {
        const replacement: typeof original = function (...parameters) {
          const query = this as object;
          if (!begun.has(query)) {
            const site = siteOf(replacement);
            if (site !== undefined) begun.set(query, site);
          }
          return Reflect.apply(original, this, parameters);
        };
        return replacement;
      });
    }
    replaceMethod(holder, 'exec', (original) => {
      return function (...parameters) {
        return within(begun.get(this as object), () => Reflect.apply(original, this, parameters));
      };
    });
  }
}
