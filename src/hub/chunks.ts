import type { LogRecord } from '../model/span.ts';
import { readLogs, readSpans } from './chunkReader.ts';
import { withoutDropped } from './keepRecords.ts';
import type { HubLog } from './log.ts';
import type { KeptSpan } from './spanFacts.ts';
import type { Store, StoredChunk } from './store/store.ts';

/** The stored batches, read. One that is unreadable is said in the log, and reads as nothing. */
export class Chunks {
  readonly #store: () => Store;
  readonly #log: HubLog;

  /** `store` gives the store of the moment. */
  constructor(store: () => Store, log: HubLog) {
    this.#store = store;
    this.#log = log;
  }

  spans(chunkId: number): KeptSpan[] {
    return this.read(chunkId, readSpans);
  }

  logs(chunkId: number): LogRecord[] {
    return this.read(chunkId, readLogs);
  }

  /** Nothing where the chunk was deleted since, or is not `wanted`. */
  read<T>(chunkId: number, read: (chunk: StoredChunk) => T[], wanted: (chunk: StoredChunk) => boolean = () => true): T[] {
    const chunk = this.#store().chunk(chunkId);
    if (chunk === undefined || !wanted(chunk)) return [];
    return this.of(chunk, read);
  }

  of<T>(chunk: StoredChunk, read: (chunk: StoredChunk) => T[]): T[] {
    return this.#try(chunk, read) ?? [];
  }

  /** Its bytes without what was let go; undefined where it cannot be read. */
  withoutDropped(chunk: StoredChunk): Uint8Array | undefined {
    return this.#try(chunk, withoutDropped);
  }

  #try<T>(chunk: StoredChunk, body: (chunk: StoredChunk) => T): T | undefined {
    try {
      return body(chunk);
    } catch (error) {
      this.#log.error(`stored batch ${chunk.chunkId} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }
}
