type OnLoad = (exports: unknown, name: string, folder: string | undefined) => unknown;

const hooks: OnLoad[] = [];

/**
 * Stands in for require-in-the-middle and import-in-the-middle in our bundle. Which modules are loaded is the probe's to see (moduleLoads.ts);
 * both kinds of hook would be told the same, so only the first one listens.
 */
export class Hook {
  constructor(modules: readonly string[] | null, _options: object, onLoad: OnLoad) {
    // @opentelemetry/instrumentation makes one for all that is required; those for `import` name their module.
    if (modules === null) hooks.push(onLoad);
  }
}

/** What the instrumentations make of a module's exports. */
export function applyHooks(exports: unknown, name: string, folder: string | undefined): unknown {
  return hooks.reduce((present, hook) => hook(present, name, folder), exports);
}
