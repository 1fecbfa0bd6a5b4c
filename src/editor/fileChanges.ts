/** Told once it has been quiet for so long; VS Code itself hands on what it hears in steps of 200 ms. */
const quietMs = 300;
/** And where it is never quiet, after this. */
const longestMs = 2000;
/** More than this at once is another branch or a build of everything: all is looked at again. */
const maxListed = 500;

/** Other people's code, and what tools keep for themselves. */
const skipped = /[\\/](?:node_modules|bower_components|site-packages|__pycache__|\.git|\.hg|\.svn)(?:[\\/]|$)/;
/** What is read: sources, what is built of them and the maps between; what says which packages there are, and what git leaves out. */
const read = /\.(?:[cm]?[jt]sx?|map|py|java|go|cs|php|rb|rs)$|[\\/](?:\.gitignore|go\.mod|Cargo\.toml|\.git[\\/]info[\\/]exclude)$/;

export interface FileChange {
  /** Files and folders, each once; undefined where there were too many. */
  readonly files: readonly string[] | undefined;
  /** Whether one of them is a file that is read, by its name. */
  readonly isRead: boolean;
}

/** Gathers what happens to files, so that it is told of many at a time. */
export class FileChanges {
  readonly #tell: (change: FileChange) => void;
  #files = new Set<string>();
  #isRead = false;
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (change: FileChange) => void) {
    this.#tell = tell;
  }

  /** The text of a file is another. */
  changed(file: string): void {
    if (read.test(file)) this.#note(file);
  }

  /** A file or folder came or went. Of a folder's files nothing else may be said, and any file may be the one that a program names. */
  cameOrWent(file: string): void {
    this.#note(file);
  }

  /** What was not told yet never is. */
  dispose(): void {
    clearTimeout(this.#timer);
  }

  #note(file: string): void {
    const isRead = read.test(file);
    if (skipped.test(file) && !(isRead && file.endsWith('exclude'))) return;
    this.#isRead ||= isRead;
    if (this.#files.size <= maxListed) this.#files.add(file);
    const now = Date.now();
    if (this.#timer === undefined) this.#since = now;
    else if (now - this.#since + quietMs > longestMs) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), quietMs);
  }

  #flush(): void {
    const [files, isRead] = [this.#files, this.#isRead];
    this.#timer = undefined;
    this.#files = new Set();
    this.#isRead = false;
    this.#tell({ files: files.size > maxListed ? undefined : [...files], isRead });
  }
}
