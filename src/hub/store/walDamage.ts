import { closeSync, openSync, readSync } from 'node:fs';
import { pageBytes } from './schema.ts';

const headerBytes = 32;
const frameHeaderBytes = 24;
/** Its checksums are over words in the order of the machine that wrote it. */
const magicOfThisMachine = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0x377f0682 : 0x377f0683;
const framesAtOnce = 64;

/**
 * How many transactions stand in a write-ahead file behind the frame at which SQLite stops reading it: those were committed, and are lost.
 * 0 where nobody can tell, and after a process that was killed: what it leaves is at most one transaction that is not whole, and behind that frames of an
 * earlier generation, with other salts, or of transactions that were rolled back, which have no commit.
 *
 * SQLite ends the file silently at the first frame whose checksum is not that of all before it (sqlite.org/fileformat2.html, "The Write-Ahead Log"). A frame
 * counts here where it is of the same generation, ends a transaction, and its checksum follows from what the frame right before it says is its own: by chance
 * once in 2^64.
 * @throws Error where the file cannot be read
 */
export function lostTransactions(walFile: string): number {
  const file = openSync(walFile, 'r');
  try {
    const header = new DataView(new ArrayBuffer(headerBytes));
    if (readSync(file, header, 0, headerBytes, 0) < headerBytes) return 0;
    const chain = new Chain(header);
    const frameBytes = frameHeaderBytes + (chain.isWhole ? header.getUint32(8) : pageBytes);
    const buffer = new ArrayBuffer(framesAtOnce * frameBytes);
    const view = new DataView(buffer);
    const words = new Int32Array(buffer);
    for (let at = headerBytes; ; at += buffer.byteLength) {
      const frames = Math.floor(readSync(file, view, 0, buffer.byteLength, at) / frameBytes);
      for (let frame = 0; frame < frames; frame++) chain.add(view, words, frame * frameBytes, frameBytes);
      if (frames < framesAtOnce) return chain.lost;
    }
  } finally {
    closeSync(file);
  }
}

/** Frames in their order. */
class Chain {
  lost = 0;
  readonly #sum = new Int32Array(2);
  #salt1: number;
  #salt2: number;
  /** All so far is as SQLite reads it. */
  isWhole: boolean;
  #isFirst = true;

  constructor(header: DataView) {
    const words = new Int32Array(header.buffer);
    checksum(this.#sum, words, 0, 6);
    this.isWhole = header.getUint32(0) === magicOfThisMachine && header.getInt32(24) === this.#sum[0] && header.getInt32(28) === this.#sum[1];
    this.#salt1 = header.getUint32(16);
    this.#salt2 = header.getUint32(20);
  }

  add(view: DataView, words: Int32Array, at: number, frameBytes: number): void {
    if (this.#isFirst && !this.isWhole) {
      // SQLite reads nothing behind a broken header; the first frame is of its generation.
      this.#salt1 = view.getUint32(at + 8);
      this.#salt2 = view.getUint32(at + 12);
    }
    this.#isFirst = false;
    const sum = this.#sum;
    let follows = false;
    if (view.getUint32(at + 8) === this.#salt1 && view.getUint32(at + 12) === this.#salt2) {
      checksum(sum, words, at / 4, 2);
      checksum(sum, words, (at + frameHeaderBytes) / 4, (frameBytes - frameHeaderBytes) / 4);
      follows = view.getUint32(at) !== 0 && sum[0] === view.getInt32(at + 16) && sum[1] === view.getInt32(at + 20);
    }
    if (!follows) this.isWhole = false;
    else if (!this.isWhole && view.getUint32(at + 4) !== 0) this.lost++;
    sum[0] = view.getInt32(at + 16);
    sum[1] = view.getInt32(at + 20);
  }
}

function checksum(sum: Int32Array, words: Int32Array, from: number, count: number): void {
  let first = sum[0] as number;
  let second = sum[1] as number;
  for (let at = from; at < from + count; at += 2) {
    first = (first + (words[at] as number) + second) | 0;
    second = (second + (words[at + 1] as number) + first) | 0;
  }
  sum[0] = first;
  sum[1] = second;
}
