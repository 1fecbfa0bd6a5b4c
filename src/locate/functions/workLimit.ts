/** Milliseconds from any beginning, best of the thread's own work. */
export type Clock = () => number;

/** Brackets in brackets: several times what compilers write, and few enough for the parser's own stack. */
const maxNesting = 1000;
/**
 * What any text may take, and what each 1,000 characters add: about four times what code takes that people write. Nesting without end,
 * or quotes without end in one line, take time by the square of their length.
 */
const baseMs = 250;
const msPerThousandCharacters = 1;
/** The longest that others wait for their turn. */
const partMs = 50;

/** What work on a text ends with when `WorkLimit` is reached. */
export class TooMuchWork extends Error {
  constructor() {
    super('the text takes too long to read');
  }
}

/** How long the parser may be busy with one text. What passes between two parts of the work does not count. */
export class WorkLimit {
  readonly #clock: Clock;
  readonly #limitMs: number;
  #doneMs = 0;
  #partStartMs: number | undefined;

  constructor(textLength: number, clock: Clock) {
    this.#clock = clock;
    this.#limitMs = baseMs + (textLength / 1000) * msPerThousandCharacters;
  }

  /** Runs a part of the work, which asks between its steps whether to stop. */
  inPart<T>(work: () => T): T {
    this.#partStartMs = this.#clock();
    try {
      return work();
    } finally {
      this.#doneMs += this.#partMs();
      this.#partStartMs = undefined;
    }
  }

  /** Whether the part has had its time. */
  isPartOver(): boolean {
    return this.#partMs() >= partMs || this.isReached();
  }

  isReached(): boolean {
    return this.#doneMs + this.#partMs() >= this.#limitMs;
  }

  /** @throws TooMuchWork where the limit is reached */
  check(): void {
    if (this.isReached()) throw new TooMuchWork();
  }

  #partMs(): number {
    return this.#partStartMs === undefined ? 0 : this.#clock() - this.#partStartMs;
  }
}

/**
 * Whether a text has more brackets in one another than are parsed. Brackets in quotes count too, which does no harm: they are few, or
 * have their partners.
 */
export function isNestedTooDeep(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x28: // (
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > maxNesting) return true;
        break;
      case 0x29: // )
      case 0x5d: // ]
      case 0x7d: // }
        if (depth > 0) depth--;
    }
  }
  return false;
}
