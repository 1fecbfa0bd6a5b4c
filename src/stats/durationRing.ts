/** The last `capacity` durations with the spans' starts, oldest overwritten first. Grows as needed, since most operations have few. */
export class DurationRing {
  readonly #capacity: number;
  #durations = new Float64Array(8);
  #starts = new Float64Array(8);
  #added = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(durationNs: number, startNs: number): void {
    if (this.#added === this.#durations.length && this.#durations.length < this.#capacity) {
      this.#durations = this.#grown(this.#durations);
      this.#starts = this.#grown(this.#starts);
    }
    const at = this.#added % this.#durations.length;
    this.#durations[at] = durationNs;
    this.#starts[at] = startNs;
    this.#added++;
  }

  /** In no particular order, the starts in the same. Views: copy them to keep them. */
  values(): { readonly durationsNs: Float64Array; readonly startsNs: Float64Array } {
    const count = Math.min(this.#added, this.#durations.length);
    return { durationsNs: this.#durations.subarray(0, count), startsNs: this.#starts.subarray(0, count) };
  }

  #grown(values: Float64Array): Float64Array<ArrayBuffer> {
    const grown = new Float64Array(Math.min(values.length * 2, this.#capacity));
    grown.set(values);
    return grown;
  }
}
