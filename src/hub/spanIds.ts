import { wordOf } from './idWords.ts';
import { idText } from './skimmedSpan.ts';

/** Up to here a list is looked through: a trace seldom has more. */
const maxListed = 64;

/** The ids of a trace's spans, in words (idWords.ts). */
export class SpanIds {
  /** Two numbers each. */
  #listed: number[] = [];
  #set: Set<string> | undefined;

  constructor(ids: Iterable<string>) {
    for (const id of ids) this.add(wordOf(id, 0), wordOf(id, 8));
  }

  get size(): number {
    return this.#set?.size ?? this.#listed.length / 2;
  }

  has(first: number, last: number): boolean {
    return this.#set === undefined ? this.#indexOf(first, last) >= 0 : this.#set.has(idText(first, last));
  }

  /** False where it is there. */
  add(first: number, last: number): boolean {
    if (this.has(first, last)) return false;
    if (this.#set === undefined && this.#listed.length < 2 * maxListed) this.#listed.push(first, last);
    else (this.#set ??= this.#asSet()).add(idText(first, last));
    return true;
  }

  /** False where it is not there. */
  delete(first: number, last: number): boolean {
    if (this.#set !== undefined) return this.#set.delete(idText(first, last));
    const at = this.#indexOf(first, last);
    if (at >= 0) this.#listed.splice(at, 2);
    return at >= 0;
  }

  #indexOf(first: number, last: number): number {
    for (let at = 0; at < this.#listed.length; at += 2) if (this.#listed[at] === first && this.#listed[at + 1] === last) return at;
    return -1;
  }

  #asSet(): Set<string> {
    const set = new Set<string>();
    for (let at = 0; at < this.#listed.length; at += 2) set.add(idText(this.#listed[at]!, this.#listed[at + 1]!));
    this.#listed = [];
    return set;
  }
}
