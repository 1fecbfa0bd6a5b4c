import { createHash } from 'node:crypto';
import type { Located, Locator } from '../../locate/locate.ts';
import type { PlaceBasis } from '../../locate/placeInText.ts';
import type { ExplainStep, LocateResult, Location } from '../../locate/location.ts';
import type { PlaceNow, SeenSite } from '../../locate/placeNow.ts';
import { siteKey } from '../../model/site.ts';
import { CurrentTexts } from './currentTexts.ts';
import type { CurrentText } from './currentText.ts';
import { LineMaps } from './lineMap.ts';
import { type Moved, moveToNow } from './moveToNow.ts';
import { nameNow } from './nameNow.ts';
import type { PastText } from './pastPlace.ts';
import type { PlaceLog } from './placeLog.ts';
import { isSamePlace, newerOf, type RanPlace } from './ranPlace.ts';

interface Answer {
  readonly place: PlaceNow | undefined;
  /** What this adds to what the locator tried. */
  readonly step: ExplainStep | undefined;
  /** Why there is no place, where the locator had one. */
  readonly reason: string | undefined;
}

/**
 * Finds sites in the files as they are now, though their programs ran other texts. A place is of the text that ran where no file
 * on its way is newer than the site's spans, where the map carries that text, or where it was remembered from when that
 * was so; it is then moved to the text as it is. Of what is newer and was not remembered only the function's name tells.
 */
export class PresentPlaces {
  readonly #locator: Locator;
  readonly #log: PlaceLog;
  readonly #texts: CurrentTexts;
  readonly #maps = new LineMaps();

  constructor(locator: Locator, log: PlaceLog) {
    this.#locator = locator;
    this.#log = log;
    this.#texts = new CurrentTexts(locator);
  }

  /** In the order asked. */
  async locate(sites: readonly SeenSite[]): Promise<readonly (PlaceNow | undefined)[]> {
    await this.#log.refresh();
    const located = await this.#locator.locateFrom(sites);
    const places: (PlaceNow | undefined)[] = [];
    for (const [i, site] of sites.entries()) places.push((await this.#answer(site, located[i]!)).place);
    void this.#log.written();
    return places;
  }

  async explain(site: SeenSite): Promise<LocateResult> {
    await this.#log.refresh();
    const [located] = await this.#locator.locateFrom([site]);
    const { result } = located!;
    const { place, step, reason } = await this.#answer(site, located!);
    const steps = step === undefined ? result.steps : [...result.steps, step];
    if (place === undefined) return { location: undefined, steps, outcome: reason === undefined ? result.outcome : `No place: ${reason}` };
    const { textId: _textId, changedUnixMs: _changed, edited: _edited, ...location } = place;
    return { location, steps, outcome: step === undefined ? result.outcome : outcomeOf(place) };
  }

  /** What is remembered is in its file then. */
  close(): Promise<void> {
    return this.#log.written();
  }

  async #answer(site: SeenSite, { result, basis }: Located): Promise<Answer> {
    const raw: Answer = { place: result.location, step: undefined, reason: undefined };
    const { seen } = site;
    if (seen === undefined) return raw;
    const key = createHash('sha1').update(siteKey(site)).digest('base64url').slice(0, 16);
    // What was written after that, these programs had not read; or it is not known whether.
    const ranUnixMs = seen.runningUnixMs ?? seen.lastEndUnixMs;
    const remembered = this.#log.placeAt(key, ranUnixMs);
    const file = basis?.file ?? remembered?.file;
    // What was found by a name is of the text as it is.
    if (file === undefined || (basis === undefined && result.location !== undefined)) return raw;
    const now = await this.#texts.of(file);
    if (now === undefined) return raw;
    // Another file of that site is of another workspace, or of other path rules.
    const past = remembered?.file === file ? { place: remembered, text: this.#log.text(remembered.textId) } : undefined;
    const fresh = basis === undefined ? undefined : await this.#fresh(basis, result.location, now, ranUnixMs);
    const changedUnixMs = basis?.builtUnixMs ?? now.mtimeMs;
    const ran = fresh === undefined || past === undefined ? (fresh ?? past) : newerOf({ past, fresh, now, said: basis?.said, isNewRun: (seen.runningUnixMs ?? seen.startedUnixMs ?? -Infinity) >= changedUnixMs, maps: this.#maps });
    if (ran !== undefined && ran === fresh) this.#remember(key, changedUnixMs, ran, past);
    const newestUnixMs = Math.max(now.mtimeMs, changedUnixMs);
    const facts = { textId: now.id, ...(newestUnixMs > ranUnixMs ? { changedUnixMs: newestUnixMs } : {}) };
    if (ran !== undefined) return moved(ran, moveToNow(ran.place, ran.text, now, this.#maps), ran === fresh ? 'the text that ran' : 'the text that ran, as remembered', facts);
    return basis === undefined ? raw : named(basis, result.location, now, facts);
  }

  /** The place in the text that the site's spans are of, as the files tell it; undefined where they are newer than the spans. */
  async #fresh(basis: PlaceBasis, location: Location | undefined, now: CurrentText, ranUnixMs: number): Promise<RanPlace | undefined> {
    const { builtUnixMs, sinceBuilt } = basis;
    if ((builtUnixMs ?? now.mtimeMs) > ranUnixMs) return undefined;
    if (sinceBuilt === undefined) return location === undefined ? undefined : ranPlace(location, now, now.lines);
    if (sinceBuilt.text === undefined) return undefined;
    const was = await this.#locator.placeIn(basis, sinceBuilt.text);
    const text = this.#texts.built(basis.file, sinceBuilt.text);
    return was === undefined ? undefined : ranPlace(was, text, text.lines);
  }

  #remember(key: string, fromUnixMs: number, { place, text }: RanPlace, past: RanPlace | undefined): void {
    if (past !== undefined && isSamePlace(past.place, place)) return;
    this.#log.remember(key, fromUnixMs, place, text?.marks ?? []);
  }
}

function ranPlace({ file, line, column, function: around, via, inferred }: Location, text: PastText, lines: readonly string[]): RanPlace {
  const inset = Math.max(0, column - 1 - (lines[line - 1] ?? '').search(/\S|$/));
  const ran = around === undefined ? undefined : { name: around.name, startLine: around.startLine, endLine: around.endLine };
  return { place: { file, textId: text.id, line, inset, function: ran, via, inferred }, text };
}

type Facts = Pick<PlaceNow, 'textId' | 'changedUnixMs'>;

function moved({ place }: RanPlace, to: Moved, text: string, facts: Facts): Answer {
  const input = `${place.file}:${place.line} in ${text}`;
  if (to.kind === 'gone') return { place: undefined, step: { rule: 'edited', input, result: to.reason }, reason: `${place.file} was changed since the span was made, and ${to.reason}. Run the program again.` };
  const via = to.by === 'same' ? place.via : [...place.via, to.by];
  const now: PlaceNow = { file: place.file, line: to.line, column: to.column, function: to.function, via, inferred: place.inferred, ...(to.edited === undefined ? {} : { edited: to.edited }), ...facts };
  if (to.by === 'same' && text === 'the text that ran') return { place: now, step: undefined, reason: undefined };
  const how = { same: 'the text is the same', diff: 'the same line by a diff', symbol: 'the function of that name' }[to.by];
  return { place: now, step: { rule: 'edited', input, result: `${now.file}:${now.line}:${now.column}, ${how}` }, reason: undefined };
}

function named(basis: PlaceBasis, location: Location | undefined, now: CurrentText, facts: Facts): Answer {
  const { location: found, result } = nameNow(basis, location, now);
  const step = { rule: 'edited', input: `${basis.file}, which is newer than the span`, result };
  if (found !== undefined) return { place: { ...found, edited: 'file', ...facts }, step, reason: undefined };
  return { place: undefined, step, reason: `${basis.file} was changed since the span was made, and ${result}. Run the program again.` };
}

function outcomeOf({ file, line, column, function: around, inferred }: PlaceNow): string {
  return `${inferred ? 'Inferred: ' : ''}${file}:${line}:${column}${around === undefined ? '' : ` in ${around.name}`}`;
}
