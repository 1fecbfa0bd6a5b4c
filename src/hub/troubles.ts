import { spansText } from '../model/countText.ts';
import type { IntakeFigures, Trouble } from '../protocol/hub.ts';

/** What a person should know of the hub; of each kind the last. */
export class Troubles {
  readonly #byCode = new Map<Trouble['code'], Trouble>();
  readonly #onChange: () => void;

  constructor(first: readonly Trouble[], onChange: () => void) {
    for (const trouble of first) this.#byCode.set(trouble.code, trouble);
    this.#onChange = onChange;
  }

  add(trouble: Trouble): void {
    this.#byCode.set(trouble.code, trouble);
    this.#onChange();
  }

  /** It is over. */
  remove(code: Trouble['code']): void {
    if (this.#byCode.delete(code)) this.#onChange();
  }

  all(): Iterable<Trouble> {
    return this.#byCode.values();
  }
}

export function rejectedTrouble(rejected: number, reasons: string): Trouble {
  return {
    code: 'rejected-spans',
    message: `${spansText(rejected)} rejected since the hub started; the last ones: ${reasons.slice(0, 500)}. Whatever sent them is at fault; its log may say more.`,
  };
}

export function overloadTrouble({ refused: { overloaded } }: IntakeFigures): Trouble {
  return {
    code: 'overloaded',
    message: `Spans come faster than they can be stored: ${overloaded} ${overloaded === 1 ? 'request was' : 'requests were'} refused since the hub started. Programs were told to send them again in a moment; those that do lose nothing.`,
  };
}
