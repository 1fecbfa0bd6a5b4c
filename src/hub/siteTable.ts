import { saysPlace, type Site, siteKey } from '../model/site.ts';
import type { SiteRecord } from '../protocol/hub.ts';

/** As much as the grammars read. */
const maxStackLength = 65_536;
/** These print the exception that counts last. */
const newestLast: ReadonlySet<string> = new Set(['python', 'dotnet', 'php']);

/**
 * Gives each distinct site a number, in order of appearance. A program has hundreds of sites; one that stamps ever new stacks must
 * not fill the memory, so past `limit` sites are told apart without their stacks, and past twice that none are added.
 */
export class SiteTable {
  readonly #limit: number;
  /** Sites that are a name alone: a program that puts ids into span names must leave room for those that say a place. */
  #namedOnly = 0;
  readonly #records: SiteRecord[] = [];
  readonly #ids = new Map<string, number>();

  constructor(limit = 20_000) {
    this.#limit = limit;
  }

  /** undefined where the table is full. */
  idOf(site: Site): number | undefined {
    const isNewestLast = site.language !== undefined && newestLast.has(site.language);
    const stacktrace = isNewestLast ? site.stacktrace?.slice(-maxStackLength) : site.stacktrace?.slice(0, maxStackLength);
    const key = siteKey({ ...site, stacktrace });
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    if (!saysPlace(site) && site.beneath === undefined) {
      if (this.#namedOnly >= this.#limit / 4) return undefined;
      this.#namedOnly++;
    }
    if (this.#records.length < this.#limit) return this.#add(key, { ...site, stacktrace });
    const plainKey = siteKey({ ...site, stacktrace: undefined, beneath: undefined });
    const plain = this.#ids.get(plainKey);
    if (plain !== undefined || this.#records.length >= 2 * this.#limit) return plain;
    return this.#add(plainKey, { ...site, stacktrace: undefined, beneath: undefined });
  }

  /**
   * The site of an entry span: its own, and the stacks of spans beneath it, earliest first (Site.beneath). undefined where the table
   * is full.
   */
  entryId(own: Site, beneathIds: readonly number[]): number | undefined {
    const beneath = beneathIds.map((siteId) => this.#records[siteId]).filter((record) => record?.stacktrace !== undefined);
    if (beneath.length === 0) return this.idOf(own);
    return this.idOf({ ...own, language: own.language ?? beneath[0]?.language, beneath: beneath.map((record) => record?.stacktrace ?? '') });
  }

  get(siteId: number): SiteRecord | undefined {
    return this.#records[siteId];
  }

  after(siteId: number): readonly SiteRecord[] {
    return this.#records.slice(siteId + 1);
  }

  #add(key: string, site: Site): number {
    const siteId = this.#records.length;
    this.#ids.set(key, siteId);
    this.#records.push({ ...site, siteId });
    return siteId;
  }
}
