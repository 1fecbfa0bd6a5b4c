import type { CaptureRecord } from '../protocol/hub.ts';
import type { HubLog } from './log.ts';
import { SinkError } from './sink.ts';
import { MemoryStore } from './store/memoryStore.ts';
import { openStore } from './store/openStore.ts';
import { type Store, StoreError } from './store/store.ts';
import type { Troubles } from './troubles.ts';

export interface LiveStoreOptions {
  readonly dataDir: string;
  readonly store: Store;
  /** The store is another's: it is neither changed nor, where it is damaged, replaced. */
  readonly readOnly: boolean;
  readonly troubles: Troubles;
  readonly log: HubLog;
  /** The store was closed: nothing of it can be read any more. */
  readonly onDamaged: () => void;
  /** A fresh store took its place. */
  readonly onReplaced: () => void;
}

/** The store of the moment: one that turns out to be damaged is set aside, and a fresh one takes its place. */
export class LiveStore {
  readonly #options: LiveStoreOptions;
  #store: Store;
  #replacing: Promise<void> | undefined;

  constructor(options: LiveStoreOptions) {
    this.#options = options;
    this.#store = options.store;
  }

  get now(): Store {
    return this.#store;
  }

  /** Resolves once no store is being replaced. */
  async settled(): Promise<void> {
    while (this.#replacing !== undefined) await this.#replacing;
  }

  /** Takes note of a failure of the store; what else fails is thrown. */
  attempt(body: () => void): void {
    try {
      body();
    } catch (error) {
      const reported = this.failure(error);
      if (!SinkError.is(reported)) throw reported;
    }
  }

  /** Of work that nobody waits for. */
  report(error: unknown): void {
    if (!SinkError.is(this.failure(error))) this.#options.log.error(error instanceof Error ? error : String(error));
  }

  /** What a sender is told of an error, which is taken note of: a SinkError where the store failed. */
  failure(error: unknown): unknown {
    const { readOnly, log, dataDir, troubles } = this.#options;
    if (!StoreError.is(error) || readOnly) return error;
    log.error(`the store failed: ${error.message}`);
    if (error.kind === 'corrupt') {
      this.#replacing ??= this.#replace().finally(() => (this.#replacing = undefined));
      return new SinkError('unavailable', 'the store is damaged and being replaced', 1);
    }
    const whatToDo = error.kind === 'locked'
      ? `Another program has the store in ${dataDir} for itself; close it there.`
      : `Make room on the disk of ${dataDir}, or see that it can be written to.`;
    troubles.add({ code: 'store-failed', message: `Spans cannot be stored (${error.message}) and are being refused. ${whatToDo}` });
    return new SinkError('unavailable', `the spans cannot be stored: ${error.message}`, 5);
  }

  close(): void {
    this.#store.close();
  }

  async #replace(): Promise<void> {
    const { dataDir, troubles, onDamaged, onReplaced } = this.#options;
    const damaged = this.#store;
    const captures = namedCaptures(damaged);
    this.attempt(() => damaged.close());
    this.#store = new MemoryStore();
    onDamaged();
    const opened = await openStore(dataDir, { readOnly: false, isDamaged: true });
    this.#store = opened.store;
    onReplaced();
    for (const trouble of opened.troubles) troubles.add(trouble);
    this.attempt(() => {
      for (const { captureId, ...named } of captures) this.#store.putCapture(captureId, named, Date.now());
    });
  }
}

/** The programs that run while their store is replaced: what they send belongs to a capture of that name. */
function namedCaptures(damaged: Store): Pick<CaptureRecord, 'captureId' | 'name' | 'kind' | 'startedUnixMs' | 'pinned'>[] {
  try {
    return damaged.captures().filter(({ endedUnixMs, kind }) => endedUnixMs === undefined && kind !== 'external')
      .map(({ captureId, name, kind, startedUnixMs, pinned }) => ({ captureId, name, kind, startedUnixMs, pinned }));
  } catch {
    // That page is damaged too.
    return [];
  }
}
