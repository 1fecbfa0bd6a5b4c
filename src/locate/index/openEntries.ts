import type { RouteEntry, RouterReference, SpanNameEntry } from './facts.ts';
import { importedFrom, type Packages } from './modulePaths.ts';
import { filled, holesIn } from './openText.ts';

export type OpenEntry = SpanNameEntry | RouteEntry;

interface Target {
  readonly file: string;
  readonly name: string;
}

/** Spans and routes whose name or path is a constant of another file, which is read when they are asked for. What that does not say is left out. */
export class OpenEntries {
  readonly #packages: Packages;
  readonly #files: () => Iterable<string>;
  readonly #entries = new Map<string, readonly OpenEntry[]>();
  /** By file and exported name, what was read. */
  readonly #texts = new Map<string, ReadonlyMap<string, string>>();
  #filled: readonly OpenEntry[] | undefined;
  #targets: ReadonlyMap<string, Target | undefined> | undefined;

  constructor(packages: Packages, files: () => Iterable<string>) {
    this.#packages = packages;
    this.#files = files;
  }

  /** In place of what was known of the file, which changed, came or went: it may also be what another one imports. */
  set(file: string, entries: readonly OpenEntry[]): void {
    if (entries.length > 0) this.#entries.set(file, entries);
    else this.#entries.delete(file);
    this.#texts.delete(file);
    this.#filled = undefined;
    this.#targets = undefined;
  }

  /** The names that must be read before `all` is known, by the files that export them. */
  unread(): ReadonlyMap<string, readonly string[]> {
    const wanted = new Map<string, string[]>();
    for (const target of this.#imported().values()) {
      if (target === undefined || this.#texts.has(target.file)) continue;
      const names = wanted.get(target.file);
      if (names === undefined) wanted.set(target.file, [target.name]);
      else names.push(target.name);
    }
    return wanted;
  }

  /** What a file says of all names that were asked for. */
  setTexts(file: string, texts: ReadonlyMap<string, string>): void {
    this.#texts.set(file, texts);
    this.#filled = undefined;
  }

  /** Those whose texts are known, with these. */
  all(): readonly OpenEntry[] {
    return (this.#filled ??= [...this.#entries].flatMap(([file, entries]) => entries.flatMap((entry) => this.#fill(file, entry))));
  }

  #fill(file: string, entry: OpenEntry): OpenEntry[] {
    const textOf = (reference: RouterReference) => {
      const target = this.#imported().get(keyOf(file, reference));
      return target === undefined ? undefined : this.#texts.get(target.file)?.get(target.name);
    };
    if (entry.kind === 'spanName') {
      const name = filled(entry.name, textOf);
      return name === undefined || name === '' ? [] : [{ ...entry, name }];
    }
    const template = filled(entry.template, textOf);
    // Django's have no slash before them; what else has none is no path.
    const isPath = template !== undefined && (entry.router?.name === 'urlpatterns' || /^[/*]|^$/.test(template));
    return isPath ? [{ ...entry, template, name: `${entry.methods.join('|')} ${template}` }] : [];
  }

  #imported(): ReadonlyMap<string, Target | undefined> {
    if (this.#targets !== undefined) return this.#targets;
    const targets = new Map<string, Target | undefined>();
    for (const [file, entries] of this.#entries) {
      for (const reference of entries.flatMap((entry) => holesIn(entry.kind === 'route' ? entry.template : entry.name))) {
        const key = keyOf(file, reference);
        if (!targets.has(key)) targets.set(key, importedFrom(file, reference, this.#packages, this.#files));
      }
    }
    return (this.#targets = targets);
  }
}

function keyOf(file: string, { module, name }: RouterReference): string {
  return `${file}\n${module}\n${name}`;
}
