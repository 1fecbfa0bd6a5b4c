/**
 * A map that forgets what was not asked for lately, to stay within a weight. Two generations: what is used moves to the young one;
 * when that is half the weight it becomes the old one, and the old one goes. Every step costs the same, however full it is.
 */
export class RecentMap<V> {
  readonly #maxWeight: number;
  readonly #weightOf: (value: V) => number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();
  #youngWeight = 0;
  /** The young one that was used last: spans of a trace come one after the other. */
  #lastKey: string | undefined;
  #lastValue: V | undefined;

  constructor(maxWeight: number, weightOf: (value: V) => number) {
    this.#maxWeight = maxWeight;
    this.#weightOf = weightOf;
  }

  get(key: string): V | undefined {
    if (key === this.#lastKey) return this.#lastValue;
    const young = this.#young.get(key);
    if (young !== undefined) {
      this.#lastKey = key;
      this.#lastValue = young;
      return young;
    }
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#old.delete(key);
    this.set(key, old);
    return old;
  }

  /** Of a key that is not in the map. */
  set(key: string, value: V): void {
    this.#young.set(key, value);
    this.#youngWeight += this.#weightOf(value);
  }

  /** A value that was got or set since the last `trim` grew by this. */
  grew(weight: number): void {
    this.#youngWeight += weight;
  }

  delete(key: string): void {
    this.#forgetLast();
    const young = this.#young.get(key);
    if (young !== undefined) this.#youngWeight -= this.#weightOf(young);
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** Between uses: forgets what is too much. What was used since the last call stays. */
  trim(): void {
    if (this.#youngWeight <= this.#maxWeight / 2) return;
    this.#forgetLast();
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngWeight = 0;
  }

  #forgetLast(): void {
    this.#lastKey = undefined;
    this.#lastValue = undefined;
  }
}
