import type { Site } from '../model/site.ts';
import { plainText } from '../model/plainText.ts';
import type { CalledName } from './calledName.ts';
import { endOfChain, findCalledName } from './calledName.ts';
import { exceptionFrames } from './exceptionFrames.ts';
import { findLocal, tryText } from './findLocal.ts';
import { functionsCalled } from './functionsCalled.ts';
import { decoratedFunction } from './decoratedFunction.ts';
import type { SpanQuestion } from './index/spanQuestion.ts';
import type { SpanMatch } from './index/workspaceIndex.ts';
import type { FunctionFinder, FunctionList } from './functions/functionFinder.ts';
import { enclosingFunction, maxSourceLength } from './functions/functionFinder.ts';
import { LearnedRules } from './learnedRule.ts';
import type { ExplainStep, FunctionRange, LocateResult, LocateSettings, Location } from './location.ts';
import { resembles, sourceCandidates } from './mapSources.ts';
import { foreignFrameReason, foreignReason } from './ownCode.ts';
import { extensionOf, parsePath, relativeTo } from './paths.ts';
import { findPackageFile, kotlinFunctionLine } from './packageFile.ts';
import type { LocalCandidate } from './pathRules.ts';
import { type Beginning, callsNext, servingFunction } from './servingFunction.ts';
import type { FileStamp, SourceFiles } from './sourceFiles.ts';
import type { MapAnswer } from './sourceMaps.ts';
import { SiteMap } from './siteMap.ts';
import { SourceMaps } from './sourceMaps.ts';
import { findRustFile } from './rustCrate.ts';
import { shortWords } from './shortWords.ts';
import type { StackFrame } from './stack/stackFrame.ts';
import { readStack } from './stack/stackFrames.ts';
import type { WorkspaceFile } from './workspaceFiles.ts';
import { WorkspaceFiles } from './workspaceFiles.ts';

/** A bundle of a bundle of compiled code is three; more is a circle. */
const maxHops = 5;
/** Answers kept; there are hundreds of sites in a service. */
const maxAnswers = 20_000;
const maxParsedFiles = 500;
const maxShownLength = 300;
/** Rules that find a place in the text as it is now. */
const byName = ['route', 'rpc', 'spanName'];
/** Only these are looked at for a map: a TypeScript file in a stack was mapped by its runtime already. */
const generatedExtensions: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs', '.jsx']);

const advice = {
  outside: 'Open its folder in the workspace, or add its path to the setting traceline.pathMappings.',
  map: 'Build it again with source maps written beside the output.',
  eval: "Build it with devtool 'source-map' or 'eval-source-map'.",
  none: 'Start the program with F5 or `traceline run`, so that spans say their line.',
};

/** The generated files that led to a source. */
interface Build {
  readonly newestUnixMs: number;
  /** When the one was written that names the source. */
  readonly lastUnixMs: number;
  /** The source's text as its map has it. */
  readonly text: string | undefined;
}

/** A place a span names, as the program saw it. */
interface ProgramPosition {
  readonly from: 'attributes' | 'stack' | 'exception';
  readonly file: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** As the program calls it. */
  readonly functionName?: string;
  /** The function with its class, for runtimes whose frames name no more of a file than its base name (JVM, .NET, PHP's SDK). */
  readonly method?: string;
  readonly className?: string;
  /** Where `file` evaluates the text that line and column are of. */
  readonly evaluated?: { readonly name: string | undefined; readonly line: number; readonly column: number | undefined };
}

type Placing =
  | { readonly kind: 'placed'; readonly file: WorkspaceFile; readonly line: number; readonly column: number | undefined; readonly called?: CalledName; readonly via: readonly string[]; readonly said?: string; readonly built?: Build }
  /** Not the program's own code: another frame may be. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'failed'; readonly outcome: string };

/**
 * Of a place whose line the program itself said: what tells which text of the file that line is of.
 */
export interface PlaceBasis {
  /** Absolute, as this machine writes it. */
  readonly file: string;
  /** What the program calls the function; where the file was built, a tool may have given it another name. */
  readonly said: string | undefined;
  /** When the newest of the generated files between was written, in milliseconds since the epoch; undefined where the file itself ran. */
  readonly builtUnixMs: number | undefined;
  /** The file was written after it was built: `text` is what was built, where the map carries it. */
  readonly sinceBuilt: { readonly text: string | undefined } | undefined;
  readonly placing: Extract<Placing, { kind: 'placed' }>;
  readonly inferred: boolean;
}

export interface Located {
  readonly result: LocateResult;
  /** undefined where nothing of the site was placed, and where the place is that of a name in the text as it is. */
  readonly basis: PlaceBasis | undefined;
}

export interface ParsedSource {
  /** undefined where the text is too long to read. */
  readonly lines: readonly string[] | undefined;
  readonly functions: readonly FunctionRange[] | undefined;
  /** Why there are none. */
  readonly trouble: string | undefined;
}

/** Finds a place by what a span is called, as WorkspaceIndexer does. */
export interface SpanPlaces {
  matchSpan(question: SpanQuestion): Promise<SpanMatch>;
}

interface Answer {
  /** True where the span's own site gave it: what else is known of the workspace does not change it. */
  readonly isOwn: boolean;
  readonly result: LocateResult;
  readonly basis: PlaceBasis | undefined;
  /** Paths that were looked at, there or not. */
  readonly touched: ReadonlySet<string>;
}

/**
 * Finds the place in the workspace for sites. One question is answered at a time, since maps are released by their last use.
 * Answers are kept until `invalidate` or `configure`.
 */
export class Locator {
  readonly #sourceFiles: SourceFiles;
  readonly #finder: FunctionFinder;
  readonly #places: SpanPlaces | undefined;
  #settings: LocateSettings = { workspaceFolders: [], pathRules: [] };
  #files: WorkspaceFiles;
  #learned: LearnedRules;
  #maps: SourceMaps;
  readonly #answers = new SiteMap<Answer>();
  readonly #parsed = new Map<string, ParsedSource>();
  /** By path, as a map carries it. */
  readonly #built = new Map<string, { readonly text: string; readonly source: ParsedSource }>();
  #turn: Promise<unknown> = Promise.resolve();
  /** Of the answer that is being made. */
  #basis: PlaceBasis | undefined;

  /** Without `places` nothing is found by name. */
  constructor(sourceFiles: SourceFiles, finder: FunctionFinder, places?: SpanPlaces) {
    this.#sourceFiles = sourceFiles;
    this.#finder = finder;
    this.#places = places;
    this.#files = new WorkspaceFiles(sourceFiles, this.#settings);
    this.#learned = new LearnedRules(this.#files);
    this.#maps = new SourceMaps(this.#files, []);
  }

  /** Forgets all answers. */
  configure(settings: LocateSettings): Promise<void> {
    return this.#inTurn(() => {
      this.#maps.close();
      this.#settings = settings;
      this.#files = new WorkspaceFiles(this.#sourceFiles, settings);
      this.#learned = new LearnedRules(this.#files);
      this.#maps = new SourceMaps(this.#files, settings.pathRules);
      this.#answers.clear();
    });
  }

  /** Never throws for what a span, a file or a map holds: what cannot be placed has a reason. */
  async locate(site: Site): Promise<LocateResult> {
    return (await this.locateAll([site]))[0]!;
  }

  /** As `locate`, in the order asked. Files are looked at once for all. */
  async locateAll(sites: readonly Site[]): Promise<readonly LocateResult[]> {
    return (await this.locateFrom(sites)).map(({ result }) => result);
  }

  /** As `locateAll`, with what each place came from. */
  locateFrom(sites: readonly Site[]): Promise<readonly Located[]> {
    return this.#inTurn(async () => {
      this.#files.startRound();
      const results: Located[] = [];
      for (const site of sites) results.push(this.#answers.get(site) ?? (await this.#answer(site)));
      return results;
    });
  }

  /** A file of the workspace as it is now; undefined where it is not there, or no file of the workspace. */
  source(file: string): Promise<(ParsedSource & FileStamp) | undefined> {
    return this.#inTurn(async () => {
      const parsed = parsePath(file);
      const lookup = parsed.kind === 'absolute' ? await this.#files.find(parsed.path) : undefined;
      const source = lookup?.kind === 'file' && !lookup.file.isOutput ? await this.#parse(lookup.file) : undefined;
      return lookup?.kind !== 'file' || source === undefined ? undefined : { ...source, mtimeMs: lookup.file.mtimeMs, size: lookup.file.size };
    });
  }

  /** The place in another text of its file; undefined where that text cannot have it. */
  async placeIn({ placing, inferred }: PlaceBasis, text: string): Promise<Location | undefined> {
    const { path } = placing.file;
    let built = this.#built.get(path);
    if (built?.text !== text) {
      if (this.#built.size >= maxParsedFiles) this.#built.clear();
      this.#built.set(path, (built = { text, source: await this.#parseText(path, text) }));
    }
    return placeIn(built.source, placing, inferred).location;
  }

  /** As LocatorRequests.functions says. @throws where the grammar cannot be loaded */
  functions(file: string, text: string): Promise<readonly FunctionRange[] | undefined> {
    return this.#finder.functions(file, text);
  }

  /** Forgets the answers that these files and folders had a part in, there or not; all where undefined. True where there were any. */
  invalidate(files: readonly string[] | undefined): Promise<boolean> {
    return this.#inTurn(async () => {
      this.#parsed.clear();
      const changed = await this.#files.noteChanged(files);
      const before = this.#answers.size;
      this.#answers.deleteWhere(({ touched }) => files === undefined || changed.hasPartIn(touched));
      return this.#answers.size < before;
    });
  }

  /** Forgets the answers that what is known of the whole workspace had a part in: those found by name, inferred, or not at all. */
  forgetByName(): Promise<void> {
    return this.#inTurn(() => this.#answers.deleteWhere(({ isOwn }) => !isOwn));
  }

  /** Releases what maps hold. The locator may be used again. */
  close(): Promise<void> {
    return this.#inTurn(() => this.#maps.close());
  }

  #inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #answer(site: Site): Promise<Answer> {
    this.#files.takeTouched();
    this.#basis = undefined;
    const result = await this.#locate(site);
    if (this.#answers.size >= maxAnswers) this.#answers.clear();
    const isOwn = result.location !== undefined && !result.location.inferred && !result.location.via.includes('symbol');
    const answer: Answer = { isOwn, result, basis: this.#basis, touched: this.#files.takeTouched() };
    this.#answers.set(site, answer);
    return answer;
  }

  async #locate(site: Site): Promise<LocateResult> {
    const steps: ExplainStep[] = [];
    const say = (rule: string, input: string, result: string) => {
      steps.push({ rule, input: plainText(input, maxShownLength), result: plainText(shortWords(result), maxShownLength) });
    };
    const nowhere = (outcome: string): LocateResult => ({ location: undefined, steps, outcome: `No place: ${plainText(shortWords(outcome), 2 * maxShownLength)}` });

    const own = programPositions(site, say);
    const placing = await this.#firstPlaced(own, site, say);
    if (placing?.kind === 'placed') return this.#finish(placing, false, steps, say, nowhere);
    if (placing?.kind === 'failed') return nowhere(placing.outcome);
    const named = await this.#placeByName(site, say);
    if (named?.kind === 'placed') return this.#finish(named, named.via[0] !== 'symbol', steps, say, nowhere);
    const beneath = await this.#placeByBeneath(site, steps, say, nowhere);
    if (beneath !== undefined) return beneath;
    const thrown = await this.#placeByException(site, say);
    if (thrown?.kind === 'placed') return this.#finish(thrown, true, steps, say, nowhere);
    if (thrown !== undefined) return nowhere(`the span names no file, and the stack of its exception does not tell its place: ${thrown.outcome}. ${advice.none}`);
    if (own.length === 0) return nowhere(`${site.functionName !== undefined ? 'the span names a function and no file' : 'the span names no file'}. ${advice.none}`);
    return nowhere("every place the span names is other people's code: a package or the runtime made the span for code that is not on its stack");
  }

  /** A function that the span names, or the one place of the workspace that its name or its route fits; undefined where there is none. */
  async #placeByName(site: Site, say: Say): Promise<Extract<Placing, { kind: 'placed' }> | undefined> {
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
    const foreign = await this.#foreignInWorkspace(file);
    if (foreign !== undefined) {
      say('ownCode', file, `passed over: ${foreign}`);
      return undefined;
    }
    const lookup = await this.#files.find(file);
    // A function is what the span itself said; a name or a route is our inference.
    return lookup.kind === 'file' ? { kind: 'placed', file: lookup.file, line, column, via: [match.rule === 'function' ? 'symbol' : match.rule] } : undefined;
  }

  /**
   * The function where the stacks of the spans beneath begin: their outermost frame that is the program's own, what the runtime called and not what
   * that called in turn. Why there is none where they begin in several; undefined where none has an own frame.
   */
  async #placeByBeneath(site: Site, steps: readonly ExplainStep[], say: Say, nowhere: (outcome: string) => LocateResult): Promise<LocateResult | undefined> {
    const beginnings: (Beginning & { readonly placing: Extract<Placing, { kind: 'placed' }> })[] = [];
    let lost: Extract<Placing, { kind: 'placed' }> | undefined;
    for (const stack of site.beneath ?? []) {
      for (const position of stackPositions(stack, site.language, 'beneath', say).reverse()) {
        const placing = await this.#place(position, site, say);
        if (placing.kind === 'foreign') continue;
        const source = placing.kind === 'placed' ? await this.#parse(placing.file) : undefined;
        const { location, at } = placing.kind === 'placed' && source !== undefined ? placeIn(source, placing, true) : { location: undefined, at: undefined };
        if (placing.kind !== 'placed') break;
        if (location === undefined) {
          lost ??= placing;
          break;
        }
        const handsOn = at !== undefined && callsNext(source?.lines, at.line, at.column);
        if (handsOn) say('beneath', positionText(location.file, at.line, at.column), 'passed over: it hands on to what comes next');
        beginnings.push({ location, handsOn, placing });
        if (!handsOn) break;
      }
    }
    const { location, among } = servingFunction(beginnings);
    const serving = beginnings.find((beginning) => beginning.location === location);
    if (serving !== undefined) return this.#finish(serving.placing, true, steps, say, nowhere);
    // In a text that is another now it is told why.
    if (among.length === 0) return lost === undefined ? undefined : this.#finish(lost, true, steps, say, nowhere);
    const names = among.map((each) => each.function?.name ?? positionText(each.file, each.line, undefined));
    return nowhere(`the spans beneath it begin in several functions (${names.slice(0, 3).join(', ')}), and nothing says which of them serves: a route on the span (http.route) would`);
  }

  /** The place that the stack of an exception beneath the span tells, or why it tells none; undefined where there is no such stack. */
  async #placeByException(site: Site, say: Say): Promise<Exclude<Placing, { kind: 'foreign' }> | undefined> {
    if (site.exception === undefined) return undefined;
    const reading = readStack(site.exception, site.language);
    say('exception', site.exception, reading.language === undefined ? reading.reason : framesText(reading.frames));
    if (reading.language === undefined) return { kind: 'failed', outcome: reading.reason };
    const choice = exceptionFrames({ ...reading, text: site.exception, kind: site.naming?.kind ?? 'unspecified', spanName: site.naming?.name ?? '' });
    say('exception', framesText(reading.frames), choice.why);
    if (choice.kind === 'none') return { kind: 'failed', outcome: choice.why };
    const positions = positionsOf(choice.frames, 'exception');
    const placing = choice.kind === 'only' ? await this.#onlyFunction(positions, site, say) : await this.#firstPlaced(positions, site, say);
    return placing ?? { kind: 'failed', outcome: 'no frame of it is code of the workspace' };
  }

  /** Where the positions are, if those that are the program's own code are all in one function. */
  async #onlyFunction(positions: readonly ProgramPosition[], site: Site, say: Say): Promise<Exclude<Placing, { kind: 'foreign' }> | undefined> {
    let only: { readonly key: string; readonly placing: Extract<Placing, { kind: 'placed' }> } | undefined;
    for (const position of positions) {
      const placing = await this.#place(position, site, say);
      if (placing.kind === 'foreign') continue;
      if (placing.kind === 'failed') return placing;
      const { location, outcome } = await this.#finish(placing, true, [], () => undefined, (text) => ({ location: undefined, steps: [], outcome: text }));
      if (location === undefined) return { kind: 'failed', outcome };
      const key = location.function === undefined ? location.file : positionText(location.file, location.function.startLine, location.function.startColumn);
      if (only !== undefined && only.key !== key) return { kind: 'failed', outcome: 'more than one function of the program is on it, and nothing says which made the span' };
      only ??= { key, placing };
    }
    return only?.placing;
  }

  /** Why a file of the workspace is other people's code, which some keep with their own. */
  async #foreignInWorkspace(file: string): Promise<string | undefined> {
    const folder = (await this.#files.folders()).find((each) => relativeTo(each, file) !== undefined);
    return folder === undefined ? undefined : foreignReason(relativeTo(folder, file) ?? '');
  }

  /** Where the first of the positions that is the program's own code is, or why it cannot be placed; undefined where none is. */
  async #firstPlaced(positions: readonly ProgramPosition[], site: Site, say: Say): Promise<Exclude<Placing, { kind: 'foreign' }> | undefined> {
    for (const position of positions) {
      const placing = await this.#place(position, site, say);
      if (placing.kind !== 'foreign') return placing;
    }
    return undefined;
  }

  async #place(position: ProgramPosition, site: Site, say: Say): Promise<Placing> {
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
    const start = await this.#findFile(position.file, say);
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
      const next = await this.#findSource(answer, say);
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
      const start = await this.#findFile(file, say);
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
    const same = functionsCalled((await this.#parse(file))?.functions ?? [], site.functionName, site.namespace);
    say('symbol', name, `${same.length} functions of that name in ${file.nativePath}`);
    const [only] = same;
    if (only === undefined || same.length > 1) return { kind: 'failed', outcome: `the span names ${file.nativePath} and no line, and not one function in it is ${name}. ${advice.none}` };
    return { kind: 'placed', file, line: only.startLine, column: only.startColumn, via: [...via, 'symbol'] };
  }

  async #findFile(path: string, say: Say): Promise<Finding> {
    const parsed = parsePath(path);
    if (parsed.kind === 'refused') {
      say('exact', path, `refused: ${parsed.reason}`);
      return { file: undefined, outcome: `${parsed.reason}` };
    }
    const { found, tries } = await findLocal(parsed, this.#settings.pathRules, this.#files, this.#learned);
    for (const tried of tries) say(tried.candidate.via, tried.candidate.via === 'exact' ? path : tried.candidate.how, tryText(tried));
    if (found !== undefined) return found;
    const question = tries.find(({ lookup }) => lookup.kind === 'ambiguous')?.lookup;
    if (question?.kind === 'ambiguous') return { file: undefined, outcome: `${path} is ambiguous: ${question.reason}` };
    if (parsed.kind === 'relative') {
      say('exact', path, 'a relative path, and no path rule says of what');
      return { file: undefined, outcome: `${path} is a relative path. Say which folder it is reckoned from in the setting traceline.pathMappings.` };
    }
    if (parsed.kind === 'url') {
      say('exact', path, 'no path of a file');
      return { file: undefined, outcome: `${path} is no path of a file. ${advice.outside}` };
    }
    const inside = tries.find(({ lookup }) => lookup.kind === 'missing')?.lookup ?? tries[0]?.lookup;
    const reason = inside === undefined || inside.kind === 'file' ? `${path} is not there` : inside.reason;
    return { file: undefined, outcome: inside?.kind === 'missing' ? `${reason}. It was moved or removed since the program was built.` : `${reason}. ${advice.outside}` };
  }

  async #findSource(answer: Extract<MapAnswer, { kind: 'original' }>, say: Say): Promise<Finding> {
    const { source } = answer;
    const reasons: string[] = [];
    let anotherText: string | undefined;
    for (const candidate of sourceCandidates(source.name, source.sourceRoot, source.mapDirectory, await this.#files.folders())) {
      // Rules speak of the program's machine; what is reckoned from the map's folder is on this one already.
      const isOfProgram = candidate.kind === 'absolute';
      const { found, tries } = await findLocal(candidate.parsed, isOfProgram ? this.#settings.pathRules : [], this.#files, isOfProgram ? this.#learned : undefined);
      if (found === undefined) {
        for (const tried of tries) {
          // What the person can answer is told first.
          if (tried.lookup.kind === 'ambiguous') reasons.unshift(tryText(tried));
          else if (tried.lookup.kind !== 'file') reasons.push(tryText(tried));
        }
        continue;
      }
      if ((candidate.kind === 'project' || found.via === 'learned') && source.content !== undefined && !(await this.#resembles(found.file, source.content))) {
        anotherText ??= `${found.file.nativePath} is another text than the map's ${source.name}`;
        continue;
      }
      say(found.via, source.name, found.file.nativePath);
      return found;
    }
    if (anotherText !== undefined) reasons.unshift(anotherText);
    for (const reason of reasons.slice(0, 3)) say('exact', source.name, reason);
    const only = source.content === undefined ? '' : ' (the map carries its text, but it is no file of the workspace)';
    return { file: undefined, outcome: `the map's source ${source.name} was not found${only}: ${reasons[0] ?? 'it is no path of a file'}. ${advice.outside}` };
  }

  async #resembles(file: WorkspaceFile, content: string): Promise<boolean> {
    const text = await this.#files.readText(file, maxSourceLength);
    return text !== undefined && resembles(text, content);
  }

  async #finish(
    placing: Extract<Placing, { kind: 'placed' }>,
    inferred: boolean,
    steps: readonly ExplainStep[],
    say: Say,
    nowhere: (outcome: string) => LocateResult,
  ): Promise<LocateResult> {
    const { file } = placing;
    const source = await this.#parse(file);
    if (source === undefined) return nowhere(`${file.nativePath} cannot be read. It was moved or removed while the span was placed.`);
    this.#basis = basisOf(placing, inferred);
    const { location, at, outcome } = placeIn(source, placing, inferred);
    if (at !== undefined) say('function', positionText(file.nativePath, at.line, at.column), location?.function?.name ?? source.trouble ?? 'no function is around it');
    if (location === undefined) return nowhere(outcome);
    return { location, steps, outcome: plainText(outcome, 2 * maxShownLength) };
  }

  async #parse(file: WorkspaceFile): Promise<ParsedSource | undefined> {
    const key = `${file.path}|${file.mtimeMs}|${file.size}`;
    const known = this.#parsed.get(key);
    if (known !== undefined) return known;
    if (file.size > maxSourceLength) return { lines: undefined, functions: undefined, trouble: `the file is larger than ${maxSourceLength / 1024 / 1024} MiB` };
    const text = await this.#files.readText(file, maxSourceLength);
    if (text === undefined) return undefined;
    const source = await this.#parseText(file.path, text);
    if (this.#parsed.size >= maxParsedFiles) this.#parsed.clear();
    this.#parsed.set(key, source);
    return source;
  }

  async #parseText(path: string, text: string): Promise<ParsedSource> {
    let list: FunctionList;
    try {
      list = await this.#finder.list(path, text);
    } catch (error) {
      list = { functions: undefined, trouble: `the grammar cannot be used: ${error instanceof Error ? error.message : String(error)}` };
    }
    return { lines: text.split(/\r\n|[\n\r]/), ...list };
  }
}

type Say = (rule: string, input: string, result: string) => void;

type Finding =
  | { readonly file: WorkspaceFile; readonly via: LocalCandidate['via'] }
  | { readonly file: undefined; readonly outcome: string };

/** What the span itself names, in the order to try: innermost first. */
function programPositions(site: Site, say: Say): ProgramPosition[] {
  const attributes: ProgramPosition[] = [];
  if (site.filePath === undefined) {
    say('attributes', 'code.file.path', 'the span does not have it');
  } else {
    attributes.push({ from: 'attributes', file: site.filePath, line: site.line, column: site.column, functionName: site.functionName });
    say('attributes', positionText(site.filePath, site.line, site.column), 'the place the span names');
  }
  const stack = site.stacktrace === undefined ? [] : stackPositions(site.stacktrace, site.language, 'stack', say);
  const isSame = (a: ProgramPosition) => (b: ProgramPosition) => a.evaluated === undefined && a.file === b.file && a.line === b.line && a.column === b.column;
  return [...attributes, ...stack.filter((frame) => !attributes.some(isSame(frame)))];
}

/** `rule` is how the step is called: the span's own stack, or one of a span beneath it. */
function stackPositions(text: string, language: string | undefined, rule: 'stack' | 'beneath', say: Say): ProgramPosition[] {
  const reading = readStack(text, language);
  say(rule, text, reading.language === undefined ? reading.reason : framesText(reading.frames));
  return positionsOf(reading.frames, 'stack');
}

function framesText(frames: readonly StackFrame[]): string {
  return `${frames.length} ${frames.length === 1 ? 'frame' : 'frames'}`;
}

/** The places of frames, without those that are other people's code by their class. Of a path `#place` says itself why it is passed over. */
function positionsOf(frames: readonly StackFrame[], from: ProgramPosition['from']): ProgramPosition[] {
  const own = frames.filter((frame) => frame.className === undefined || foreignFrameReason(frame) === undefined);
  return own.flatMap(({ className, functionName, file, line, column, evaluated }): ProgramPosition[] => {
    if (className !== undefined && functionName !== undefined) {
      return [{ from, file: file ?? '', line, column, method: functionName, className }];
    }
    if (evaluated !== undefined) {
      const { by, name } = evaluated;
      return [{ from, file: by.file, line: evaluated.line, column: evaluated.column, functionName, evaluated: { name, line: by.line, column: by.column } }];
    }
    return file !== undefined && line !== undefined ? [{ from, file, line, column, functionName, className }] : [];
  });
}

/** undefined where the program did not say the line. */
function basisOf(placing: Extract<Placing, { kind: 'placed' }>, inferred: boolean): PlaceBasis | undefined {
  const { file, via, said, built } = placing;
  if (said === undefined && (via.includes('symbol') || byName.some((rule) => via.includes(rule)))) return undefined;
  const isNewer = built !== undefined && file.mtimeMs > built.lastUnixMs;
  return { file: file.nativePath, said, builtUnixMs: built?.newestUnixMs, sinceBuilt: isNewer ? { text: built.text } : undefined, placing, inferred };
}

/** Where a placing is in a text, and its place where it has one. `at` is absent where the text has no such line. */
function placeIn(source: ParsedSource, placing: Extract<Placing, { kind: 'placed' }>, inferred: boolean): {
  readonly location: Location | undefined; readonly at?: { readonly line: number; readonly column: number | undefined }; readonly outcome: string;
} {
  const { file, via } = placing;
  if (source.lines !== undefined && source.lines[placing.line - 1] === undefined) {
    return { location: undefined, outcome: `${file.nativePath} has no line ${placing.line}: it was changed since the program was built. Build and run it again.` };
  }
  const at = callPosition(placing, source.lines ?? []);
  const { line, column } = at;
  const firstWord = (source.lines?.[line - 1] ?? '').search(/\S|$/) + 1;
  const functions = source.functions ?? [];
  const decorated = hasDecorators(file.path) ? decoratedFunction(functions, source.lines ?? [], line) : undefined;
  const enclosing = decorated ?? enclosingFunction(functions, line, column);
  if (column === undefined && enclosing !== undefined && sharesLine(functions, enclosing, line)) {
    return { location: undefined, outcome: `there are several functions in line ${line} of ${file.nativePath}, and neither the span nor the source map says the column` };
  }
  const place = inferred && enclosing !== undefined ? { line: enclosing.startLine, column: enclosing.startColumn } : { line, column: column ?? firstWord };
  const of = enclosing === undefined ? '' : ` in ${enclosing.name}`;
  const outcome = `${inferred ? 'Inferred: ' : ''}${positionText(file.nativePath, place.line, place.column)}${of}`;
  return { location: { file: file.nativePath, ...place, function: enclosing, via, inferred }, at, outcome };
}

/** What a map says is made exact by the source's text. */
function callPosition({ line, column, called, via }: Extract<Placing, { kind: 'placed' }>, lines: readonly string[]): { readonly line: number; readonly column: number | undefined } {
  if (column !== undefined) return via.includes('sourceMap') ? endOfChain(lines, { line, column }) : { line, column };
  return (called === undefined ? undefined : findCalledName(lines, line, called)) ?? { line, column };
}

/** Whether another function in the line is neither around this one nor in it. */
function sharesLine(functions: readonly FunctionRange[], one: FunctionRange, line: number): boolean {
  return functions.some((each) => each !== one && (each.startLine === line || each.endLine === line) && !isWithin(each, one) && !isWithin(one, each));
}

function isWithin(inner: FunctionRange, outer: FunctionRange): boolean {
  const startsAfter = inner.startLine > outer.startLine || (inner.startLine === outer.startLine && inner.startColumn >= outer.startColumn);
  return startsAfter && (inner.endLine < outer.endLine || (inner.endLine === outer.endLine && inner.endColumn <= outer.endColumn));
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

/** In Ruby `@tracer.in_span` is a call. */
export function hasDecorators(path: string): boolean {
  return extensionOf(path) !== '.rb';
}

function positionText(file: string, line: number | undefined, column: number | undefined): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}
