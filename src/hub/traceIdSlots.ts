/** How many trace ids of a request are told apart at a time. */
const slots = 64;

/** The trace ids of a request as they stand in it, so that each is one string for all its spans: a string that was hashed once is not hashed again. */
export class TraceIdSlots {
  readonly #bytes: Uint8Array;
  readonly #length: number;
  readonly #ids = new Array<string>(slots).fill('');
  readonly #at = new Int32Array(slots).fill(-1);

  /** `length`: bytes that an id takes, 16 or more. */
  constructor(bytes: Uint8Array, length: number) {
    this.#bytes = bytes;
    this.#length = length;
  }

  /** Of the id that stands there, which is whole. */
  of(at: number, make: (bytes: Uint8Array, at: number) => string): string {
    const bytes = this.#bytes;
    const length = this.#length;
    const last = at + length - 1;
    const slot = ((bytes[last] as number) ^ ((bytes[last - 1] as number) << 3) ^ (bytes[last - 4] as number) ^ (bytes[last - 8] as number)) % slots;
    const known = this.#at[slot] as number;
    if (known >= 0) {
      let same = 0;
      while (same < length && bytes[known + same] === bytes[at + same]) same++;
      if (same === length) return this.#ids[slot] as string;
    }
    const id = make(bytes, at);
    this.#ids[slot] = id;
    this.#at[slot] = at;
    return id;
  }
}
