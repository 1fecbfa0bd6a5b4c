const digits = new Uint8Array(128);
for (const [value, digit] of [...'0123456789abcdef'].entries()) digits[digit.charCodeAt(0)] = value;

/**
 * A span id of 16 hex digits as two numbers, its first 52 bits and the 12 others: a list of such numbers costs the garbage collector nothing,
 * where a list of strings is gone through again and again.
 */
export function highBits(spanId: string): number {
  return part(spanId, 0, 6) * 0x1000_0000 + part(spanId, 6, 13);
}

export function lowBits(spanId: string): number {
  return part(spanId, 13, 16);
}

function part(hex: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 16 + (digits[hex.charCodeAt(at)] as number);
  return value;
}
