/** Bits a word, and how many of them are set: about one in fifty words that are not there seems to be. */
const bitsPerWord = 8;
const hashes = 4;

/**
 * The words of a text, as a Bloom filter: what it does not have is not in the text. It spares reading every function of a
 * workspace for the few that are asked for. Words are runs of ASCII letters, digits and `_`, or of anything past ASCII.
 */
export class WordFilter {
  readonly #bits: Uint32Array;
  readonly #mask: number;

  constructor(...texts: readonly string[]) {
    const words = new Set<number>();
    for (const text of texts) eachWord(text, (hash) => words.add(hash));
    let size = 64;
    while (size < words.size * bitsPerWord) size *= 2;
    this.#bits = new Uint32Array(size / 32);
    this.#mask = size - 1;
    for (const hash of words) {
      for (let i = 0; i < hashes; i++) {
        const bit = this.#bit(hash, i);
        this.#bits[bit >>> 5]! |= 1 << (bit & 31);
      }
    }
  }

  /** False only where one of the words is not there. */
  mayHave(words: WordHashes): boolean {
    for (const hash of words) {
      for (let i = 0; i < hashes; i++) {
        const bit = this.#bit(hash, i);
        if ((this.#bits[bit >>> 5]! & (1 << (bit & 31))) === 0) return false;
      }
    }
    return true;
  }

  #bit(hash: number, i: number): number {
    return (hash + Math.imul(i, ((hash >>> 15) ^ Math.imul(hash, 0x9e3779b1)) | 1)) & this.#mask;
  }
}

export type WordHashes = readonly number[];

/** Of the words of a text, for `mayHave`. */
export function wordHashes(text: string): WordHashes {
  const all: number[] = [];
  eachWord(text, (hash) => all.push(hash));
  return all;
}

function eachWord(text: string, take: (hash: number) => void): void {
  let hash = 0;
  let inWord = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95 || code > 127) {
      if (!inWord) hash = 0x811c9dc5;
      inWord = true;
      hash = Math.imul(hash ^ code, 0x01000193);
    } else if (inWord) {
      inWord = false;
      take(hash >>> 0);
    }
  }
  if (inWord) take(hash >>> 0);
}
