import { type Site, siteKey } from '../model/site.ts';

/**
 * Values by site. The stack is a key of its own, as it came: hashing a text that was joined with it for each question would take longer
 * than everything else.
 */
export class SiteMap<T> {
  readonly #byStack = new Map<string, Map<string, T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(site: Site): T | undefined {
    return this.#byStack.get(site.stacktrace ?? '')?.get(restOf(site));
  }

  set(site: Site, value: T): void {
    const stack = site.stacktrace ?? '';
    let rest = this.#byStack.get(stack);
    if (rest === undefined) this.#byStack.set(stack, (rest = new Map()));
    const before = rest.size;
    rest.set(restOf(site), value);
    this.#size += rest.size - before;
  }

  deleteWhere(isUnwanted: (value: T) => boolean): void {
    for (const [stack, rest] of this.#byStack) {
      for (const [key, value] of rest) if (isUnwanted(value) && rest.delete(key)) this.#size--;
      if (rest.size === 0) this.#byStack.delete(stack);
    }
  }

  clear(): void {
    this.#byStack.clear();
    this.#size = 0;
  }
}

function restOf(site: Site): string {
  return siteKey({ ...site, stacktrace: undefined });
}
