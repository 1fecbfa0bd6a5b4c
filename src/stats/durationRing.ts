/** The last `capacity` durations, oldest overwritten first. Grows as needed, since most operations have few. */
export class DurationRing {
  readonly #capacity: number;
  #values = new Float64Array(8);
  #added = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(durationNs: number): void {
    if (this.#added === this.#values.length && this.#values.length < this.#capacity) {
      const grown = new Float64Array(Math.min(this.#values.length * 2, this.#capacity));
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#added % this.#values.length] = durationNs;
    this.#added++;
  }

  /** In no particular order. A view: copy it to keep it. */
  values(): Float64Array {
    return this.#values.subarray(0, Math.min(this.#added, this.#values.length));
  }
}
