import type { SourceMapConsumer } from 'source-map';
import sourceMap from 'source-map';
import type { CalledName } from './calledName.ts';
import { calledNameAt } from './calledName.ts';
import { evaluatedText } from './evaluatedText.ts';
import { findLocal } from './findLocal.ts';
import type { PathRule } from './location.ts';
import { decodeDataUrl, sourceMappingUrl } from './mapReference.ts';
import { decodePercent, directoryOf, joinPath, parsePath } from './paths.ts';
import type { FileStamp } from './sourceFiles.ts';
import type { WorkspaceFile, WorkspaceFiles } from './workspaceFiles.ts';

const maxMapBytes = 256 * 1024 * 1024;
/** Text of maps that stay open; at least one does. What a consumer keeps is about five times that. */
const maxOpenBytes = 64 * 1024 * 1024;
const maxOpenMaps = 256;
const maxReferences = 1024;
const maxSectionDepth = 4;
const maxSections = 10_000;
/** Stands before a source's number, for which the consumer then reckons no path. */
const numberScheme = 'n:';
/** Under which a map's folder is kept while it is opened. */
const directoryKey = Symbol('directory');
/** The largest number the consumer's 32 bits hold; as a column, the end of the line. */
const maxNumber = 0x7fff_ffff;

export type MapAnswer =
  /** The file is not said to be generated from anything. */
  | { readonly kind: 'noMap' }
  /** It is, but its map cannot be used. */
  | { readonly kind: 'broken'; readonly reason: string }
  /** The map has no source for that position: the tool's own glue. */
  | { readonly kind: 'unmapped'; readonly map: string }
  | { readonly kind: 'ambiguous'; readonly map: string }
  | {
      readonly kind: 'original';
      /** What the map is, for `explain`. */
      readonly map: string;
      readonly source: MapSource;
      /** 1-based. The column is undefined where the map has whole lines only. */
      readonly line: number;
      readonly column: number | undefined;
      /** Where it is undefined, what tells the column by the source's text. */
      readonly called: CalledName | undefined;
    };

export interface MapSource {
  /** Of the map that names it, which a section of another map may be. */
  readonly mapDirectory: string;
  /** As the map has it. */
  readonly name: string;
  readonly sourceRoot: string;
  readonly content: string | undefined;
}

interface OpenMap {
  readonly label: string;
  /** Whether it tells columns apart. A "cheap" one of webpack does not. */
  readonly hasColumns: boolean;
  readonly consumer: SourceMapConsumer;
  readonly sources: readonly MapSource[];
  readonly weight: number;
}

type MapEntry = { readonly kind: 'open'; readonly map: OpenMap } | { readonly kind: 'broken'; readonly reason: string };

/** How a generated file leads to its map. */
type Reference = { readonly kind: 'none' } | { readonly kind: 'inline' } | { readonly kind: 'url'; readonly url: string };

/**
 * The maps of generated files: found, parsed, kept while they are used, released. Answers are exact to the file's and the
 * map's time and size. Not for use by two callers at once: a map may be released between two answers.
 */
export class SourceMaps {
  readonly #files: WorkspaceFiles;
  readonly #rules: readonly PathRule[];
  readonly #references = new Map<string, Reference>();
  /** In order of use, the oldest first. */
  readonly #open = new Map<string, MapEntry>();
  #openBytes = 0;
  #last: { readonly key: string; readonly text: string } | undefined;

  constructor(files: WorkspaceFiles, rules: readonly PathRule[]) {
    this.#files = files;
    this.#rules = rules;
  }

  /** Where a generated position (1-based) comes from. Without a column it answers only where the whole line comes from one. */
  async original(generated: WorkspaceFile, line: number, column: number | undefined): Promise<MapAnswer> {
    const answer = this.#originalBy(await this.#mapOf(generated), line, column);
    return answer.kind === 'original' && answer.column === undefined ? withCalled(answer, await this.#lastText(generated), line, column) : answer;
  }

  /** As `original`, for a position in the text that a file evaluates at `by` (1-based). */
  async originalOfEvaluated(file: WorkspaceFile, by: { readonly line: number; readonly column: number | undefined }, line: number, column: number | undefined): Promise<MapAnswer> {
    const key = `evaluated ${by.line}:${by.column ?? ''} ${identity(file)}`;
    const read = async (): Promise<string> => evaluatedText(await this.#lastText(file), by.line, by.column) ?? '';
    if (!this.#open.has(key)) {
      const url = sourceMappingUrl(await read());
      if (url === undefined || !/^data:/i.test(url)) return { kind: 'noMap' };
      await this.#entry(key, `the map inside ${file.nativePath}:${by.line}`, file, () => Promise.resolve(decodeDataUrl(url)));
    }
    const answer = this.#originalBy(this.#open.get(key), line, column);
    return answer.kind === 'original' && answer.column === undefined ? withCalled(answer, await read(), line, column) : answer;
  }

  /** The text of the file asked for last is kept: it evaluates all modules of a program. */
  async #lastText(file: WorkspaceFile): Promise<string> {
    const key = identity(file);
    if (this.#last?.key !== key) this.#last = { key, text: (await this.#files.readText(file, maxMapBytes)) ?? '' };
    return this.#last.text;
  }

  #originalBy(entry: MapEntry | undefined, line: number, column: number | undefined): MapAnswer {
    if (entry === undefined) return { kind: 'noMap' };
    if (entry.kind === 'broken') return entry;
    const { map } = entry;
    try {
      return column === undefined ? originalOfLine(map, line) : originalAt(map, line, column - 1, sourceMap.SourceMapConsumer.GREATEST_LOWER_BOUND);
    } catch (error) {
      // The consumer reads the mappings at the first question. What cannot be read is not read again.
      const broken: MapEntry = { kind: 'broken', reason: `${map.label} cannot be read: ${messageOf(error)}` };
      if (/^Error parsing mappings/.test(messageOf(error))) this.#replace(entry, broken);
      return broken;
    }
  }

  #replace(entry: MapEntry, by: MapEntry): void {
    for (const [key, each] of this.#open) {
      if (each !== entry) continue;
      this.#open.set(key, by);
      this.#openBytes -= weightOf(entry);
      release(entry);
      return;
    }
  }

  close(): void {
    for (const entry of this.#open.values()) release(entry);
    this.#open.clear();
    this.#references.clear();
    this.#openBytes = 0;
    this.#last = undefined;
  }

  async #mapOf(generated: WorkspaceFile): Promise<MapEntry | undefined> {
    const reference = await this.#reference(generated);
    if (reference.kind === 'inline') {
      return this.#entry(`inline ${identity(generated)}`, `the map inside ${generated.nativePath}`, generated, async () => {
        const text = await this.#files.readText(generated, maxMapBytes);
        const url = text === undefined ? undefined : sourceMappingUrl(text);
        return url === undefined ? undefined : decodeDataUrl(url);
      });
    }
    const named = reference.kind === 'url' ? await this.#findMap(reference.url, generated) : undefined;
    const beside = named?.file === undefined ? await this.#files.find(`${generated.path}.map`) : undefined;
    const file = named?.file ?? (beside?.kind === 'file' ? beside.file : undefined);
    if (file === undefined) {
      return reference.kind === 'none' ? undefined : { kind: 'broken', reason: `the map of ${generated.nativePath} is not there: ${named?.reason ?? ''}` };
    }
    if (file.size > maxMapBytes) return { kind: 'broken', reason: `${file.nativePath} is larger than ${maxMapBytes / 1024 / 1024} MiB` };
    return this.#entry(identity(file), file.nativePath, file, () => this.#files.readText(file, maxMapBytes));
  }

  async #reference(generated: WorkspaceFile): Promise<Reference> {
    const key = identity(generated);
    let reference = this.#references.get(key);
    if (reference === undefined) {
      const text = await this.#files.readText(generated, maxMapBytes);
      const url = text === undefined ? undefined : sourceMappingUrl(text);
      reference = url === undefined ? { kind: 'none' } : /^data:/i.test(url) ? { kind: 'inline' } : { kind: 'url', url };
      if (this.#references.size >= maxReferences) this.#references.clear();
      this.#references.set(key, reference);
    }
    return reference;
  }

  async #findMap(url: string, generated: WorkspaceFile): Promise<{ readonly file: WorkspaceFile | undefined; readonly reason: string }> {
    const bare = url.replace(/[?#].*$/s, '');
    const reasons: string[] = [];
    for (const name of new Set([bare, decodePercent(bare)])) {
      const parsed = parsePath(name);
      if (parsed.kind === 'refused') {
        reasons.push(parsed.reason);
      } else if (parsed.kind === 'relative') {
        const lookup = await this.#files.find(joinPath(directoryOf(generated.path), parsed.path));
        if (lookup.kind === 'file') return { file: lookup.file, reason: '' };
        reasons.push(lookup.reason);
      } else {
        const { found, tries } = await findLocal(parsed, this.#rules, this.#files);
        if (found !== undefined) return { file: found.file, reason: '' };
        reasons.push(...tries.flatMap(({ lookup }) => (lookup.kind === 'file' ? [] : [lookup.reason])));
        if (tries.length === 0) reasons.push(`${name} is no path of this machine`);
      }
    }
    return { file: undefined, reason: reasons[0] ?? '' };
  }

  async #entry(key: string, label: string, file: WorkspaceFile, read: () => Promise<string | undefined>): Promise<MapEntry> {
    let entry = this.#open.get(key);
    if (entry === undefined) {
      try {
        const text = await read();
        entry = text === undefined ? { kind: 'broken', reason: `${label} cannot be read` } : { kind: 'open', map: await this.#openMap(text, label, file) };
      } catch (error) {
        entry = { kind: 'broken', reason: `${label} cannot be read: ${messageOf(error)}` };
      }
      this.#openBytes += weightOf(entry);
    }
    this.#open.delete(key);
    this.#open.set(key, entry);
    this.#evict();
    return entry;
  }

  /** @throws Error where the text is no source map of version 3 */
  async #openMap(text: string, label: string, file: WorkspaceFile): Promise<OpenMap> {
    const sources: MapSource[] = [];
    const parts: string[] = [];
    const raw = await this.#withSections(parseMap(text), file, maxSectionDepth);
    const consumer = await new sourceMap.SourceMapConsumer(numbered(raw, sources, parts, maxSectionDepth) as never);
    return { label, hasColumns: parts.some((mappings) => mappings.includes(',')), consumer, sources, weight: text.length };
  }

  /** The map with the sections that it names by URL read in, as maps were allowed to until ECMA-426 took that out. Each map gets its own folder. */
  async #withSections(raw: unknown, file: WorkspaceFile, depth: number): Promise<unknown> {
    if (!isObject(raw)) return raw;
    const { sections } = raw;
    if (!Array.isArray(sections)) return { ...raw, [directoryKey]: directoryOf(file.path) };
    if (depth === 0) throw new Error('its sections are nested too deep');
    if (sections.length > maxSections) throw new Error(`it has more than ${maxSections} sections`);
    const read: unknown[] = [];
    for (const section of sections as readonly unknown[]) {
      if (!isObject(section)) throw new Error('a section has no offset or no map');
      if (isObject(section['map'])) {
        read.push({ ...section, map: await this.#withSections(section['map'], file, depth - 1) });
      } else {
        const { url } = section;
        if (typeof url !== 'string') throw new Error('a section has no offset or no map');
        const { file: part, reason } = await this.#findMap(url, file);
        const text = part === undefined ? undefined : await this.#files.readText(part, maxMapBytes);
        if (part === undefined || text === undefined) throw new Error(`a section's map ${url} is not there: ${reason}`);
        read.push({ ...section, map: await this.#withSections(parseMap(text), part, depth - 1) });
      }
    }
    return { ...raw, sections: read };
  }

  #evict(): void {
    for (const [key, entry] of this.#open) {
      if (this.#open.size === 1 || (this.#openBytes <= maxOpenBytes && this.#open.size <= maxOpenMaps)) return;
      this.#open.delete(key);
      this.#openBytes -= weightOf(entry);
      release(entry);
    }
  }
}

/** Has the library's WebAssembly loaded and compiled, which the first map would else wait for. */
export async function warmUpSourceMaps(): Promise<void> {
  const mappings = Array.from({ length: 1000 }, () => 'AAAA,IAAI,OAAO,QAAQ,CAAC,EAAE,UAAU,gBAAgB').join(';');
  // What is called often is compiled once more, while others have their turn.
  for (let i = 0; i < 3; i++) {
    const consumer = await new sourceMap.SourceMapConsumer({ version: 3, mappings, sources: ['0'], names: [], file: '' });
    consumer.originalPositionFor({ line: 1, column: 0 });
    consumer.destroy();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function release(entry: MapEntry): void {
  if (entry.kind === 'open') entry.map.consumer.destroy();
}

function weightOf(entry: MapEntry): number {
  return entry.kind === 'open' ? entry.map.weight : 0;
}

function identity(file: FileStamp & { readonly path: string }): string {
  return `${file.path}|${file.mtimeMs}|${file.size}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function parseMap(text: string): unknown {
  // Some servers put a line in front that keeps the JSON from being run (ECMA-426, "Fetching and decoding").
  return JSON.parse(text.replace(/^\ufeff/, '').replace(/^\)\]\}'[^\n]*\n/, ''));
}

/** The consumer's columns are 0-based; here and nowhere else are they converted. */
function originalAt(map: OpenMap, line: number, column0: number, bias: number): MapAnswer {
  if (line > maxNumber || column0 > maxNumber) return { kind: 'unmapped', map: map.label };
  const position = map.consumer.originalPositionFor({ line, column: column0, bias });
  const source = position.source === null ? undefined : map.sources[Number(position.source.slice(numberScheme.length))];
  if (source === undefined || source.name === '' || position.line === null || position.column === null) return { kind: 'unmapped', map: map.label };
  return { kind: 'original', map: map.label, source, line: position.line, column: map.hasColumns ? position.column + 1 : undefined, called: undefined };
}

/** A map of whole lines is helped by the name that is called there. */
function withCalled(answer: Extract<MapAnswer, { kind: 'original' }>, text: string, line: number, column: number | undefined): MapAnswer {
  const lineText = column === undefined ? undefined : text.split('\n', line)[line - 1];
  return lineText === undefined || column === undefined ? answer : { ...answer, called: calledNameAt(lineText, column) };
}

function originalOfLine(map: OpenMap, line: number): MapAnswer {
  const { GREATEST_LOWER_BOUND, LEAST_UPPER_BOUND } = sourceMap.SourceMapConsumer;
  const first = originalAt(map, line, 0, LEAST_UPPER_BOUND);
  const last = originalAt(map, line, maxNumber, GREATEST_LOWER_BOUND);
  if (first.kind !== 'original' || last.kind !== 'original') return first;
  return first.source === last.source && first.line === last.line ? first : { kind: 'ambiguous', map: map.label };
}

/**
 * The map as the consumer gets it: sources by number, since it would take their names for URLs, which many are not; no
 * texts; names blanked, since a minified program's are never shown.
 */
function numbered(raw: unknown, sources: MapSource[], parts: string[], depth: number): object {
  if (!isObject(raw)) throw new Error('it is no JSON object');
  if (Array.isArray(raw['sections'])) {
    if (depth === 0) throw new Error('its sections are nested too deep');
    let before = { line: 0, column: 0 };
    const sections = raw['sections'].map((section: unknown) => {
      if (!isObject(section) || !isObject(section['offset']) || !isObject(section['map'])) throw new Error('a section has no offset or no map');
      const offset = offsetOf(section['offset']);
      // Seen before the library has begun with any: what it rejects of those before, nobody would wait for.
      if (offset.line < before.line || (offset.line === before.line && offset.column < before.column)) throw new Error('its sections are not in order');
      before = offset;
      return { offset, map: numbered(section['map'], sources, parts, depth - 1) };
    });
    return { version: raw['version'], sections };
  }
  const { version, mappings } = raw;
  const names = raw['sources'];
  if (!Array.isArray(names)) throw new Error('it lists no sources');
  if (typeof mappings !== 'string') throw new Error('it has no mappings');
  const sourceRoot = typeof raw['sourceRoot'] === 'string' ? raw['sourceRoot'] : '';
  const contents: readonly unknown[] = Array.isArray(raw['sourcesContent']) ? raw['sourcesContent'] : [];
  const mapDirectory = String(raw[directoryKey] ?? '');
  parts.push(mappings);
  const first = sources.length;
  names.forEach((name: unknown, i) => {
    const content = contents[i];
    sources.push({ mapDirectory, name: typeof name === 'string' ? name : '', sourceRoot, content: typeof content === 'string' ? content : undefined });
  });
  return {
    version,
    mappings,
    sources: names.map((_, i) => `${numberScheme}${first + i}`),
    names: Array.isArray(raw['names']) ? raw['names'].map(() => '') : [],
  };
}

function offsetOf({ line, column }: Readonly<Record<string, unknown>>): { readonly line: number; readonly column: number } {
  const isPlace = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  if (!isPlace(line) || !isPlace(column)) throw new Error('the offset of a section is no place');
  return { line, column };
}

function isObject(value: unknown): value is Record<string | typeof directoryKey, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
