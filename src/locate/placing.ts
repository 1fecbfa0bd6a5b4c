import type { CalledName } from './calledName.ts';
import type { WorkspaceFile } from './workspaceFiles.ts';

/** Notes a step that was taken, for `explain`. */
export type Say = (rule: string, input: string, result: string) => void;

/** What a person can do. */
export const advice = {
  outside: 'Open its folder in the workspace, or add its path to the setting traceline.pathMappings.',
  map: 'Build it again with source maps written beside the output.',
  eval: "Build it with devtool 'source-map' or 'eval-source-map'.",
  none: 'Start the program with F5 or `traceline run`, so that spans say their line.',
};

export /** The generated files that led to a source. */
interface Build {
  readonly newestUnixMs: number;
  /** When the one was written that names the source. */
  readonly lastUnixMs: number;
  /** The source's text as its map has it. */
  readonly text: string | undefined;
}

export /** A place a span names, as the program saw it. */
interface ProgramPosition {
  readonly from: 'attributes' | 'stack' | 'exception';
  readonly file: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** As the program calls it. */
  readonly functionName?: string;
  /** The function with its class, for runtimes whose frames name no more of a file than its base name (JVM, .NET, PHP's SDK). */
  readonly method?: string;
  readonly className?: string;
  /** Where `file` evaluates the text that line and column are of. */
  readonly evaluated?: { readonly name: string | undefined; readonly line: number; readonly column: number | undefined };
}

/** Where the program's code is that a position is of. */
export interface Placed {
  readonly kind: 'placed';
  readonly file: WorkspaceFile;
  readonly line: number;
  readonly column: number | undefined;
  readonly called?: CalledName;
  readonly via: readonly string[];
  readonly said?: string;
  readonly built?: Build;
}

export interface Failed {
  readonly kind: 'failed';
  readonly outcome: string;
}

export type Placing =
  | Placed
  /** Not the program's own code: another frame may be. */
  | { readonly kind: 'foreign' }
  | Failed;

/** `file:line:column`, as far as they are known. */
export function positionText(file: string, line: number | undefined, column: number | undefined): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}
