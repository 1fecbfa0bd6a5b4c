import { type NewChunk, StoreError } from './store/store.ts';

interface Waiting {
  readonly chunk: NewChunk;
  /** Called as soon as it is committed, in the order of the chunks. */
  readonly committed: (chunkId: number) => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Commits what came within one turn of the event loop in one transaction: most of what a transaction costs is the same for one batch and for
 * eight. Nobody waits for it: a turn is over when there is nothing else to read.
 */
export class GroupCommit {
  readonly #append: (chunks: readonly NewChunk[]) => readonly number[];
  #waiting: Waiting[] = [];
  #turn: Promise<void> | undefined;

  /** @param append keeps all or, where it throws, none */
  constructor(append: (chunks: readonly NewChunk[]) => readonly number[]) {
    this.#append = append;
  }

  /** Resolves once it is committed. @throws StoreError */
  add(chunk: NewChunk, committed: (chunkId: number) => void): Promise<void> {
    const done = new Promise<void>((resolve, reject) => this.#waiting.push({ chunk, committed, resolve, reject }));
    this.#turn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#turn = undefined;
        this.#commit();
        resolve();
      });
    });
    return done;
  }

  /** Resolves once what was added before is committed, or was refused. */
  settled(): Promise<void> {
    return this.#turn ?? Promise.resolve();
  }

  #commit(): void {
    const group = this.#waiting;
    this.#waiting = [];
    try {
      this.#commitAll(group);
    } catch (error) {
      // One of them may be what fails; a medium that fails does so for each.
      if (group.length > 1 && StoreError.is(error) && error.kind === 'failed') {
        for (const each of group) {
          try {
            this.#commitAll([each]);
          } catch (own) {
            each.reject(own);
          }
        }
      } else {
        for (const each of group) each.reject(error);
      }
    }
  }

  #commitAll(group: readonly Waiting[]): void {
    const ids = this.#append(group.map(({ chunk }) => chunk));
    group.forEach(({ committed, resolve }, i) => {
      committed(ids[i]!);
      resolve();
    });
  }
}
