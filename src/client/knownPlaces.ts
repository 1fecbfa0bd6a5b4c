import type { PlaceNow, SeenSite } from '../locate/placeNow.ts';
import { SiteMap } from '../locate/siteMap.ts';

const maxKnown = 20_000;

type Places = readonly (PlaceNow | undefined)[];

/**
 * Answers that the worker gave, so that nobody waits for it a second time. Whoever learns that answers may be others now calls `forget`.
 * Where it is said when a site was seen, who asks knows when to ask again.
 */
export class KnownPlaces {
  readonly #places = new SiteMap<{ readonly location: PlaceNow | undefined }>();
  /** Grows with each `forget`: what was asked before that is not kept. */
  #age = 0;

  /** In the order asked. `ask` is called with those that are not known, if any, and rejects for all. */
  async locate(sites: readonly SeenSite[], ask: (unknown: readonly SeenSite[]) => Promise<Places>): Promise<Places> {
    const known = sites.map((site) => (site.seen === undefined ? this.#places.get(site) : undefined));
    const unknown = sites.filter((_, i) => known[i] === undefined);
    if (unknown.length === 0) return known.map((each) => each?.location);
    const age = this.#age;
    const answers = await ask(unknown);
    if (age === this.#age) this.#keep(unknown, answers);
    let next = 0;
    return known.map((each) => (each === undefined ? answers[next++] : each.location));
  }

  forget(): void {
    this.#age++;
    this.#places.clear();
  }

  #keep(sites: readonly SeenSite[], answers: Places): void {
    if (this.#places.size + sites.length > maxKnown) this.#places.clear();
    sites.forEach((site, i) => {
      if (site.seen === undefined) this.#places.set(site, { location: answers[i] });
    });
  }
}
