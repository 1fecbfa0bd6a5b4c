/** What locating takes and gives. Lines and columns are 1-based; files of the workspace are absolute paths. */

export interface PathRule {
  /** A path prefix as the program saw it, whole segments. */
  readonly remote: string;
  /** The same place on this machine. */
  readonly local: string;
  readonly from: PathRuleSource;
}

/**
 * What says so: `launch` are `localRoot` and `remoteRoot`, the next four also properties of a launch configuration; then a dev
 * container's mounts, a compose file's, and the setting `traceline.pathMappings`. A rule of `outFiles` has the same place
 * twice: a folder outside the workspace whose generated files and maps may be read.
 */
export type PathRuleSource = 'launch' | 'pathMappings' | 'sourceFileMap' | 'substitutePath' | 'outFiles' | 'devContainer' | 'compose' | 'setting';

export interface LocateSettings {
  readonly workspaceFolders: readonly string[];
  /** In the order they are tried. */
  readonly pathRules: readonly PathRule[];
}

export interface FunctionRange {
  /** As the language names it: `Class.method`, never a minified name. */
  readonly name: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The innermost function around the line; undefined where there is none (module level, or no grammar). */
  readonly function: FunctionRange | undefined;
  /** The rules that placed it, in order: attributes, stack, exception, exact, pathRule, learned, sourceMap, symbol; where it was found by name alone: symbol, route, rpc, spanName; with service, where that chose among several. */
  readonly via: readonly string[];
  /** True where the span itself did not say the place. */
  readonly inferred: boolean;
}

export interface ExplainStep {
  readonly rule: string;
  readonly input: string;
  readonly result: string;
}

export interface LocateResult {
  readonly location: Location | undefined;
  readonly steps: readonly ExplainStep[];
  /** One sentence: where it is, or why it has no place and what to do. */
  readonly outcome: string;
}
