const quote = 0x22, minus = 0x2d, zero = 0x30, nine = 0x39, backslash = 0x5c;

/** A text of four letters as a big-endian number. */
const four = (text: string) => Buffer.from(text, 'latin1').readUInt32BE(0);
const two = (text: string) => Buffer.from(text, 'latin1').readUInt16BE(0);
const keyWords = [four('{"ke'), four('y":"')] as const;
const valueWords = [four('","v'), four('alue'), four('":{"')] as const;
const stringWords = [four('stri'), four('ngVa'), four('lue"'), two(':"')] as const;
const intWords = [four('intV'), four('alue'), two('":')] as const;
const closing = two('}}');

/** Where the key is in a plain KeyValue that was found. */
export interface PlainKey {
  start: number;
  end: number;
}

/**
 * Most attributes of a JSON text are written alike, without a space or a backslash:
 *
 *     {"key":"…","value":{"stringValue":"…"}}   or   {"key":"…","value":{"intValue":"5"}}   or without the quotes
 *
 * The end of such a one, behind a look at each of its bytes, four at a time where they are always the same; 0 for any other.
 * @throws RangeError where the text ends within one
 */
export function plainKeyValueEnd(bytes: Uint8Array, view: DataView, start: number, key: PlainKey): number {
  if (view.getUint32(start) !== keyWords[0] || view.getUint32(start + 4) !== keyWords[1]) return 0;
  const keyEnd = plainTextEnd(bytes, start + 8);
  if (keyEnd < 0 || view.getUint32(keyEnd) !== valueWords[0] || view.getUint32(keyEnd + 4) !== valueWords[1] || view.getUint32(keyEnd + 8) !== valueWords[2]) return 0;
  key.start = start + 8;
  key.end = keyEnd;
  const at = keyEnd + 12;
  if (view.getUint32(at) === stringWords[0]) {
    if (view.getUint32(at + 4) !== stringWords[1] || view.getUint32(at + 8) !== stringWords[2] || view.getUint16(at + 12) !== stringWords[3]) return 0;
    const end = plainTextEnd(bytes, at + 14);
    return end < 0 || view.getUint16(end + 1) !== closing ? 0 : end + 3;
  }
  if (view.getUint32(at) !== intWords[0] || view.getUint32(at + 4) !== intWords[1] || view.getUint16(at + 8) !== intWords[2]) return 0;
  const isQuoted = bytes[at + 10] === quote;
  let digit = at + 10 + (isQuoted ? 1 : 0);
  if (bytes[digit] === minus) digit++;
  const first = digit;
  while ((bytes[digit] as number) >= zero && (bytes[digit] as number) <= nine) digit++;
  const count = digit - first;
  // A number begins with no zero; past fifteen digits not each is exact.
  if (count === 0 || count > 15 || (count > 1 && bytes[first] === zero)) return 0;
  if (isQuoted && bytes[digit++] !== quote) return 0;
  return view.getUint16(digit) === closing ? digit + 2 : 0;
}

/** Where the quote is that ends a string without a backslash or a control character; -1 where there is none. */
function plainTextEnd(bytes: Uint8Array, start: number): number {
  for (let at = start; ; at++) {
    const byte = bytes[at];
    if (byte === quote) return at;
    if (byte === undefined || byte === backslash || byte < 0x20) return -1;
  }
}
