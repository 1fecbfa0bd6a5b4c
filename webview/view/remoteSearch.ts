import type { SearchAnswer, SearchQuestion } from '../../src/protocol/traceSearch.ts';
import type { TraceModel } from '../layout/traceModel.ts';

export interface SearchActions {
  /** Which rows hold each term in their attributes, events and logs. */
  searchSpans(question: SearchQuestion): Promise<SearchAnswer | undefined>;
}

/** Asks the host for what only it can tell of a search. What is known here is painted meanwhile. */
export class RemoteSearch {
  readonly #actions: SearchActions;
  readonly #answered: (isOther: boolean) => void;
  #model: TraceModel | undefined;
  #keys: readonly string[] = [];
  #warmVersion: number | undefined;
  #isWaiting = false;
  /** Another question has come up since the one that is under way was asked. */
  #isAskedAgain = false;

  /** @param answered hears whether other spans match than before the answer */
  constructor(actions: SearchActions, answered: (isOther: boolean) => void) {
    this.#actions = actions;
    this.#answered = answered;
  }

  /** Of the attributes that spans of the trace have, as far as known. */
  get keys(): readonly string[] {
    return this.#keys;
  }

  get isAsking(): boolean {
    return this.#isWaiting && (this.#model?.search.unanswered.length ?? 0) > 0;
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

  /** At once, but never two at a time: of what is typed while an answer is on its way only the last is asked. */
  ask(): void {
    if ((this.#model?.search.unanswered.length ?? 0) > 0) void this.#send();
  }

  async #send(): Promise<void> {
    const model = this.#model;
    this.#isAskedAgain = this.#isWaiting;
    if (model === undefined || this.#isWaiting) return;
    this.#isWaiting = true;
    const terms = model.search.unanswered;
    const answer = await this.#actions.searchSpans({ terms }).catch(() => undefined);
    this.#isWaiting = false;
    if (answer !== undefined) this.#keys = answer.keys;
    const isCurrent = model === this.#model;
    const isOther = isCurrent && answer?.version === model.columns.version && model.search.answer(terms, answer.rows);
    if (this.#isAskedAgain) this.ask();
    if (isCurrent) this.#answered(isOther);
  }
}
