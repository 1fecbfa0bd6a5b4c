import type { LocatorRequests } from '../locate/locatorContract.ts';
import type { PlaceNow } from '../locate/placeNow.ts';
import type { CaptureRecord, Feed, HubCaller, SiteRecord, SummaryRecord } from '../protocol/hub.ts';
import type { LatencyStats } from '../stats/latency.ts';
import { hubIdentity } from './hubIdentity.ts';
import { isBeneath } from './folders.ts';
import { grouped, type LiveRow, liveRows } from './liveRow.ts';
import type { Logger } from './logger.ts';
import { type CapturedSite, capturedKey, capturedSites } from './past/seenSites.ts';

export interface HubPort extends HubCaller {
  onFeed(listener: (feed: Feed) => void): () => void;
}

export interface LocatorPort {
  call<M extends keyof LocatorRequests & string>(method: M, params: LocatorRequests[M][0]): Promise<LocatorRequests[M][1]>;
}

/** What a group of summaries needs to be asked for figures. */
export interface FigureGroup {
  readonly summaryIds: readonly number[];
  readonly count: number;
  /** As in SummaryRecord. */
  readonly holds?: number;
}

/** Spans of one site in one capture, with the place that was found for it. */
export interface PlacedSite {
  /** undefined for the spans that say nothing. */
  readonly site: CapturedSite | undefined;
  readonly location: PlaceNow | undefined;
  /** Operation, kind and service of some of them. */
  readonly heading: string;
  readonly spanCount: number;
  readonly summaryIds: readonly number[];
}

const locateBatch = 100;
/** More changed files are not looked for in every site. */
const maxCompared = 50;

/**
 * The located rows of everything the hub keeps, a row per place, operation and capture, kept current while spans arrive.
 *
 * A site is located once a capture, in its files as they are then. It is asked for again when these files change on the disk, when
 * the settings change, and when spans come that are newer than the files; until the answer is there it keeps the place it has.
 */
export class LiveRows {
  readonly #hub: HubPort;
  readonly #locator: LocatorPort;
  readonly #logger: Logger;
  readonly #intervalMs: number;
  readonly #listeners = new Set<() => void>();
  readonly #sites = new Map<number, SiteRecord>();
  /** By `capturedKey`. */
  readonly #places = new Map<string, PlaceNow | undefined>();
  readonly #outdated = new Set<string>();
  /** Those that lost their place, with when: spans that end later may be of a text that has it. */
  readonly #lost = new Map<string, number>();
  readonly #figures = new Map<string, { readonly count: number; readonly holds: number; readonly stats: LatencyStats }>();
  readonly #wantedFigures = new Map<string, FigureGroup>();
  readonly #stopFeed: () => void;
  #rows: readonly LiveRow[] = [];
  #rowsByFile = new Map<string, LiveRow[]>();
  #captures: readonly CaptureRecord[] = [];
  #asked = new Map<string, CapturedSite>();
  #summaries: readonly SummaryRecord[] = [];
  #hubIdentity = '';
  #lastSiteId = -1;
  #version = 0;
  #running = false;
  #again = false;
  #asking = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastRun = -Infinity;
  #disposed = false;

  constructor(hub: HubPort, locator: LocatorPort, logger: Logger, intervalMs = 100) {
    this.#hub = hub;
    this.#locator = locator;
    this.#logger = logger;
    this.#intervalMs = intervalMs;
    this.#stopFeed = hub.onFeed((feed) => this.#heard(feed));
  }

  /** Grows with every change of rows or figures. */
  get version(): number {
    return this.#version;
  }

  rows(): readonly LiveRow[] {
    return this.#rows;
  }

  /** The rows of one file, by its absolute path. */
  rowsOf(file: string): readonly LiveRow[] {
    return this.#rowsByFile.get(fileKey(file)) ?? [];
  }

  /** Every site that spans have, in each capture, and whether it was placed: what an explanation starts from. */
  sites(): readonly PlacedSite[] {
    // What has no place is told once, as its newest capture has it.
    const bySite = grouped(this.#summaries, (summary) => (this.#placeOf(summary) === undefined ? `${summary.siteId}` : this.#keyOf(summary)));
    return Array.from(bySite.values(), (members) => {
      const newest = members.reduce((a, b) => (b.lastEndUnixMs > a.lastEndUnixMs ? b : a));
      return {
        site: this.#asked.get(this.#keyOf(newest)),
        location: this.#placeOf(newest),
        heading: `${newest.operation} (${newest.kind}, ${newest.service})`,
        spanCount: members.reduce((sum, { count }) => sum + count, 0),
        summaryIds: members.map(({ summaryId }) => summaryId),
      };
    });
  }

  /** Returns a function that stops listening. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The figures of these groups, now. @throws RpcError where the hub does not answer */
  latencies(groups: readonly FigureGroup[]): Promise<readonly LatencyStats[]> {
    return this.#hub.call('latencies', { groups: groups.map((group) => group.summaryIds) });
  }

  /** The figures of a group as last heard; where they are not of its present count and holds they are asked for, and listeners told. */
  figures(group: FigureGroup): LatencyStats | undefined {
    const key = group.summaryIds.join(' ');
    const known = this.#figures.get(key);
    if (known?.count !== group.count || known.holds !== (group.holds ?? 0)) {
      this.#wantedFigures.set(key, group);
      if (!this.#asking) {
        this.#asking = true;
        queueMicrotask(() => void this.#askFigures());
      }
    }
    return known?.stats;
  }

  /** These files and folders changed on disk, all where undefined: what they may have had a part in is asked for again, and what has no place. */
  async invalidate(files: readonly string[] | undefined): Promise<void> {
    await this.#locator.call('invalidate', { files });
    const isListed = files !== undefined && files.length <= maxCompared;
    const changed = new Set(isListed ? files.map(fileKey) : []);
    const names = !isListed ? [] : files.map((file) => file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1).replace(/\.map$/, ''));
    const told = new Map<number, boolean>();
    const isTold = (site: CapturedSite): boolean => {
      let known = told.get(site.siteId);
      if (known === undefined) told.set(site.siteId, (known = [site.filePath, site.stacktrace, site.exception, ...(site.beneath ?? [])].some((text) => names.some((name) => text?.includes(name) === true))));
      return known;
    };
    for (const [key, place] of this.#places) {
      const site = this.#asked.get(key);
      const isTouched = !isListed || place === undefined || changed.has(fileKey(place.file)) || isBeneath(fileKey(place.file), changed) || (site !== undefined && isTold(site));
      if (isTouched) this.#outdated.add(key);
    }
    this.refresh();
  }

  /** Asks again for what has no place, or an inferred one: more is known of the workspace. It stays where it is until that is answered. */
  reconsider(): void {
    for (const [key, place] of this.#places) if (place === undefined || place.inferred || place.via.includes('symbol')) this.#outdated.add(key);
    this.refresh();
  }

  /** Asks for every place again, as after a change of path rules. */
  relocate(): void {
    for (const key of this.#places.keys()) this.#outdated.add(key);
    this.refresh();
  }

  /** Reads the hub again, soon: at once where the last reading was long enough ago. */
  refresh(): void {
    if (this.#disposed || this.#timer !== undefined) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    const wait = this.#lastRun + this.#intervalMs - performance.now();
    if (wait <= 0) void this.#run();
    else {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        void this.#run();
      }, wait);
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#stopFeed();
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #heard(feed: Feed): void {
    const { status } = feed;
    this.#captures = status.captures;
    const identity = hubIdentity(status);
    // Numbers of sites and summaries hold only while a hub runs.
    if (identity !== this.#hubIdentity) {
      this.#hubIdentity = identity;
      this.#lastSiteId = -1;
      this.#sites.clear();
      this.#places.clear();
      this.#outdated.clear();
      this.#lost.clear();
      this.#figures.clear();
    }
    this.refresh();
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#lastRun = performance.now();
    const identity = this.#hubIdentity;
    try {
      const { summaries } = await this.#hub.call('summaries', undefined);
      await this.#readSites(identity);
      if (identity === this.#hubIdentity) {
        this.#summaries = summaries;
        this.#asked = capturedSites(summaries, (siteId) => this.#sites.get(siteId), this.#captures);
        for (const key of this.#places.keys()) if (!this.#asked.has(key)) this.#places.delete(key);
        await this.#placeAll(identity);
      }
    } catch (error) {
      this.#logger.debug('could not read the hub', error);
    } finally {
      this.#running = false;
    }
    if (this.#again || identity !== this.#hubIdentity) {
      this.#again = false;
      this.refresh();
    }
  }

  async #readSites(identity: string): Promise<void> {
    const sites = await this.#hub.call('sites', { afterSiteId: this.#lastSiteId });
    if (identity !== this.#hubIdentity) return;
    for (const site of sites) {
      this.#sites.set(site.siteId, site);
      this.#lastSiteId = Math.max(this.#lastSiteId, site.siteId);
    }
  }

  async #placeAll(identity: string): Promise<void> {
    const wanted = [...this.#asked].filter(([key, site]) => this.#isWanted(key, site));
    this.#publish();
    for (let start = 0; start < wanted.length; start += locateBatch) {
      const batch = wanted.slice(start, start + locateBatch);
      const places = await this.#locate(batch);
      if (this.#disposed || identity !== this.#hubIdentity) return;
      batch.forEach(([key], i) => this.#place(key, places[i]));
      this.#publish();
    }
  }

  async #locate(batch: readonly (readonly [string, CapturedSite])[]): Promise<readonly (PlaceNow | undefined)[]> {
    // What changes from now on is not in the answer.
    for (const [key] of batch) this.#outdated.delete(key);
    try {
      return await this.#locator.call('locate', batch.map(([, site]) => site));
    } catch (error) {
      for (const [key] of batch) this.#outdated.add(key);
      throw error;
    }
  }

  #isWanted(key: string, { seen }: CapturedSite): boolean {
    if (!this.#places.has(key) || this.#outdated.has(key)) return true;
    const lastEndUnixMs = seen?.lastEndUnixMs ?? 0;
    return (seen?.runningUnixMs ?? lastEndUnixMs) >= (this.#places.get(key)?.changedUnixMs ?? Infinity) || lastEndUnixMs > (this.#lost.get(key) ?? Infinity);
  }

  #place(key: string, place: PlaceNow | undefined): void {
    const isLost = place === undefined && (this.#places.get(key) !== undefined || this.#lost.has(key));
    this.#lost.delete(key);
    if (isLost) this.#lost.set(key, Date.now());
    this.#places.set(key, place);
  }

  #keyOf({ siteId, captureId }: SummaryRecord): string {
    return siteId === undefined ? '' : capturedKey({ siteId, captureId });
  }

  #placeOf(summary: SummaryRecord): PlaceNow | undefined {
    return this.#places.get(this.#keyOf(summary));
  }

  #publish(): void {
    this.#rows = liveRows(this.#summaries, (captured) => this.#places.get(capturedKey(captured)));
    this.#rowsByFile = grouped(this.#rows, ({ file }) => fileKey(file));
    this.#notify();
  }

  async #askFigures(): Promise<void> {
    const identity = this.#hubIdentity;
    const wanted = [...this.#wantedFigures];
    this.#wantedFigures.clear();
    try {
      const answers = await this.latencies(wanted.map(([, group]) => group));
      if (this.#disposed || identity !== this.#hubIdentity) return;
      wanted.forEach(([key, { count, holds = 0 }], i) => {
        const stats = answers[i];
        if (stats !== undefined) this.#figures.set(key, { count, holds, stats });
      });
    } catch (error) {
      this.#logger.debug('could not read figures', error);
      return;
    } finally {
      this.#asking = this.#wantedFigures.size > 0 && !this.#disposed;
      if (this.#asking) void this.#askFigures();
    }
    this.#notify();
  }

  #notify(): void {
    if (this.#disposed) return;
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}

/** One spelling of a path: VS Code writes drive letters in lower case, programs in upper. */
export function fileKey(file: string): string {
  return /^[A-Z]:/.test(file) ? file.charAt(0).toLowerCase() + file.slice(1) : file;
}
