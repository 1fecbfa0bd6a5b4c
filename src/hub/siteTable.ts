import { saysPlace, type Site, siteKey } from '../model/site.ts';
import type { SiteRecord } from '../protocol/hub.ts';
import { KnownSites } from './knownSites.ts';

/** As much as the grammars read. */
const maxStackLength = 65_536;
/** These print the exception that counts last. */
const newestLast: ReadonlySet<string> = new Set(['python', 'dotnet', 'php']);

/** What sites that have an exception's stack may take: an exception may be thrown in ever new ways. */
const maxExceptions = 2500;
const maxExceptionChars = 16 * 1024 * 1024;

/** Longer than any path that opens or name that is looked for; the locator says so of what is cut here. */
const maxTextLength = 8192;

/** What is kept of a stack's text: where it is too long, the end that counts. */
export function keptStack(stack: string, language: string | undefined): string {
  if (stack.length <= maxStackLength) return stack;
  return copied(language !== undefined && newestLast.has(language) ? stack.slice(-maxStackLength) : stack.slice(0, maxStackLength));
}

/** A slice of a string holds on to the whole of it. */
function copied(slice: string): string {
  return Buffer.from(slice, 'utf16le').toString('utf16le');
}

/** The site with texts of a length that a table of sites can hold. */
function kept(site: Site): Site {
  const { filePath, functionName, namespace, stacktrace, exception, naming, language } = site;
  return {
    ...site,
    filePath: short(filePath), functionName: short(functionName), namespace: short(namespace), language: short(language),
    stacktrace: stacktrace === undefined ? undefined : keptStack(stacktrace, language),
    exception: exception === undefined ? undefined : keptStack(exception, language),
    naming: naming === undefined || Object.values(naming).every((text: string | undefined) => (text?.length ?? 0) <= maxTextLength)
      ? naming
      : {
          ...naming, name: short(naming.name), scopeName: short(naming.scopeName), httpRoute: short(naming.httpRoute), httpMethod: short(naming.httpMethod),
          rpcService: short(naming.rpcService), rpcMethod: short(naming.rpcMethod), service: short(naming.service),
        },
  };
}

function short<T extends string | undefined>(text: T): T {
  return text === undefined || text.length <= maxTextLength ? text : (copied(text.slice(0, maxTextLength)) as T);
}

/**
 * Gives each distinct site a number, in order of appearance. A program has hundreds of sites; one that stamps ever new stacks must
 * not fill the memory, so past `limit` sites are told apart without their stacks, and past twice that none are added.
 */
export class SiteTable {
  readonly #limit: number;
  /** Sites that are a name alone: a program that puts ids into span names must leave room for those that say a place. */
  #namedOnly = 0;
  readonly #exceptions = { count: 0, chars: 0 };
  readonly #records: SiteRecord[] = [];
  readonly #ids = new Map<string, number>();
  readonly #known = new KnownSites();

  constructor(limit = 20_000) {
    this.#limit = limit;
  }

  /** undefined where the table is full. */
  idOf(whole: Site): number | undefined {
    const known = this.#known.get(whole);
    if (known !== undefined) return known;
    const siteId = this.#numbered(whole);
    if (siteId !== undefined) this.#known.add(whole, siteId);
    return siteId;
  }

  #numbered(whole: Site): number | undefined {
    const wholeKey = siteKey(whole);
    // The key has all texts: none of a short one is long.
    const site = wholeKey.length <= maxTextLength ? whole : kept(whole);
    const key = site === whole ? wholeKey : siteKey(site);
    const { exception } = site;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    if (exception !== undefined) {
      if (this.#exceptions.count >= maxExceptions || this.#exceptions.chars + exception.length > maxExceptionChars) return this.#numbered({ ...site, exception: undefined });
      this.#exceptions.count++;
      this.#exceptions.chars += exception.length;
    } else if (!saysPlace(site) && site.beneath === undefined) {
      if (this.#namedOnly >= this.#limit / 4) return undefined;
      this.#namedOnly++;
    }
    if (this.#records.length < this.#limit) return this.#add(key, site);
    const plainKey = siteKey({ ...site, stacktrace: undefined, exception: undefined, beneath: undefined });
    const plain = this.#ids.get(plainKey);
    if (plain !== undefined || this.#records.length >= 2 * this.#limit) return plain;
    return this.#add(plainKey, { ...site, stacktrace: undefined, exception: undefined, beneath: undefined });
  }

  /**
   * The site of an entry span: its own, and the stacks of spans beneath it, earliest first (Site.beneath), which tell more than that of an
   * exception. undefined where the table is full.
   */
  entryId(own: Site, beneathIds: readonly number[]): number | undefined {
    const beneath = beneathIds.map((siteId) => this.#records[siteId]).filter((record) => record?.stacktrace !== undefined);
    if (beneath.length === 0) return this.idOf(own);
    return this.idOf({ ...own, exception: undefined, language: own.language ?? beneath[0]?.language, beneath: beneath.map((record) => record?.stacktrace ?? '') });
  }

  get(siteId: number): SiteRecord | undefined {
    return this.#records[siteId];
  }

  after(siteId: number): readonly SiteRecord[] {
    return this.#records.slice(siteId + 1);
  }

  get count(): number {
    return this.#records.length;
  }

  /** Takes over sites of another table, whose numbers are as many as they are. They count as they did there. */
  restore(records: readonly Site[]): void {
    for (const site of records) {
      if (site.exception !== undefined) {
        this.#exceptions.count++;
        this.#exceptions.chars += site.exception.length;
      } else if (!saysPlace(site) && site.beneath === undefined) {
        this.#namedOnly++;
      }
      this.#add(siteKey(site), site);
    }
  }

  #add(key: string, site: Site): number {
    const siteId = this.#records.length;
    this.#ids.set(key, siteId);
    this.#records.push({ ...site, siteId });
    return siteId;
  }
}
