import type { SearchAnswer, SearchQuestion } from '../../src/protocol/traceSearch.ts';
import type { TraceModel } from '../layout/traceModel.ts';

export interface SearchActions {
  /** Which rows hold each term in their attributes, events and logs. */
  searchSpans(question: SearchQuestion): Promise<SearchAnswer | undefined>;
}

const askDelayMs = 40;

/** Asks the host for what only it can tell of a search. What is known here is painted meanwhile. */
export class RemoteSearch {
  readonly #actions: SearchActions;
  readonly #answered: () => void;
  #model: TraceModel | undefined;
  #keys: readonly string[] = [];
  #warmVersion: number | undefined;
  #timer: number | undefined;
  #asked = 0;
  #waiting = 0;

  constructor(actions: SearchActions, answered: () => void) {
    this.#actions = actions;
    this.#answered = answered;
  }

  /** Of the attributes that spans of the trace have, as far as known. */
  get keys(): readonly string[] {
    return this.#keys;
  }

  get isAsking(): boolean {
    return this.#waiting > 0 || this.#timer !== undefined;
  }

  /** Answers are by row, and another snapshot has other rows. */
  show(model: TraceModel): void {
    this.#model = model;
    this.ask();
  }

  /** The first question takes longest: asked before anything is typed. */
  warmUp(): void {
    const version = this.#model?.columns.version;
    if (version === undefined || version === this.#warmVersion) return;
    this.#warmVersion = version;
    void this.#send();
  }

  ask(): void {
    window.clearTimeout(this.#timer);
    this.#timer = undefined;
    if ((this.#model?.search.unanswered.length ?? 0) === 0) return;
    this.#timer = window.setTimeout(() => {
      this.#timer = undefined;
      void this.#send();
    }, askDelayMs);
  }

  async #send(): Promise<void> {
    const model = this.#model;
    if (model === undefined) return;
    const terms = model.search.unanswered;
    const asked = ++this.#asked;
    this.#waiting++;
    const answer = await this.#actions.searchSpans({ terms }).catch(() => undefined);
    this.#waiting--;
    if (answer !== undefined) this.#keys = answer.keys;
    if (model !== this.#model) return;
    if (answer?.version === model.columns.version) model.search.answer(terms, answer.rows);
    // A later question has its own answer to come; one that found the search unchanged still ends the waiting.
    if (asked === this.#asked) this.#answered();
  }
}
