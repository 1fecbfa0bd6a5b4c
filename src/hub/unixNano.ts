/**
 * Arithmetic of times, which are whole numbers of 64 bits without a sign, by their halves: that of BigInts makes an object for each result, for each
 * span that comes.
 */
const words = new BigUint64Array(2);
const halves = new Uint32Array(words.buffer);
const [low, high] = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? [0, 1] as const : [1, 0] as const;
const half = 0x1_0000_0000;

/** As a number, rounded to the nearest. */
export function asNumber(unixNano: bigint): number {
  words[0] = unixNano;
  return (halves[high] as number) * half + (halves[low] as number);
}

/** In nanoseconds, below zero where `to` is the earlier one; exact up to 2^53. */
export function nsBetween(from: bigint, to: bigint): number {
  words[0] = from;
  words[1] = to;
  return ((halves[high + 2] as number) - (halves[high] as number)) * half + ((halves[low + 2] as number) - (halves[low] as number));
}

/** Of seconds, of ten digits at most, and the nanoseconds that are over. */
export function ofSeconds(seconds: number, rest: number): bigint {
  // Neither part of the product passes 2^53.
  const above = Math.floor(seconds / 65_536) * 1e9;
  const below = (seconds % 65_536) * 1e9 + rest + (above % 65_536) * 65_536;
  halves[low] = below % half;
  halves[high] = Math.floor(above / 65_536) + Math.floor(below / half);
  return words[0] as bigint;
}
