/** Texts of OTLP/JSON that stand for a number or an id, read from their bytes. */
import { leaveIt } from './skimAttributes.ts';

/** The number that digits make; -1 where one is none. Exact up to 15. */
export function digits(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

const word = new BigUint64Array(1);
const halves = new Uint32Array(word.buffer);
const [low, high] = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? [0, 1] as const : [1, 0] as const;

/**
 * Of seconds, of ten digits at most, and the nanoseconds that are over, in 64 bits: one object is made, where the arithmetic of BigInts makes five.
 */
export function nanoseconds(seconds: number, rest: number): bigint {
  // Neither part of the product passes 2^53.
  const above = Math.floor(seconds / 65_536) * 1e9;
  const below = (seconds % 65_536) * 1e9 + rest + (above % 65_536) * 65_536;
  halves[low] = below % 0x1_0000_0000;
  halves[high] = Math.floor(above / 65_536) + Math.floor(below / 0x1_0000_0000);
  return word[0] as bigint;
}

/** Of 32 lower-case hex digits. @throws Error where it is left to the decoder */
export function traceIdText(bytes: Uint8Array, start: number): string {
  requireHex(bytes, start, start + 32);
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, 32).toString('latin1');
}

/** Of eight, as a signed number (idWords.ts). @throws Error as `traceIdText` */
export function hexWord(bytes: Uint8Array, start: number): number {
  requireHex(bytes, start, start + 8);
  let value = 0;
  // The letters' last four bits count from one.
  for (let at = start; at < start + 8; at++) value = (value << 4) | (((bytes[at] as number) & 15) + ((bytes[at] as number) > 0x39 ? 9 : 0));
  return value;
}

/** Upper-case ones are left to the decoder too. */
function requireHex(bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (!((byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66))) throw leaveIt;
  }
}
