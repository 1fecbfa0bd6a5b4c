import type { CompareChoice, ComparedWith } from '../../src/protocol/compare.ts';
import type { TraceColumns } from '../../src/protocol/hub.ts';

export interface CompareSourceActions {
  compareChoices(): Promise<readonly CompareChoice[]>;
  compareTrace(traceId: string): Promise<TraceColumns | undefined>;
}

export interface CompareSourceEvents {
  choices(choices: readonly CompareChoice[]): void;
  loading(): void;
  loaded(other: TraceColumns): void;
  failed(problem: string): void;
}

/** What may be chosen is asked for no sooner again. */
const choicesHoldMs = 2000;

/** The trace to compare with: what was chosen, and what the host knows of it. */
export class CompareSource {
  readonly #actions: CompareSourceActions;
  readonly #events: CompareSourceEvents;
  #present: ComparedWith | undefined;
  #other: TraceColumns | undefined;
  /** The question that counts, where several are under way. */
  #asked = 0;
  #askedChoicesMs = -Infinity;

  constructor(actions: CompareSourceActions, events: CompareSourceEvents) {
    this.#actions = actions;
    this.#events = events;
  }

  /** What was chosen; undefined where nothing was yet. */
  get present(): ComparedWith | undefined {
    return this.#present;
  }

  get other(): TraceColumns | undefined {
    return this.#other;
  }

  get hasAskedChoices(): boolean {
    return this.#askedChoicesMs !== -Infinity;
  }

  choose(what: ComparedWith): void {
    this.#present = what;
    this.#other = undefined;
  }

  async askChoices(): Promise<void> {
    // A pointer on its way over the list, and the focus after it, are one wish.
    if (performance.now() - this.#askedChoicesMs < choicesHoldMs) return;
    this.#askedChoicesMs = performance.now();
    // Of a host that is gone nothing can be chosen; what was chosen before stays.
    const choices = await this.#actions.compareChoices().catch(() => undefined);
    if (choices !== undefined) this.#events.choices(choices);
  }

  async load(): Promise<void> {
    const turn = ++this.#asked;
    if (this.#present === undefined) return;
    this.#events.loading();
    let problem = 'No span of that trace is kept any more.';
    const other = await this.#actions.compareTrace(this.#present.traceId).catch((error: unknown) => {
      problem = `The other trace could not be read: ${error instanceof Error ? error.message : String(error)}`;
      return undefined;
    });
    if (turn !== this.#asked) return;
    this.#other = other;
    if (other === undefined) this.#events.failed(problem);
    else this.#events.loaded(other);
  }
}
