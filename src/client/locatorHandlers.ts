import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { FunctionFinder } from '../locate/functions/functionFinder.ts';
import { Locator } from '../locate/locate.ts';
import type { LocatorRequests } from '../locate/locatorContract.ts';
import type { Handlers } from '../protocol/rpc.ts';
import { nodeSourceFiles } from './nodeSourceFiles.ts';

export interface LocatorHandlers {
  readonly handlers: Handlers<LocatorRequests>;
  /** Releases what maps hold. */
  close(): Promise<void>;
}

/** Answers LocatorRequests from this machine's files. `grammarDir` holds `tree-sitter.wasm` and the grammars beside it. */
export function locatorHandlers(grammarDir: string): LocatorHandlers {
  const locator = new Locator(nodeSourceFiles, new FunctionFinder((name) => readFile(path.join(grammarDir, name))));
  return {
    handlers: {
      configure: (settings) => locator.configure(settings).then(() => undefined),
      locate: async (sites) => (await locator.locateAll(sites)).map((result) => result.location),
      explain: (site) => locator.locate(site),
      functions: ({ file, text }) => locator.functions(file, text),
      invalidate: ({ files }) => locator.invalidate(files).then(() => undefined),
    },
    close: () => locator.close(),
  };
}
