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
