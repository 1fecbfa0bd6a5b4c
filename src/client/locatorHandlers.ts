import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { FunctionFinder } from '../locate/functions/functionFinder.ts';
import { Locator } from '../locate/locate.ts';
import type { LocatorRequests } from '../locate/locatorContract.ts';
import type { Handlers } from '../protocol/rpc.ts';
import { nodeSourceFiles } from './nodeSourceFiles.ts';
import { WorkspaceIndexer } from './workspaceIndexer.ts';

export interface LocatorHandlers {
  readonly handlers: Handlers<LocatorRequests>;
  /** Releases what maps hold, and stops reading the workspace. */
  close(): Promise<void>;
}

/**
 * Answers LocatorRequests from this machine's files. `grammarDir` holds `tree-sitter.wasm` and the grammars beside it.
 * The workspace is read for names only once a site needs it; `onPlacesChanged` tells when that may have changed answers.
 */
export function locatorHandlers(grammarDir: string, onPlacesChanged: () => void): LocatorHandlers {
  const finder = new FunctionFinder((name) => readFile(path.join(grammarDir, name)));
  const indexer = new WorkspaceIndexer({ finder, onChange: () => void locator.forgetByName().then(onPlacesChanged) });
  let folders: readonly string[] = [];
  let isNeeded = false;
  const locator: Locator = new Locator(nodeSourceFiles, finder, {
    matchSpan: (question) => {
      isNeeded = true;
      indexer.configure(folders);
      return indexer.matchSpan(question);
    },
  });
  return {
    handlers: {
      configure: async (settings) => {
        folders = settings.workspaceFolders;
        await locator.configure(settings);
        return undefined;
      },
      locate: async (sites) => (await locator.locateAll(sites)).map((result) => result.location),
      explain: (site) => locator.locate(site),
      functions: ({ file, text }) => locator.functions(file, text),
      settled: async () => {
        isNeeded = true;
        indexer.configure(folders);
        await indexer.settled();
        return undefined;
      },
      invalidate: async ({ files }) => {
        await locator.invalidate(files);
        if (isNeeded) indexer.invalidate(files);
        return undefined;
      },
    },
    close: async () => {
      await indexer.close();
      await locator.close();
    },
  };
}
