import module from 'node:module';

type Method = (this: unknown, ...parameters: unknown[]) => unknown;

/**
 * Calls `first` once, before the program first asks or answers over HTTP, and only then: what traces it is not loaded into a program that does
 * neither. By the time the call goes on, it goes to whatever `first` put in its place in the modules.
 */
export function beforeFirstHttp(first: (modules: { readonly http: object; readonly https: object }) => void): void {
  // Where nothing is to be traced they are not loaded: `https` takes ten milliseconds.
  const http = require('node:http') as typeof import('node:http');
  const https = require('node:https') as typeof import('node:https');
  const restores: (() => void)[] = [];
  const begin = (): void => {
    for (const restore of restores.splice(0)) restore();
    try {
      first({ http, https });
    } catch {
      // The program must not notice.
    }
    module.syncBuiltinESMExports();
  };
  for (const each of [http, https]) {
    restores.push(standIn(each, 'request', begin), standIn(each, 'get', begin), standIn(each.Server.prototype, 'emit', begin));
  }
  module.syncBuiltinESMExports();
}

/** As `beforeFirstHttp`, for the global `fetch`; every call of it runs within `around`. */
export function aroundFetch(around: (call: () => unknown, below: Method) => unknown): void {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  const original: unknown = descriptor?.value;
  if (typeof original !== 'function') return;
  const fetch: Method = function (this: unknown, ...parameters) {
    return around(() => Reflect.apply(original as Method, this, parameters), fetch);
  };
  alike(fetch, original as Method);
  Object.defineProperty(globalThis, 'fetch', { ...descriptor, value: fetch });
}

/** Puts a function in a method's place that calls `begin` and then the method that is there by then. */
function standIn(holder: object, name: string, begin: () => void): () => void {
  const own = Object.getOwnPropertyDescriptor(holder, name);
  const original = Reflect.get(holder, name) as Method;
  const replacement: Method = function (this: unknown, ...parameters) {
    begin();
    const present = Reflect.get(holder, name) as Method;
    return Reflect.apply(present === replacement ? original : present, this, parameters);
  };
  alike(replacement, original);
  Object.defineProperty(holder, name, { configurable: true, writable: true, enumerable: own?.enumerable ?? false, value: replacement });
  return () => {
    // Where somebody has put theirs around ours, ours stays and does nothing more.
    if (Reflect.get(holder, name) !== replacement) return;
    if (own === undefined) Reflect.deleteProperty(holder, name);
    else Object.defineProperty(holder, name, own);
  };
}

function alike(replacement: Method, original: Method): void {
  for (const key of ['name', 'length'] as const) Object.defineProperty(replacement, key, { value: original[key], configurable: true });
}
