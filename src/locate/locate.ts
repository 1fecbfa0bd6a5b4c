import type { Site } from '../model/site.ts';
import { plainText } from '../model/plainText.ts';
import { exceptionFrames } from './exceptionFrames.ts';
import type { FunctionFinder } from './functions/functionFinder.ts';
import type { ExplainStep, FunctionRange, LocateResult, LocateSettings, Location } from './location.ts';
import { type ParsedSource, ParsedSources } from './parsedSources.ts';
import { parsePath } from './paths.ts';
import { Placer, type SpanPlaces } from './placer.ts';
import { basisOf, type PlaceBasis, placeInText } from './placeInText.ts';
import { advice, type Failed, type Placed, positionText, type ProgramPosition, type Say } from './placing.ts';
import { framesText, positionsOf, programPositions, stackPositions } from './programPositions.ts';
import { type Beginning, callsNext, servingFunction } from './servingFunction.ts';
import { shortWords } from './shortWords.ts';
import { SiteMap } from './siteMap.ts';
import type { FileStamp, SourceFiles } from './sourceFiles.ts';
import { readStack } from './stack/stackFrames.ts';
import { WorkspaceFiles } from './workspaceFiles.ts';

/** Answers kept; there are hundreds of sites in a service. */
const maxAnswers = 20_000;
const maxShownLength = 300;

export interface Located {
  readonly result: LocateResult;
  /** undefined where nothing of the site was placed, and where the place is that of a name in the text as it is. */
  readonly basis: PlaceBasis | undefined;
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
  readonly #sources: ParsedSources;
  readonly #places: SpanPlaces | undefined;
  #files: WorkspaceFiles;
  #placer: Placer;
  readonly #answers = new SiteMap<Answer>();
  #turn: Promise<unknown> = Promise.resolve();
  /** Of the answer that is being made. */
  #basis: PlaceBasis | undefined;

  /** Without `places` nothing is found by name. */
  constructor(sourceFiles: SourceFiles, finder: FunctionFinder, places?: SpanPlaces) {
    this.#sourceFiles = sourceFiles;
    this.#finder = finder;
    this.#places = places;
    this.#sources = new ParsedSources(finder);
    this.#files = new WorkspaceFiles(sourceFiles, { workspaceFolders: [], pathRules: [] });
    this.#placer = new Placer(this.#files, [], this.#sources, places);
  }

  /** Forgets all answers. */
  configure(settings: LocateSettings): Promise<void> {
    return this.#inTurn(() => {
      this.#placer.close();
      this.#files = new WorkspaceFiles(this.#sourceFiles, settings);
      this.#placer = new Placer(this.#files, settings.pathRules, this.#sources, this.#places);
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
      const source = lookup?.kind === 'file' && !lookup.file.isOutput ? await this.#sources.parse(lookup.file, this.#files) : undefined;
      return lookup?.kind !== 'file' || source === undefined ? undefined : { ...source, mtimeMs: lookup.file.mtimeMs, size: lookup.file.size };
    });
  }

  /** The place in another text of its file; undefined where that text cannot have it. */
  async placeIn({ placing, inferred }: PlaceBasis, text: string): Promise<Location | undefined> {
    return placeInText(await this.#sources.parseOther(placing.file.path, text), placing, inferred).location;
  }

  /** As LocatorRequests.functions says. @throws where the grammar cannot be loaded */
  functions(file: string, text: string): Promise<readonly FunctionRange[] | undefined> {
    return this.#finder.functions(file, text);
  }

  /** Forgets the answers that these files and folders had a part in, there or not; all where undefined. True where there were any. */
  invalidate(files: readonly string[] | undefined): Promise<boolean> {
    return this.#inTurn(async () => {
      this.#sources.clear();
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
    return this.#inTurn(() => this.#placer.close());
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
    const placing = await this.#placer.firstPlaced(own, site, say);
    if (placing?.kind === 'placed') return this.#finish(placing, false, steps, say, nowhere);
    if (placing?.kind === 'failed') return nowhere(placing.outcome);
    const named = await this.#placer.placeByName(site, say);
    if (named?.kind === 'placed') return this.#finish(named, named.via[0] !== 'symbol', steps, say, nowhere);
    const beneath = await this.#placeByBeneath(site, steps, say, nowhere);
    if (beneath !== undefined) return beneath;
    const thrown = await this.#placeByException(site, say);
    if (thrown?.kind === 'placed') return this.#finish(thrown, true, steps, say, nowhere);
    if (thrown !== undefined) return nowhere(`the span names no file, and the stack of its exception does not tell its place: ${thrown.outcome}. ${advice.none}`);
    if (own.length === 0) return nowhere(`${site.functionName !== undefined ? 'the span names a function and no file' : 'the span names no file'}. ${advice.none}`);
    return nowhere("every place the span names is other people's code: a package or the runtime made the span for code that is not on its stack");
  }

  /**
   * The function where the stacks of the spans beneath begin: their outermost frame that is the program's own, what the runtime called and not what
   * that called in turn. Why there is none where they begin in several; undefined where none has an own frame.
   */
  async #placeByBeneath(site: Site, steps: readonly ExplainStep[], say: Say, nowhere: (outcome: string) => LocateResult): Promise<LocateResult | undefined> {
    const beginnings: (Beginning & { readonly placing: Placed })[] = [];
    let lost: Placed | undefined;
    for (const stack of site.beneath ?? []) {
      for (const position of stackPositions(stack, site.language, 'beneath', say).reverse()) {
        const placing = await this.#placer.place(position, site, say);
        if (placing.kind === 'foreign') continue;
        const source = placing.kind === 'placed' ? await this.#sources.parse(placing.file, this.#files) : undefined;
        const { location, at } = placing.kind === 'placed' && source !== undefined ? placeInText(source, placing, true) : { location: undefined, at: undefined };
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
  async #placeByException(site: Site, say: Say): Promise<Placed | Failed | undefined> {
    if (site.exception === undefined) return undefined;
    const reading = readStack(site.exception, site.language);
    say('exception', site.exception, reading.language === undefined ? reading.reason : framesText(reading.frames));
    if (reading.language === undefined) return { kind: 'failed', outcome: reading.reason };
    const choice = exceptionFrames({ ...reading, text: site.exception, kind: site.naming?.kind ?? 'unspecified', spanName: site.naming?.name ?? '' });
    say('exception', framesText(reading.frames), choice.why);
    if (choice.kind === 'none') return { kind: 'failed', outcome: choice.why };
    const positions = positionsOf(choice.frames, 'exception');
    const placing = choice.kind === 'only' ? await this.#onlyFunction(positions, site, say) : await this.#placer.firstPlaced(positions, site, say);
    return placing ?? { kind: 'failed', outcome: 'no frame of it is code of the workspace' };
  }

  /** Where the positions are, if those that are the program's own code are all in one function. */
  async #onlyFunction(positions: readonly ProgramPosition[], site: Site, say: Say): Promise<Placed | Failed | undefined> {
    let only: { readonly key: string; readonly placing: Placed } | undefined;
    for (const position of positions) {
      const placing = await this.#placer.place(position, site, say);
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

  async #finish(
    placing: Placed,
    inferred: boolean,
    steps: readonly ExplainStep[],
    say: Say,
    nowhere: (outcome: string) => LocateResult,
  ): Promise<LocateResult> {
    const { file } = placing;
    const source = await this.#sources.parse(file, this.#files);
    if (source === undefined) return nowhere(`${file.nativePath} cannot be read. It was moved or removed while the span was placed.`);
    this.#basis = basisOf(placing, inferred);
    const { location, at, outcome } = placeInText(source, placing, inferred);
    if (at !== undefined) say('function', positionText(file.nativePath, at.line, at.column), location?.function?.name ?? source.trouble ?? 'no function is around it');
    if (location === undefined) return nowhere(outcome);
    return { location, steps, outcome: plainText(outcome, 2 * maxShownLength) };
  }
}
