import { DecodeError } from './batch.ts';

/** Parsed at once: what is parsed of so much stays within a processor's cache and dies young. */
const pieceBytes = 64 * 1024;

const tab = 0x09, lineFeed = 0x0a, carriageReturn = 0x0d, space = 0x20, quote = 0x22, comma = 0x2c, colon = 0x3a;
const openBracket = 0x5b, backslash = 0x5c, closeBracket = 0x5d, openBrace = 0x7b, closeBrace = 0x7d;

/** From byte, to byte, from byte, … of runs of an array's elements. */
type Pieces = readonly number[];

/** An array of a JSON document that is parsed piece by piece as it is read, so that all of it is never on the heap. */
export class CutArray {
  readonly #bytes: Uint8Array;
  readonly #pieces: Pieces;
  readonly #onRead: (uptoByte: number) => void;
  #isRead = false;

  constructor(bytes: Uint8Array, pieces: Pieces, onRead: (uptoByte: number) => void) {
    this.#bytes = bytes;
    this.#pieces = pieces;
    this.#onRead = onRead;
  }

  /** Whether all of it was parsed, and so is known to be JSON. */
  get isRead(): boolean {
    return this.#isRead;
  }

  /** Its elements, some at a time. @throws DecodeError where it is not JSON */
  *parts(): Generator<readonly unknown[]> {
    for (let at = 0; at < this.#pieces.length; at += 2) {
      const to = this.#pieces[at + 1] as number;
      const part = parsed(`[${textOf(this.#bytes.subarray(this.#pieces[at], to))}]`) as readonly unknown[];
      // Nothing between two commas is an empty list of its own, but not in the whole.
      if (part.length === 0 && this.#pieces.length > 2) throw new DecodeError('not JSON: an element of an array is missing');
      yield part;
      this.#onRead(to);
    }
    this.#isRead = true;
  }
}

/** A JSON document with `CutArray`s in place of the arrays under some keys. */
export interface CutJson {
  readonly document: unknown;
  readonly arrays: readonly CutArray[];
}

/**
 * Cuts the arrays that are members of these names out of one JSON document. Of what is cut out only the brackets are looked at: that it is JSON is
 * known when each array was read. undefined where the bytes are not one document, or hold something else under such a name.
 * @param onRead hears of each piece that was read, up to which byte
 * @throws DecodeError where what is not cut out is no JSON
 */
export function cutJson(bytes: Uint8Array, names: readonly string[], onRead: (uptoByte: number) => void): CutJson | undefined {
  const cut = piecesUnder(bytes, names);
  if (cut === undefined || cut.length === 0) return undefined;
  const arrays = cut.map((pieces) => new CutArray(bytes, pieces, onRead));
  let rest = '';
  let from = 0;
  cut.forEach((pieces, index) => {
    // The array's number stands where it was, its brackets included.
    rest += textOf(bytes.subarray(from, (pieces[0] as number) - 1)) + String(index);
    from = (pieces[pieces.length - 1] as number) + 1;
  });
  rest += textOf(bytes.subarray(from));
  const wanted = new Set(names);
  const document = parsed(rest.replace(/^\uFEFF/, ''), (key, value: unknown) => (wanted.has(key) && typeof value === 'number' ? arrays[value] : value));
  return { document, arrays };
}

/**
 * Of each array under one of the names, in order:
 *
 *   {"resourceSpans":[{"scopeSpans":[{"spans":[{…},{…},{…},{…}]}]}]}
 *                                              └─piece─┘ └─piece─┘
 */
function piecesUnder(bytes: Uint8Array, names: readonly string[]): Pieces[] | undefined {
  const found: Pieces[] = [];
  let pieces: number[] = [];
  let from = 0;
  let depth = 0;
  /** Of the array that is being cut, one deeper than what holds it; 0 where there is none. */
  let cutDepth = 0;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case quote: {
        const start = at + 1;
        for (at++; at < bytes.length && bytes[at] !== quote; at++) if (bytes[at] === backslash) at++;
        if (cutDepth > 0 || !isOneOf(bytes, start, at, names)) break;
        const after = pastBlanks(bytes, at + 1);
        if (bytes[after] !== colon) break;
        const value = pastBlanks(bytes, after + 1);
        if (bytes[value] !== openBracket) return undefined;
        at = value;
        cutDepth = ++depth;
        pieces = [];
        from = at + 1;
        break;
      }
      case comma:
        if (depth === cutDepth && at - from >= pieceBytes) {
          pieces.push(from, at);
          from = at + 1;
        }
        break;
      case openBrace:
      case openBracket:
        depth++;
        break;
      case closeBrace:
      case closeBracket:
        if (depth === cutDepth) {
          pieces.push(from, at);
          found.push(pieces);
          cutDepth = 0;
        }
        depth--;
        // Lines of documents are read line by line.
        if (depth === 0) return cutDepth === 0 && pastBlanks(bytes, at + 1) === bytes.length ? found : undefined;
        break;
      default:
    }
  }
  return undefined;
}

function isOneOf(bytes: Uint8Array, from: number, to: number, names: readonly string[]): boolean {
  return names.some((name) => {
    if (name.length !== to - from) return false;
    for (let at = 0; at < name.length; at++) if (bytes[from + at] !== name.charCodeAt(at)) return false;
    return true;
  });
}

function pastBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === space || bytes[at] === lineFeed || bytes[at] === carriageReturn || bytes[at] === tab) at++;
  return at;
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new DecodeError('not JSON: no UTF-8 text', { cause: error });
  }
}

function parsed(text: string, revive?: (key: string, value: unknown) => unknown): unknown {
  try {
    return JSON.parse(text, revive);
  } catch (error) {
    throw new DecodeError(`not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
