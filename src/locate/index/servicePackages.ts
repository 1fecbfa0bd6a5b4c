import { directoryOf } from '../paths.ts';
import type { ServiceFacts } from './serviceFacts.ts';

interface Package {
  readonly folder: string;
  readonly names: Set<string>;
  readonly words: Set<string>;
  /** A program of its own is started in it. */
  runs: boolean;
}

/**
 * Which package of the workspace is a service. It is by the name of its folder, of its manifest, or one that is given to a program in it; compared
 * whole, and only where it is the only one.
 */
export class ServicePackages {
  readonly #facts = new Map<string, ServiceFacts>();
  #packages: ReadonlyMap<string, Package> | undefined;
  /** Names of programs of which it is not known where they are. */
  #homeless: ReadonlySet<string> = new Set();

  set(file: string, facts: ServiceFacts | undefined): void {
    if (facts === undefined && !this.#facts.has(file)) return;
    if (facts === undefined) this.#facts.delete(file);
    else this.#facts.set(file, facts);
    this.#packages = undefined;
  }

  /**
   * Of places that all fit a span the one in its service's package. undefined unless each other one is in the package of another program, which
   * the service's package does not name, lies not in, and has not in it: any other's code may run in the service.
   */
  placeOf<T extends { readonly file: string }>(service: string, places: readonly T[]): { readonly place: T; readonly folder: string } | undefined {
    const split = this.#split(service, places);
    return split?.inside.length === 1 ? { place: split.inside[0]!, folder: split.folder } : undefined;
  }

  /** The folder of the service's package, where the one place that fits is in the package of such another program: then it only looks alike. */
  elsewhere(service: string, place: { readonly file: string }): string | undefined {
    const split = this.#split(service, [place]);
    return split?.inside.length === 0 ? split.folder : undefined;
  }

  /** undefined where a place outside of the service's package may be the service's all the same, or it is not known which package that is. */
  #split<T extends { readonly file: string }>(service: string, places: readonly T[]): { readonly folder: string; readonly inside: readonly T[] } | undefined {
    const all = this.#all();
    const [own, second] = [...all.values()].filter(({ names }) => names.has(service));
    if (own === undefined || second !== undefined || this.#homeless.has(service)) return undefined;
    const inside = places.filter(({ file }) => packageOf(file, all) === own);
    const others = places.filter((place) => !inside.includes(place)).map(({ file }) => packageOf(file, all));
    const areOfOthers = others.every((other) => other?.runs === true && !isIn(other.folder, own) && !isIn(own.folder, other) && ![...other.names].some((name) => own.words.has(name)));
    return areOfOthers ? { folder: own.folder, inside } : undefined;
  }

  #all(): ReadonlyMap<string, Package> {
    if (this.#packages !== undefined) return this.#packages;
    const packages = new Map<string, Package>();
    for (const [file, { package: manifest }] of this.#facts) {
      if (manifest === undefined) continue;
      const folder = directoryOf(file);
      let known = packages.get(folder);
      if (known === undefined) packages.set(folder, (known = { folder, names: new Set([folder.slice(folder.lastIndexOf('/') + 1)]), words: new Set(), runs: false }));
      for (const name of manifest.names) known.names.add(name);
      for (const word of manifest.words) known.words.add(word);
    }
    const homeless = new Set<string>();
    for (const { programs } of this.#facts.values()) {
      for (const { service, folder } of programs) {
        const home = folder === undefined ? undefined : packageOf(`${folder}/`, packages);
        if (home !== undefined) home.runs = true;
        if (service !== undefined) (home?.names ?? homeless).add(service);
      }
    }
    this.#homeless = homeless;
    return (this.#packages = packages);
  }
}

/** The innermost package around a file. */
function packageOf(file: string, packages: ReadonlyMap<string, Package>): Package | undefined {
  for (let folder = directoryOf(file); ; folder = directoryOf(folder)) {
    const found = packages.get(folder);
    if (found !== undefined || directoryOf(folder) === folder) return found;
  }
}

function isIn(folder: string, { folder: around }: Package): boolean {
  return folder === around || folder.startsWith(`${around}/`);
}
