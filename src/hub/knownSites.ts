import type { Site } from '../model/site.ts';

/** Sites that go by the same text and line and are told apart by the rest. */
const maxAlike = 32;
/** Different ones, of which many may have the same number. */
const maxKnown = 40_000;

/** Finds the number of a site that was asked for before without putting all its texts together as a key. */
export class KnownSites {
  readonly #alike = new Map<string, Map<number, { readonly site: Site; readonly siteId: number }[]>>();
  #count = 0;

  get(site: Site): number | undefined {
    const alike = this.#alike.get(mainText(site))?.get(site.line ?? 0);
    if (alike === undefined) return undefined;
    for (const each of alike) if (isSame(each.site, site)) return each.siteId;
    return undefined;
  }

  add(site: Site, siteId: number): void {
    if (this.#count >= maxKnown) return;
    let byLine = this.#alike.get(mainText(site));
    if (byLine === undefined) this.#alike.set(mainText(site), (byLine = new Map()));
    const alike = byLine.get(site.line ?? 0);
    if (alike === undefined) byLine.set(site.line ?? 0, [{ site, siteId }]);
    else if (alike.length < maxAlike) alike.push({ site, siteId });
    else return;
    this.#count++;
  }
}

function mainText({ filePath, functionName, naming }: Site): string {
  return filePath ?? functionName ?? naming?.name ?? '';
}

function isSame(a: Site, b: Site): boolean {
  return a.line === b.line && a.column === b.column && a.functionName === b.functionName && a.filePath === b.filePath && a.namespace === b.namespace && a.language === b.language
    && a.stacktrace === b.stacktrace && a.exception === b.exception && isSameNaming(a.naming, b.naming) && isSameList(a.beneath, b.beneath);
}

function isSameNaming(a: Site['naming'], b: Site['naming']): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.name === b.name && a.kind === b.kind && a.scopeName === b.scopeName && a.httpRoute === b.httpRoute && a.httpMethod === b.httpMethod
    && a.rpcService === b.rpcService && a.rpcMethod === b.rpcMethod && a.service === b.service;
}

function isSameList(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((text, i) => text === b[i]);
}
