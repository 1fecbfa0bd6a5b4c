const slots = 4096;
/** What is longer seldom comes again, or is compared for longer than it takes to read it. */
const maxBytes = 200;

/**
 * The texts that were read lately, by their bytes in UTF-8: the same few hundred names, routes and files come with every request. A table of fixed size,
 * where a newcomer takes the place of what has the same slot; each is one string, which is hashed once.
 */
export class KnownTexts {
  readonly #bytes: (DataView | undefined)[] = new Array<DataView | undefined>(slots).fill(undefined);
  readonly #texts: string[] = new Array<string>(slots).fill('');

  /** undefined where it is too long. The caller sees to it that the bytes are there. */
  text(bytes: DataView, start: number, length: number): string | undefined {
    if (length === 0) return '';
    if (length > maxBytes) return undefined;
    const end = start + length;
    // Names differ at their end, and where a number stands in their middle.
    let hash = length;
    if (length >= 8) {
      hash = Math.imul(hash, 31) + bytes.getUint32(end - 4);
      hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) + bytes.getUint32(end - 8);
    } else {
      for (let at = start; at < end; at++) hash = Math.imul(hash, 31) + bytes.getUint8(at);
    }
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) + bytes.getUint8(start + (length >> 1));
    hash = Math.imul(hash ^ (hash >>> 15), 0x297a2d39) + bytes.getUint8(start + (length >> 2));
    const slot = (hash ^ (hash >>> 15)) & (slots - 1);
    const known = this.#bytes[slot];
    if (known !== undefined && known.byteLength === length && isSame(known, bytes, start)) return this.#texts[slot];
    const own = new Uint8Array(bytes.buffer, bytes.byteOffset + start, length).slice();
    const text = Buffer.from(own.buffer, 0, length).toString('utf8');
    this.#bytes[slot] = new DataView(own.buffer);
    this.#texts[slot] = text;
    return text;
  }
}

function isSame(known: DataView, bytes: DataView, start: number): boolean {
  const length = known.byteLength;
  let at = 0;
  for (; at + 4 <= length; at += 4) if (known.getUint32(at) !== bytes.getUint32(start + at)) return false;
  for (; at < length; at++) if (known.getUint8(at) !== bytes.getUint8(start + at)) return false;
  return true;
}
