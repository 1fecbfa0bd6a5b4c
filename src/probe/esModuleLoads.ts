import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { type LoadWatcher, packageOf } from './moduleLoads.ts';

/** Files of packages that are ES modules when a program imports them, and what the watcher knows them by. Of all others what is traced is CommonJS within. */
const watched: Readonly<Record<string, string>> = {
  'hono/dist/router/smart-router/router.js': 'hono/dist/router/smart-router/router.js',
  'hono/dist/router/pattern-router/router.js': 'hono/dist/router/pattern-router/router.js',
  'openai/index.mjs': 'openai',
};

/** The packages of `watched`. */
export const esModulePackages: readonly string[] = [...new Set(Object.keys(watched).map((name) => name.split('/')[0]!))];

const mark = '/*traceline*/';
const key = Symbol.for('traceline.imported');

interface Resolved {
  readonly url: string;
  readonly format?: string | null;
}

type Resolve = (specifier: string, context: { readonly parentURL?: string; readonly conditions: readonly string[] }, next: (specifier: string, context?: object) => Resolved) => Resolved;

/**
 * As `watchModuleLoads`, for ES modules, which is possible from Node 22.15 and 23.5 on: earlier ones have hooks only in a thread of their own, which costs
 * a program more than these packages are worth. What is handed over is the module's namespace; only what is in it can be changed.
 *
 * A watched file is imported through a module of three lines, which hands over its exports before the program sees them.
 */
export function watchEsModuleLoads({ wants, loaded }: LoadWatcher): void {
  const { registerHooks } = module as { registerHooks?: (hooks: { readonly resolve: Resolve }) => void };
  if (registerHooks === undefined) return;
  Object.defineProperty(globalThis, key, {
    value(name: string, folder: string, exports: unknown) {
      try {
        loaded(exports, { name, folder });
      } catch {
        // The program must not notice.
      }
    },
  });
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      try {
        if (!resolved.url.startsWith('file:') || context.conditions.includes('require') || context.parentURL?.startsWith(`data:text/javascript,${mark}`) === true) return resolved;
        const place = packageOf(fileURLToPath(resolved.url));
        const name = place === undefined ? undefined : watched[`${place.name}/${place.rest}`];
        if (place === undefined || name === undefined || !wants(place.name)) return resolved;
        const from = JSON.stringify(resolved.url);
        const text = `${mark}import * as all from ${from};globalThis[Symbol.for(${JSON.stringify(key.description)})]?.(${JSON.stringify(name)},${JSON.stringify(place.folder)},all);export * from ${from};${name === 'openai' ? `export { default } from ${from};` : ''}`;
        return { url: `data:text/javascript,${mark}${encodeURIComponent(text.slice(mark.length))}`, format: 'module', shortCircuit: true } as Resolved;
      } catch {
        return resolved;
      }
    },
  });
}
