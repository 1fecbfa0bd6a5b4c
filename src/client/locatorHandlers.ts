import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { FunctionFinder } from '../locate/functions/functionFinder.ts';
import { Locator } from '../locate/locate.ts';
import { unanswerable } from '../locate/index/unanswerable.ts';
import type { LocatorRequests } from '../locate/locatorContract.ts';
import type { Handlers } from '../protocol/rpc.ts';
import { nodeSourceFiles } from './nodeSourceFiles.ts';
import { PlaceLog } from './past/placeLog.ts';
import { PresentPlaces } from './past/presentPlaces.ts';
import { threadClock } from './threadClock.ts';
import { warmUp } from './warmUp.ts';
import { WorkspaceIndexer } from './workspaceIndexer.ts';

export interface LocatorHandlers {
  readonly handlers: Handlers<LocatorRequests>;
  /** Does beforehand what the first question would wait for, as long as it `goesOn`. Never rejects: what is wrong, the question says. */
  warmUp(goesOn: () => boolean): Promise<void>;
  /** Releases what maps hold, and stops reading the workspace. */
  close(): Promise<void>;
}

/**
 * Answers LocatorRequests from this machine's files. `grammarDir` holds `tree-sitter.wasm` and the grammars beside it.
 * The workspace is read for names only once a site needs it; `onPlacesChanged` tells when that may have changed answers,
 * `onBroken` when no text can be parsed in this thread any more. `dataDir` is where it is remembered which text each site ran; nowhere but
 * here without it.
 */
export function locatorHandlers(grammarDir: string, onPlacesChanged: () => void, onBroken = (): void => undefined, dataDir?: string): LocatorHandlers {
  const finder = new FunctionFinder((name) => readFile(path.join(grammarDir, name)), { clock: threadClock, onBroken });
  const indexer = new WorkspaceIndexer({ finder, onChange: () => void locator.forgetByName().then(onPlacesChanged) });
  let folders: readonly string[] = [];
  let isNeeded = false;
  const locator: Locator = new Locator(nodeSourceFiles, finder, {
    matchSpan: (question) => {
      // Most spans of libraries: nobody reads a workspace for them.
      const never = unanswerable(question);
      if (never !== undefined) return Promise.resolve(never);
      isNeeded = true;
      indexer.configure(folders);
      return indexer.matchSpan(question);
    },
  });
  const present = new PresentPlaces(locator, new PlaceLog(dataDir));
  return {
    handlers: {
      configure: async (settings) => {
        folders = settings.workspaceFolders;
        await locator.configure(settings);
        return undefined;
      },
      locate: (sites) => present.locate(sites),
      explain: (site) => present.explain(site),
      functions: ({ file, text }) => locator.functions(file, text),
      indexing: () => (isNeeded ? indexer.progress : undefined),
      settled: async () => {
        isNeeded = true;
        indexer.configure(folders);
        await indexer.settled();
        return undefined;
      },
      invalidate: async ({ files }) => {
        const isForgotten = await locator.invalidate(files);
        if (isNeeded) indexer.invalidate(files);
        return isForgotten;
      },
    },
    warmUp: async (goesOn) => {
      try {
        await warmUp({ finder, folders, goesOn });
      } catch {
        return;
      }
    },
    close: async () => {
      await indexer.close();
      await present.close();
      await locator.close();
    },
  };
}
