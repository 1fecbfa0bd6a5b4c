import type { HubPort } from '../client/liveRows.ts';
import type { ComparedWith } from '../protocol/compare.ts';

/** What a command may do to a waterfall that is open. */
export interface OpenWaterfall {
  readonly traceId: string;
  /** Whose trace it is: a hub's, or a file's. */
  readonly hub: HubPort;
  /** A person is in it. */
  readonly isActive: boolean;
  compareWith(what: ComparedWith): void;
  relocate(): void;
  selectMadeAt(file: string, line: number): boolean;
}

/** The waterfalls that are open, of a hub's traces and of files: a command that names none means the latest a person was in. */
export class OpenWaterfalls<W = OpenWaterfall> {
  readonly #open = new Set<W>();

  /** Also one that is listed already: a person is in it now. */
  add(waterfall: W): void {
    this.#open.delete(waterfall);
    this.#open.add(waterfall);
  }

  delete(waterfall: W): void {
    this.#open.delete(waterfall);
  }

  /** The latest first. */
  all(): readonly W[] {
    return [...this.#open].reverse();
  }
}
