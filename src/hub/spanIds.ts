import { highBits, lowBits } from './idNumbers.ts';

/** Up to here a list is looked through: a trace seldom has more. */
const maxListed = 64;

/** The ids of a trace's spans. */
export class SpanIds {
  /** Two numbers each (idNumbers.ts). */
  #listed: number[] = [];
  #set: Set<string> | undefined;

  constructor(ids: Iterable<string>) {
    for (const id of ids) this.add(id);
  }

  get size(): number {
    return this.#set?.size ?? this.#listed.length / 2;
  }

  has(id: string): boolean {
    return this.#set === undefined ? this.#indexOf(id) >= 0 : this.#set.has(id);
  }

  /** False where it is there. */
  add(id: string): boolean {
    if (this.has(id)) return false;
    if (this.#set === undefined && this.#listed.length < 2 * maxListed) this.#listed.push(highBits(id), lowBits(id));
    else (this.#set ??= this.#asSet()).add(id);
    return true;
  }

  delete(id: string): void {
    const at = this.#set === undefined ? this.#indexOf(id) : -1;
    if (at >= 0) this.#listed.splice(at, 2);
    this.#set?.delete(id);
  }

  #indexOf(id: string): number {
    const high = highBits(id);
    for (let at = 0; at < this.#listed.length; at += 2) if (this.#listed[at] === high && this.#listed[at + 1] === lowBits(id)) return at;
    return -1;
  }

  #asSet(): Set<string> {
    const set = new Set<string>();
    for (let at = 0; at < this.#listed.length; at += 2) {
      const high = this.#listed[at]!;
      set.add(high.toString(16).padStart(13, '0') + this.#listed[at + 1]!.toString(16).padStart(3, '0'));
    }
    this.#listed = [];
    return set;
  }
}
