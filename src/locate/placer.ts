import type { Site } from '../model/site.ts';
import type { CalledName } from './calledName.ts';
import { functionsCalled } from './functionsCalled.ts';
import type { SpanQuestion } from './index/spanQuestion.ts';
import type { SpanMatch } from './index/workspaceIndex.ts';
import type { LocateSettings } from './location.ts';
import { foreignReason } from './ownCode.ts';
import { findPackageFile, kotlinFunctionLine } from './packageFile.ts';
import type { ParsedSources } from './parsedSources.ts';
import { extensionOf, parsePath, relativeTo } from './paths.ts';
import { advice, type Build, type Failed, type Placed, type Placing, positionText, type ProgramPosition, type Say } from './placing.ts';
import { ProgramFiles } from './programFiles.ts';
import { findRustFile } from './rustCrate.ts';
import { type MapAnswer, SourceMaps } from './sourceMaps.ts';
import type { WorkspaceFile, WorkspaceFiles } from './workspaceFiles.ts';

/** A bundle of a bundle of compiled code is three; more is a circle. */
const maxHops = 5;
/** Only these are looked at for a map: a TypeScript file in a stack was mapped by its runtime already. */
const generatedExtensions: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs', '.jsx']);

/** Finds a place by what a span is called, as WorkspaceIndexer does. */
export interface SpanPlaces {
  matchSpan(question: SpanQuestion): Promise<SpanMatch>;
}

/** Finds the line of the workspace that a position of a program is of: through path rules, source maps, packages and symbols. */
export class Placer {
  readonly #files: WorkspaceFiles;
  readonly #program: ProgramFiles;
  readonly #maps: SourceMaps;
  readonly #sources: ParsedSources;
  readonly #places: SpanPlaces | undefined;

  /** Without `places` nothing is found by name. */
  constructor(files: WorkspaceFiles, pathRules: LocateSettings['pathRules'], sources: ParsedSources, places: SpanPlaces | undefined) {
    this.#files = files;
    this.#program = new ProgramFiles(files, pathRules);
    this.#maps = new SourceMaps(files, pathRules);
    this.#sources = sources;
    this.#places = places;
  }

  /** Releases what maps hold. */
  close(): void {
    this.#maps.close();
  }

  /** A function that the span names, or the one place of the workspace that its name or its route fits; undefined where there is none. */
  async placeByName(site: Site, say: Say): Promise<Placed | undefined> {
    const { naming, functionName, namespace, language } = site;
    if (this.#places === undefined || (naming === undefined && functionName === undefined)) return undefined;
    const match = await this.#places.matchSpan({ ...naming, functionName, namespace, language });
    const asked = functionName ?? [naming?.httpMethod, naming?.httpRoute].filter((part) => part !== undefined).join(' ');
    const input = [asked, naming?.name].filter((part) => part !== undefined && part !== '').join(', ');
    if (match.entry === undefined) {
      say(match.rule ?? 'name', input, match.reason);
      return undefined;
    }
    const { file, line, column } = match.entry;
    say(match.rule, input, positionText(file, line, column));
    if (match.service !== undefined) say('service', naming?.service ?? '', `of several places that fit, the one in ${match.service}: no other folder of the workspace is that service`);
    const foreign = await this.#foreignInWorkspace(file);
    if (foreign !== undefined) {
      say('ownCode', file, `passed over: ${foreign}`);
      return undefined;
    }
    const lookup = await this.#files.find(file);
    // A function is what the span itself said; a name or a route is our inference.
    return lookup.kind === 'file' ? { kind: 'placed', file: lookup.file, line, column, via: [match.rule === 'function' ? 'symbol' : match.rule, ...(match.service === undefined ? [] : ['service'])] } : undefined;
  }

  /** Why a file of the workspace is other people's code, which some keep with their own. */
  async #foreignInWorkspace(file: string): Promise<string | undefined> {
    const folder = (await this.#files.folders()).find((each) => relativeTo(each, file) !== undefined);
    return folder === undefined ? undefined : foreignReason(relativeTo(folder, file) ?? '');
  }

  /** Where the first of the positions that is the program's own code is, or why it cannot be placed; undefined where none is. */
  async firstPlaced(positions: readonly ProgramPosition[], site: Site, say: Say): Promise<Placed | Failed | undefined> {
    for (const position of positions) {
      const placing = await this.place(position, site, say);
      if (placing.kind !== 'foreign') return placing;
    }
    return undefined;
  }

  async place(position: ProgramPosition, site: Site, say: Say): Promise<Placing> {
    const packaged = position.className === undefined ? undefined : await this.#placeInPackage(position.className, position, say);
    if (packaged !== undefined) return packaged;
    if (position.method !== undefined) return this.#placeMethod(position.method, position, site, say);
    const { evaluated } = position;
    const shown = positionText(evaluated?.name ?? position.file, position.line, position.column);
    const foreign = foreignReason(position.file) ?? (evaluated?.name === undefined ? undefined : foreignReason(evaluated.name));
    if (foreign !== undefined) {
      say('ownCode', shown, `passed over: ${foreign}`);
      return { kind: 'foreign' };
    }
    const start = await this.#program.find(position.file, say);
    if (start.file === undefined) return (await this.#placeRelative(position, site, say)) ?? { kind: 'failed', outcome: start.outcome };
    const via: string[] = [position.from, start.via];
    if (position.line === undefined) return this.#placeBySymbol(start.file, site, via, say);

    let at: { readonly file: WorkspaceFile; readonly line: number; readonly column: number | undefined; readonly called?: CalledName } = { file: start.file, line: position.line, column: position.column };
    const passed = new Set<string>();
    let built: Build | undefined;
    while (generatedExtensions.has(extensionOf(at.file.path))) {
      const isEvaluated = evaluated !== undefined && passed.size === 0;
      const answer = await (isEvaluated ? this.#maps.originalOfEvaluated(at.file, evaluated, at.line, at.column) : this.#maps.original(at.file, at.line, at.column));
      if (answer.kind === 'noMap') {
        if (!isEvaluated) break;
        say('sourceMap', shown, 'evaluated text without a source map');
        // What has no name is passed over as code of no file; a bundler's module is the program's.
        return evaluated.name === undefined ? { kind: 'foreign' } : { kind: 'failed', outcome: `${evaluated.name} is text that ${at.file.nativePath} evaluates, and has no source map. ${advice.eval}` };
      }
      if (passed.size === maxHops) return { kind: 'failed', outcome: `more than ${maxHops} source maps lead on from ${start.file.nativePath}. ${advice.map}` };
      passed.add(at.file.path);
      const input = positionText(at.file.nativePath, at.line, at.column);
      if (answer.kind !== 'original') {
        say('sourceMap', input, mapTrouble(answer));
        return answer.kind === 'unmapped' ? { kind: 'foreign' } : { kind: 'failed', outcome: `${mapTrouble(answer)}. ${advice.map}` };
      }
      const { source } = answer;
      built = { newestUnixMs: Math.max(at.file.mtimeMs, built?.newestUnixMs ?? 0), lastUnixMs: at.file.mtimeMs, text: source.content };
      say('sourceMap', input, `${positionText(source.sourceRoot + source.name, answer.line, answer.column)} by ${answer.map}`);
      const foreignSource = foreignReason(source.name) ?? foreignReason(source.sourceRoot + source.name);
      if (foreignSource !== undefined) {
        say('ownCode', source.name, `passed over: ${foreignSource}`);
        return { kind: 'foreign' };
      }
      const next = await this.#program.findSource(answer, say);
      if (next.file === undefined) return { kind: 'failed', outcome: next.outcome };
      if (next.via !== 'exact' && !via.includes(next.via)) via.push(next.via);
      if (!via.includes('sourceMap')) via.push('sourceMap');
      if (passed.has(next.file.path) || extensionOf(next.file.path) === '.map') return { kind: 'failed', outcome: `the source maps of ${next.file.nativePath} lead in a circle. ${advice.map}` };
      at = { file: next.file, line: answer.line, column: answer.column, called: answer.called };
    }
    if (at.file.isOutput) {
      return { kind: 'failed', outcome: `${at.file.nativePath} is build output outside the workspace folders, and no source map leads on from it. ${advice.map}` };
    }
    return { kind: 'placed', ...at, via, said: position.functionName, built };
  }

  /** A relative path of which a module or a function says where it is. */
  async #placeRelative(position: ProgramPosition, site: Site, say: Say): Promise<Placing | undefined> {
    const parsed = parsePath(position.file);
    if (position.from !== 'attributes' || parsed.kind !== 'relative' || position.line === undefined) return undefined;
    if (site.language === 'rust' && site.namespace !== undefined) {
      const found = await findRustFile(parsed.path, site.namespace, this.#files);
      say('learned', `${parsed.path} of ${site.namespace}`, found.file === undefined ? found.reason : `${found.file.nativePath}, by the crate ${found.crate}`);
      return found.file === undefined ? undefined : { kind: 'placed', file: found.file, line: position.line, column: position.column, via: ['attributes', 'learned'] };
    }
    if (site.functionName === undefined) return undefined;
    const method = await this.#placeMethod(site.functionName, position, site, say);
    return method.kind === 'placed' ? method : undefined;
  }

  /** A method's file is the one that has it; one that no file of the workspace has is other people's code. */
  async #placeMethod(method: string, { from, className, file, line, column }: ProgramPosition, site: Site, say: Say): Promise<Placing> {
    // With symbols a frame names its whole path: a local function is no method of the class it is said to be of.
    if (from !== 'attributes' && line !== undefined && /[\\/]/.test(file)) {
      if (foreignReason(file) !== undefined) return { kind: 'foreign' };
      const start = await this.#program.find(file, say);
      if (start.file !== undefined) return { kind: 'placed', file: start.file, line, column, via: [from, start.via], said: method };
    }
    // By the class as a namespace: PHP's SDK writes a function of a namespace as it writes a method, and both are looked for.
    const namespace = from === 'attributes' ? site.namespace : className;
    const match = await this.#places?.matchSpan({ functionName: method, namespace, language: site.language });
    const entry = match?.entry;
    say('symbol', namespace === undefined ? method : `${method} of ${namespace}`, entry === undefined ? (match?.reason ?? 'the workspace is not looked at') : positionText(entry.file, entry.line, entry.column));
    const lookup = entry === undefined ? undefined : await this.#files.find(entry.file);
    if (entry === undefined || lookup?.kind !== 'file') {
      // Of several one is meant, and it is the program's.
      return match?.entry === undefined && match?.isAmbiguous === true ? { kind: 'failed', outcome: `${method} is ambiguous: ${match.reason}` } : { kind: 'foreign' };
    }
    if ((await this.#foreignInWorkspace(entry.file)) !== undefined) return { kind: 'foreign' };
    const base = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
    if (base !== '' && !lookup.file.path.endsWith(`/${base}`)) return { kind: 'foreign' };
    return { kind: 'placed', file: lookup.file, line: line ?? entry.line, column: line === undefined ? entry.column : column, via: [from, 'symbol'], ...(line === undefined ? {} : { said: method }) };
  }

  /** In the one file of that name that is of the class's package, where there is one: whatever its function is called, or overloaded. */
  async #placeInPackage(className: string, { from, method, file, line, column }: ProgramPosition, say: Say): Promise<Placing | undefined> {
    if (line === undefined || file === '' || /[\\/]/.test(file)) return undefined;
    const found = await findPackageFile(file, className, this.#files);
    if (found.kind === 'none') return undefined;
    say('symbol', `${file} of ${className}`, found.kind === 'file' ? found.file.nativePath : found.reason);
    if (found.kind === 'ambiguous') return { kind: 'failed', outcome: `${file} of ${className} is ambiguous: ${found.reason}` };
    if ((await this.#foreignInWorkspace(found.file.path)) !== undefined) return { kind: 'foreign' };
    // Kotlin numbers the lines of what it inlined past the end of the file that it inlined it into.
    const isInlined = line > found.lines.length && /\.kts?$/.test(file);
    const ofFunction = isInlined && method !== undefined ? kotlinFunctionLine(found.lines, method) : undefined;
    if (isInlined && ofFunction === undefined) return { kind: 'failed', outcome: `${file}:${line} is of a function that was inlined, and not one function in the file is ${method ?? 'named'}` };
    return { kind: 'placed', file: found.file, line: ofFunction ?? line, column: ofFunction === undefined ? column : undefined, via: [from, 'symbol'], ...(ofFunction === undefined ? { said: method } : {}) };
  }

  /** A file without a line is placed only by a function of that very name, and only where it is the one. */
  async #placeBySymbol(file: WorkspaceFile, site: Site, via: readonly string[], say: Say): Promise<Placing> {
    if (site.functionName === undefined) return { kind: 'failed', outcome: `the span names ${file.nativePath} and no line. ${advice.none}` };
    const name = site.namespace === undefined ? site.functionName : `${site.functionName} of ${site.namespace}`;
    const same = functionsCalled((await this.#sources.parse(file, this.#files))?.functions ?? [], site.functionName, site.namespace);
    say('symbol', name, `${same.length} functions of that name in ${file.nativePath}`);
    const [only] = same;
    if (only === undefined || same.length > 1) return { kind: 'failed', outcome: `the span names ${file.nativePath} and no line, and not one function in it is ${name}. ${advice.none}` };
    return { kind: 'placed', file, line: only.startLine, column: only.startColumn, via: [...via, 'symbol'] };
  }
}

function mapTrouble(answer: Exclude<MapAnswer, { kind: 'original' | 'noMap' }>): string {
  switch (answer.kind) {
    case 'broken':
      return answer.reason;
    case 'unmapped':
      return `${answer.map} names no source for this position`;
    case 'ambiguous':
      return `the span gives no column, and ${answer.map} has several sources lines for that line`;
  }
}
