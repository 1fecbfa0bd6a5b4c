import type { PlaceNow } from '../locate/placeNow.ts';
import type { Feed, OpenSpanRecord, SiteRecord } from '../protocol/hub.ts';
import { hubIdentity } from './hubIdentity.ts';
import type { LiveRow } from './liveRow.ts';
import { fileKey, type HubPort, type LocatorPort } from './liveRows.ts';
import type { Logger } from './logger.ts';

/** A span that has not ended, at its place. It has no figures, and counts in none. */
export interface OpenRow extends LiveRow {
  readonly open: OpenSpanRecord;
}

/** The located spans that have not ended. The hub is asked only where others are open than before. */
export class OpenSpanRows {
  readonly #hub: HubPort;
  readonly #locator: LocatorPort;
  readonly #logger: Logger;
  readonly #listeners = new Set<() => void>();
  readonly #stopFeed: () => void;
  readonly #sites = new Map<number, SiteRecord>();
  #rows: readonly OpenRow[] = [];
  #hubIdentity = '';
  #shownVersion = 0;
  #wantedVersion = 0;
  #isReading = false;

  constructor(hub: HubPort, locator: LocatorPort, logger: Logger) {
    this.#hub = hub;
    this.#locator = locator;
    this.#logger = logger;
    this.#stopFeed = hub.onFeed((feed) => this.#heard(feed));
  }

  rowsOf(file: string): readonly OpenRow[] {
    const key = fileKey(file);
    return this.#rows.length === 0 ? [] : this.#rows.filter((row) => fileKey(row.file) === key);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    this.#stopFeed();
    this.#listeners.clear();
  }

  #heard({ status }: Feed): void {
    const identity = hubIdentity(status);
    if (identity !== this.#hubIdentity) {
      // Numbers of sites hold only while a hub runs.
      this.#hubIdentity = identity;
      this.#sites.clear();
      this.#shownVersion = 0;
      this.#show([]);
    }
    this.#wantedVersion = status.open?.version ?? 0;
    if (!this.#isReading && this.#wantedVersion !== this.#shownVersion) void this.#read();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    const [identity, version] = [this.#hubIdentity, this.#wantedVersion];
    try {
      const open = await this.#hub.call('openSpans', undefined);
      const places = await this.#places([...new Set(open.flatMap(({ siteId }) => siteId ?? []))]);
      if (identity === this.#hubIdentity) {
        this.#shownVersion = version;
        this.#show(open.flatMap((each) => openRow(each, places) ?? []));
      }
    } catch (error) {
      this.#logger.debug('could not read the spans that have not ended', error);
      // Asked for again with the next news of them.
      this.#shownVersion = version;
    } finally {
      this.#isReading = false;
    }
    if (this.#wantedVersion !== this.#shownVersion) void this.#read();
  }

  /** Asked for anew each time: the locator knows what it has answered, and whether the files are others now. */
  async #places(siteIds: readonly number[]): Promise<ReadonlyMap<number, PlaceNow | undefined>> {
    const unknown = siteIds.filter((siteId) => !this.#sites.has(siteId));
    if (unknown.length > 0) {
      for (const site of await this.#hub.call('sites', { afterSiteId: Math.min(...unknown) - 1 })) if (siteIds.includes(site.siteId)) this.#sites.set(site.siteId, site);
    }
    const asked = siteIds.flatMap((siteId) => this.#sites.get(siteId) ?? []);
    const places = asked.length === 0 ? [] : await this.#locator.call('locate', asked);
    return new Map(asked.map(({ siteId }, i) => [siteId, places[i]]));
  }

  #show(rows: readonly OpenRow[]): void {
    if (rows.length === 0 && this.#rows.length === 0) return;
    this.#rows = rows;
    for (const listener of this.#listeners) listener();
  }
}

function openRow(open: OpenSpanRecord, places: ReadonlyMap<number, PlaceNow | undefined>): OpenRow | undefined {
  const place = open.siteId === undefined ? undefined : places.get(open.siteId);
  if (place === undefined) return undefined;
  const { file, line, column, function: range, inferred, via, textId } = place;
  return {
    file, line, column, function: range, inferred,
    via: (inferred ? 'inferred:' : '') + via.join('+'),
    ...(textId === undefined ? {} : { textId }),
    operation: open.operation, kind: open.kind, service: open.service, captureId: open.captureId,
    summaryIds: [], count: 0, errorCount: 0, lastEndUnixMs: Number(BigInt(open.startUnixNano) / 1_000_000n),
    open,
  };
}
