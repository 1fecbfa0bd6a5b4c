/** How this room reads files; the one that knows the disk lives in `client/`. Paths are absolute, as this machine writes them. */
export interface SourceFiles {
  /** undefined where there is no such regular file, or it may not be read. */
  stat(path: string): Promise<FileStamp | undefined>;
  /** The file's text as UTF-8; undefined where it cannot be read. */
  readText(path: string): Promise<string | undefined>;
  /** The path with every link followed; undefined where nothing is there. Folders too. */
  realPath(path: string): Promise<string | undefined>;
  /** The files in these folders, by name. Never rejects. */
  listFiles(folders: readonly string[]): Promise<FileNames>;
  /** Whether this machine takes `A.ts` and `a.ts` for the same file. */
  readonly ignoresCase: boolean;
}

/** Which files of some folders have a name. What is installed or kept by version control is left out. */
export interface FileNames {
  /** False where there are more files than were looked at: a name may have more files than it is known to. */
  readonly isComplete: boolean;
  /** Absolute paths, as this machine writes them. A file may have been removed since. */
  named(name: string): readonly string[];
  /** Looks again at a path that changed since: a file or a folder that came, with all in it. Resolves to the files that were not known. Never rejects. */
  look(path: string): Promise<readonly string[]>;
}

export interface FileStamp {
  readonly mtimeMs: number;
  readonly size: number;
}
