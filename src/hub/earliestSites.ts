/** In a one-file bundle the first spans beneath an entry may be made by packages alone; which are, only the source map says. */
const maxSites = 8;

/** The distinct sites that were offered with the earliest times. */
export class EarliestSites<Time extends number | bigint> {
  readonly #entries: { readonly siteId: number; readonly start: Time }[] = [];

  add(siteId: number, start: Time): void {
    const entries = this.#entries;
    const known = entries.findIndex((entry) => entry.siteId === siteId);
    if (known >= 0) {
      if ((entries[known]?.start ?? start) <= start) return;
      entries.splice(known, 1);
    } else if (entries.length === maxSites && (entries[maxSites - 1]?.start ?? start) <= start) {
      return;
    }
    let at = entries.length;
    while (at > 0 && (entries[at - 1]?.start ?? start) > start) at--;
    entries.splice(at, 0, { siteId, start });
    if (entries.length > maxSites) entries.pop();
  }

  /** Earliest first. */
  siteIds(): readonly number[] {
    return this.#entries.map(({ siteId }) => siteId);
  }
}
