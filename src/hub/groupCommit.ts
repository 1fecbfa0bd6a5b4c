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
  readonly #pause: () => Promise<void> | undefined;
  #waiting: Waiting[] = [];
  #turn: Promise<void> | undefined;

  /**
   * @param append keeps all or, where it throws, none
   * @param pause what has to be waited for first, if anything
   */
  constructor(append: (chunks: readonly NewChunk[]) => readonly number[], pause: () => Promise<void> | undefined = () => undefined) {
    this.#append = append;
    this.#pause = pause;
  }

  /** Resolves once it is committed. @throws StoreError */
  add(chunk: NewChunk, committed: (chunkId: number) => void): Promise<void> {
    const done = new Promise<void>((resolve, reject) => this.#waiting.push({ chunk, committed, resolve, reject }));
    this.#turn ??= this.#takeTurn();
    return done;
  }

  /** Resolves once what was added before is committed, or was refused. */
  settled(): Promise<void> {
    return this.#turn ?? Promise.resolve();
  }

  async #takeTurn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const pause = this.#pause();
    if (pause !== undefined) await pause;
    this.#turn = undefined;
    this.#commit();
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
    group.forEach(({ committed, resolve, reject }, i) => {
      try {
        committed(ids[i]!);
        resolve();
      } catch (error) {
        // It is kept, as are the others: nothing is committed again for it.
        reject(error);
      }
    });
  }
}
