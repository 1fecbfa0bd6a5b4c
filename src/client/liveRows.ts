import type { LocatorRequests } from '../locate/locatorContract.ts';
import type { Location } from '../locate/location.ts';
import type { Feed, HubCaller, SiteRecord, SummaryRecord } from '../protocol/hub.ts';
import type { LatencyStats } from '../stats/latency.ts';
import { type OperationRow, operationRows } from './functionTable.ts';
import { isBeneath } from './folders.ts';
import type { Logger } from './logger.ts';

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

/** Spans of one site, with the place that was found for it. */
export interface PlacedSite {
  /** undefined for the spans that say nothing. */
  readonly site: SiteRecord | undefined;
  readonly location: Location | undefined;
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
 * A site is located once. It keeps its place when its source is edited (the spans are of the text as it was then, and the
 * editor moves the place with the text); it is asked for again when it had no place, when the settings change, or when a
 * new capture begins after its files changed.
 */
export class LiveRows {
  readonly #hub: HubPort;
  readonly #locator: LocatorPort;
  readonly #logger: Logger;
  readonly #intervalMs: number;
  readonly #listeners = new Set<() => void>();
  readonly #sites = new Map<number, SiteRecord>();
  readonly #places = new Map<number, Location | undefined>();
  readonly #outdated = new Set<number>();
  /** Sites whose place is asked for again. */
  readonly #doubted = new Set<number>();
  readonly #figures = new Map<string, { readonly count: number; readonly holds: number; readonly stats: LatencyStats }>();
  readonly #wantedFigures = new Map<string, FigureGroup>();
  readonly #captures = new Set<string>();
  readonly #stopFeed: () => void;
  #rows: readonly OperationRow[] = [];
  #rowsByFile = new Map<string, OperationRow[]>();
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

  rows(): readonly OperationRow[] {
    return this.#rows;
  }

  /** The rows of one file, by its absolute path. */
  rowsOf(file: string): readonly OperationRow[] {
    return this.#rowsByFile.get(fileKey(file)) ?? [];
  }

  /** Every site that spans have, and whether it was placed: what an explanation starts from. */
  sites(): readonly PlacedSite[] {
    const bySite = new Map<number | undefined, SummaryRecord[]>();
    for (const summary of this.#summaries) {
      const members = bySite.get(summary.siteId);
      if (members === undefined) bySite.set(summary.siteId, [summary]);
      else members.push(summary);
    }
    return Array.from(bySite, ([siteId, members]) => ({
      site: siteId === undefined ? undefined : this.#sites.get(siteId),
      location: siteId === undefined ? undefined : this.#places.get(siteId),
      heading: members.slice(0, 1).map(({ operation, kind, service }) => `${operation} (${kind}, ${service})`).join(),
      spanCount: members.reduce((sum, { count }) => sum + count, 0),
      summaryIds: members.map(({ summaryId }) => summaryId),
    }));
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

  /** These files and folders changed on disk, all where undefined: sites without a place are asked for again; the others when a new capture begins. */
  async invalidate(files: readonly string[] | undefined): Promise<void> {
    await this.#locator.call('invalidate', { files });
    const isListed = files !== undefined && files.length <= maxCompared;
    const changed = new Set(isListed ? files.map(fileKey) : []);
    const names = !isListed ? [] : files.map((file) => file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1).replace(/\.map$/, ''));
    for (const [siteId, place] of this.#places) {
      if (place === undefined) {
        this.#places.delete(siteId);
        continue;
      }
      const site = this.#sites.get(siteId);
      const told = [site?.filePath, site?.stacktrace, site?.exception, ...(site?.beneath ?? [])];
      const touched = !isListed || changed.has(fileKey(place.file)) || isBeneath(fileKey(place.file), changed) || names.some((name) => told.some((text) => text?.includes(name) === true));
      if (touched) this.#outdated.add(siteId);
    }
    this.refresh();
  }

  /** Asks again for what has no place, or an inferred one: more is known of the workspace. It stays where it is until that is answered. */
  reconsider(): void {
    for (const [siteId, place] of this.#places) if (place === undefined || place.inferred || place.via.includes('symbol')) this.#doubted.add(siteId);
    this.refresh();
  }

  /** Asks for every place again, as after a change of path rules. */
  relocate(): void {
    this.#places.clear();
    this.#outdated.clear();
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
    const identity = `${status.pid} ${status.sinceUnixMs} ${status.dataDir}`;
    // Numbers of sites and summaries hold only while a hub runs.
    if (identity !== this.#hubIdentity) {
      this.#hubIdentity = identity;
      this.#lastSiteId = -1;
      this.#sites.clear();
      this.#places.clear();
      this.#outdated.clear();
      this.#doubted.clear();
      this.#figures.clear();
      this.#captures.clear();
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
        this.#noticeCaptures();
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

  #noticeCaptures(): void {
    const before = this.#captures.size;
    for (const summary of this.#summaries) this.#captures.add(summary.captureId);
    if (this.#captures.size === before) return;
    for (const siteId of this.#outdated) this.#places.delete(siteId);
    this.#outdated.clear();
  }

  async #placeAll(identity: string): Promise<void> {
    const unplaced = new Map<number, SiteRecord>();
    for (const { siteId } of this.#summaries) {
      const site = siteId === undefined ? undefined : this.#sites.get(siteId);
      if (site !== undefined && (!this.#places.has(site.siteId) || this.#doubted.has(site.siteId))) unplaced.set(site.siteId, site);
    }
    const sites = [...unplaced.values()];
    this.#publish();
    for (let start = 0; start < sites.length; start += locateBatch) {
      const batch = sites.slice(start, start + locateBatch);
      // One that is doubted while it is answered is asked for once more.
      for (const { siteId } of batch) this.#doubted.delete(siteId);
      const places = await this.#locator.call('locate', batch).catch((error: unknown) => {
        for (const { siteId } of batch) this.#doubted.add(siteId);
        throw error;
      });
      if (this.#disposed || identity !== this.#hubIdentity) return;
      batch.forEach(({ siteId }, i) => this.#places.set(siteId, places[i]));
      this.#publish();
    }
  }

  #publish(): void {
    this.#rows = operationRows(this.#summaries, (siteId) => this.#places.get(siteId), true);
    this.#rowsByFile = new Map();
    for (const row of this.#rows) {
      const key = fileKey(row.file);
      const rows = this.#rowsByFile.get(key);
      if (rows === undefined) this.#rowsByFile.set(key, [row]);
      else rows.push(row);
    }
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
