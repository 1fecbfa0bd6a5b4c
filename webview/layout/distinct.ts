/** Which of many things are the same thing again, and how many different ones there are. */
export interface Distinct {
  readonly count: number;
  /** By index: the number of its kind, from 0 on in order of appearance; -1 for what was left out. */
  readonly numbers: Int32Array;
}

/**
 * Numbers things by what they are, in linear time and without an object for each: a hash table over typed arrays, since a Map of 100,000
 * keys would be felt. `hashOf` gives a whole number of 32 bits, or undefined for what is to be left out.
 */
export function distinct(length: number, hashOf: (index: number) => number | undefined, isSame: (a: number, b: number) => boolean): Distinct {
  const numbers = new Int32Array(length).fill(-1);
  let size = 16;
  while (size < length * 2) size *= 2;
  const firstOf = new Int32Array(size).fill(-1);
  let count = 0;
  for (let index = 0; index < length; index++) {
    const hash = hashOf(index);
    if (hash === undefined) continue;
    let slot = mixed(hash) & (size - 1);
    let first = firstOf[slot] ?? -1;
    while (first >= 0 && !isSame(first, index)) {
      slot = (slot + 1) & (size - 1);
      first = firstOf[slot] ?? -1;
    }
    if (first < 0) {
      firstOf[slot] = index;
      numbers[index] = count++;
    } else {
      numbers[index] = numbers[first] ?? -1;
    }
  }
  return { count, numbers };
}

/** One more whole number into a hash. */
export function hashWith(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193) ^ (hash >>> 15);
}

// The last step of MurmurHash3: every bit counts for the lowest ones.
function mixed(hash: number): number {
  let value = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
