import type { FileNames, SourceFiles } from '../../../src/locate/sourceFiles.ts';

interface Disk {
  readonly ignoresCase?: boolean;
  /** Link → what it leads to. */
  readonly links?: Readonly<Record<string, string>>;
  readonly isComplete?: boolean;
}

/** A disk that is only told of: its files by their paths, with or without links. `asked` is every path it was asked about. */
export function memoryFiles(paths: readonly string[], { ignoresCase = false, links = {}, isComplete = true }: Disk = {}): SourceFiles & { readonly asked: string[] } {
  const asked: string[] = [];
  const fold = (path: string) => (ignoresCase ? path.toLowerCase() : path);
  const folders = (path: string) => path.split(/[\\/]/).map((_, i, all) => all.slice(0, i + 1).join('/'));
  const known = new Map(paths.flatMap((path) => [...folders(path), path].map((each) => [fold(each), each])));
  const files = new Set(paths.map(fold));
  const follow = (path: string): string => {
    const link = Object.keys(links).find((each) => path === each || path.startsWith(`${each}/`));
    return link === undefined ? path : `${links[link]}${path.slice(link.length)}`;
  };
  const names: FileNames = {
    isComplete,
    named: (name) => paths.filter((path) => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) === name),
    look: () => Promise.resolve([]),
  };
  return {
    asked,
    ignoresCase,
    stat: (path) => {
      asked.push(path);
      return Promise.resolve(files.has(fold(follow(path))) ? { mtimeMs: 1, size: 1 } : undefined);
    },
    readText: () => Promise.resolve(''),
    realPath: (path) => {
      asked.push(path);
      return Promise.resolve(known.get(fold(follow(path))));
    },
    listFiles: () => Promise.resolve(names),
  };
}
