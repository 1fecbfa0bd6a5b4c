import { appendFile, mkdir, open, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PastPlace, PastText } from './pastPlace.ts';

const fileName = 'places.jsonl';
const maxFileBytes = 8 * 1024 * 1024;
/** A text of more lines is named, and its lines are not kept. */
const maxLines = 20_000;

/** One line of the file. */
type Entry =
  | { readonly text: string; readonly marks: string }
  | { readonly site: string; readonly from: number; readonly place: PastPlace };

interface SeenPlace {
  readonly fromUnixMs: number;
  readonly place: PastPlace;
}

/**
 * Remembers where sites were in the texts that ran, in a file of the data folder that windows and commands add lines to. It holds
 * marks of lines, no source. Past its limit the older half is let go. Where there is no folder, or it cannot be written, it
 * remembers for as long as it lives.
 */
export class PlaceLog {
  readonly #file: string | undefined;
  readonly #maxBytes: number;
  readonly #places = new Map<string, SeenPlace[]>();
  readonly #texts = new Map<string, PastText>();
  /** In the order they came. */
  #entries: { readonly entry: Entry; readonly bytes: number }[] = [];
  #bytes = 0;
  #readTo = 0;
  #unwritten: Entry[] = [];
  #work: Promise<void> = Promise.resolve();

  constructor(dataDir: string | undefined, maxBytes = maxFileBytes) {
    this.#file = dataDir === undefined ? undefined : path.join(dataDir, fileName);
    this.#maxBytes = maxBytes;
  }

  /** Reads what others have added since. */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#read());
  }

  /** Where the site was in the text that a program could run then, in milliseconds since the epoch. */
  placeAt(site: string, unixMs: number): PastPlace | undefined {
    return this.#places.get(site)?.findLast(({ fromUnixMs }) => fromUnixMs <= unixMs)?.place;
  }

  /** undefined where the text is not kept. */
  text(id: string): PastText | undefined {
    return this.#texts.get(id);
  }

  /** The site is there in a text that programs ran from then on. */
  remember(site: string, fromUnixMs: number, place: PastPlace, marks: readonly string[]): void {
    if (!this.#texts.has(place.textId) && marks.length <= maxLines) this.#add({ text: place.textId, marks: marks.join(' ') });
    this.#add({ site, from: fromUnixMs, place });
  }

  /** Resolves when all that is remembered is in the file, or cannot be. */
  written(): Promise<void> {
    return this.#inTurn(() => this.#write());
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch(() => undefined);
    return this.#work;
  }

  #add(entry: Entry): void {
    this.#take(entry, JSON.stringify(entry).length + 1);
    this.#unwritten.push(entry);
  }

  #take(entry: Entry, bytes: number): void {
    this.#entries.push({ entry, bytes });
    this.#bytes += bytes;
    if ('text' in entry) {
      this.#texts.set(entry.text, { id: entry.text, marks: entry.marks.split(' ') });
      return;
    }
    const places = this.#places.get(entry.site) ?? [];
    const before = places.findLastIndex(({ fromUnixMs }) => fromUnixMs <= entry.from) + 1;
    this.#places.set(entry.site, places.toSpliced(before, 0, { fromUnixMs: entry.from, place: entry.place }));
  }

  async #read(): Promise<void> {
    if (this.#file === undefined) return;
    const size = await stat(this.#file).then((found) => found.size, () => 0);
    // Another one let the older half go: what is here is as good.
    if (size < this.#readTo) this.#readTo = size;
    if (size === this.#readTo) return;
    await using file = await open(this.#file, 'r');
    const bytes = Buffer.alloc(Math.min(size - this.#readTo, 4 * this.#maxBytes));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, this.#readTo);
    const end = bytes.subarray(0, bytesRead).lastIndexOf('\n') + 1;
    this.#readTo += end;
    for (const line of bytes.toString('utf8', 0, end).split('\n')) {
      const entry = readEntry(line);
      if (entry !== undefined && !this.#has(entry)) this.#take(entry, line.length + 1);
    }
  }

  #has(entry: Entry): boolean {
    if ('text' in entry) return this.#texts.has(entry.text);
    return this.#places.get(entry.site)?.some(({ fromUnixMs, place }) => fromUnixMs === entry.from && place.textId === entry.place.textId) === true;
  }

  async #write(): Promise<void> {
    const entries = this.#unwritten;
    this.#unwritten = [];
    if (this.#bytes > this.#maxBytes) this.#letGo();
    if (this.#file === undefined || entries.length === 0) return;
    await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    const size = await stat(this.#file).then((found) => found.size, () => 0);
    if (size > this.#maxBytes) {
      const temporary = `${this.#file}.${process.pid}`;
      await writeFile(temporary, this.#entries.map(({ entry }) => `${JSON.stringify(entry)}\n`).join(''), { mode: 0o600 });
      await rename(temporary, this.#file);
    } else {
      await appendFile(this.#file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''), { mode: 0o600 });
    }
  }

  /** Keeps the newer half, with the texts its places are of. */
  #letGo(): void {
    const kept: { readonly entry: Entry; readonly bytes: number }[] = [];
    const texts = new Map<string, { readonly entry: Entry; readonly bytes: number }>();
    for (const each of this.#entries) if ('text' in each.entry) texts.set(each.entry.text, each);
    let bytes = 0;
    for (const each of this.#entries.toReversed()) {
      if ('text' in each.entry) continue;
      const text = texts.get(each.entry.place.textId);
      texts.delete(each.entry.place.textId);
      bytes += each.bytes + (text?.bytes ?? 0);
      if (bytes > this.#maxBytes / 2) break;
      kept.push(each, ...(text === undefined ? [] : [text]));
    }
    this.#entries = [];
    this.#places.clear();
    this.#texts.clear();
    this.#bytes = 0;
    for (const { entry, bytes: own } of kept.reverse()) this.#take(entry, own);
  }
}

/** undefined where the line is none of ours: cut short, or by a later version. */
function readEntry(line: string): Entry | undefined {
  try {
    const entry = JSON.parse(line) as Record<string, unknown>;
    if (typeof entry['text'] === 'string' && typeof entry['marks'] === 'string') return { text: entry['text'], marks: entry['marks'] };
    const place = entry['place'];
    if (typeof entry['site'] !== 'string' || typeof entry['from'] !== 'number' || !isPastPlace(place)) return undefined;
    return { site: entry['site'], from: entry['from'], place };
  } catch {
    return undefined;
  }
}

function isPastPlace(value: unknown): value is PastPlace {
  if (typeof value !== 'object' || value === null) return false;
  const { file, textId, line, inset, via, inferred, function: ran } = value as Record<string, unknown>;
  const isPlace = typeof file === 'string' && typeof textId === 'string' && isCount(line) && isCount(inset) && typeof inferred === 'boolean'
    && Array.isArray(via) && via.every((rule) => typeof rule === 'string');
  if (!isPlace || ran === undefined) return isPlace;
  if (typeof ran !== 'object' || ran === null) return false;
  const { name, startLine, endLine } = ran as Record<string, unknown>;
  return typeof name === 'string' && isCount(startLine) && isCount(endLine);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
