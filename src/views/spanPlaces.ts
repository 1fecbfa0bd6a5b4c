import { hubIdentity } from '../client/hubIdentity.ts';
import type { HubPort, LocatorPort } from '../client/liveRows.ts';
import type { Location } from '../locate/location.ts';
import type { Feed, SiteRecord } from '../protocol/hub.ts';

const locateBatch = 100;

/** The places of a trace's sites, by their numbers as in `TraceColumns.site`. Each is asked for once, until `forget`. */
export class SpanPlaces {
  readonly #hub: HubPort;
  readonly #locator: LocatorPort;
  readonly #sites = new Map<number, SiteRecord>();
  readonly #places = new Map<number, Location | undefined>();
  #lastSiteId = -1;
  #hubIdentity = '';

  constructor(hub: HubPort, locator: LocatorPort) {
    this.#hub = hub;
    this.#locator = locator;
  }

  /** Numbers of sites hold only while a hub runs. */
  heard({ status }: Feed): void {
    const identity = hubIdentity(status);
    if (this.#hubIdentity === identity) return;
    if (this.#hubIdentity !== '') {
      this.#lastSiteId = -1;
      this.#sites.clear();
      this.forget();
    }
    this.#hubIdentity = identity;
  }

  /** Path rules or sources are others now. */
  forget(): void {
    this.#places.clear();
  }

  known(site: number): Location | undefined {
    return this.#places.get(site);
  }

  /** Those of the numbers nobody has asked for yet, each once. */
  unasked(sites: Int32Array): number[] {
    return [...new Set(sites)].filter((site) => site >= 0 && !this.#places.has(site));
  }

  /**
   * After this `known` answers for these, in the files as they are now, though their spans ended before an edit.
   * @throws RpcError where the hub or the locator does not answer
   */
  async locate(sites: readonly number[], lastEndUnixMs: number): Promise<void> {
    if (sites.some((site) => !this.#sites.has(site))) {
      for (const site of await this.#hub.call('sites', { afterSiteId: this.#lastSiteId })) {
        this.#sites.set(site.siteId, site);
        this.#lastSiteId = Math.max(this.#lastSiteId, site.siteId);
      }
    }
    const asked = sites.map((site) => this.#sites.get(site)).filter((site) => site !== undefined);
    for (let from = 0; from < asked.length; from += locateBatch) {
      const batch = asked.slice(from, from + locateBatch);
      const seen = { startedUnixMs: undefined, lastEndUnixMs };
      const locations = await this.#locator.call('locate', batch.map((site) => ({ ...site, seen })));
      batch.forEach(({ siteId }, index) => this.#places.set(siteId, locations[index]));
    }
  }
}
