/** How this room reads files; the one that knows the disk lives in `client/`. Paths are absolute, as this machine writes them. */
export interface SourceFiles {
  /** undefined where there is no such regular file, or it may not be read. */
  stat(path: string): Promise<FileStamp | undefined>;
  /** The file's text as UTF-8; undefined where it cannot be read. */
  readText(path: string): Promise<string | undefined>;
  /** The path with every link followed; undefined where nothing is there. Folders too. */
  realPath(path: string): Promise<string | undefined>;
}

export interface FileStamp {
  readonly mtimeMs: number;
  readonly size: number;
}
