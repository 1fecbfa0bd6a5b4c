import { endOfChain, findCalledName } from './calledName.ts';
import { decoratedFunction } from './decoratedFunction.ts';
import { enclosingFunction } from './functions/functionFinder.ts';
import type { FunctionRange, Location } from './location.ts';
import type { ParsedSource } from './parsedSources.ts';
import { extensionOf } from './paths.ts';
import { type Placed, positionText } from './placing.ts';

/** Rules that find a place in the text as it is now. */
const byName = ['route', 'rpc', 'spanName'];

/**
 * Of a place whose line the program itself said: what tells which text of the file that line is of.
 */
export interface PlaceBasis {
  /** Absolute, as this machine writes it. */
  readonly file: string;
  /** What the program calls the function; where the file was built, a tool may have given it another name. */
  readonly said: string | undefined;
  /** When the newest of the generated files between was written, in milliseconds since the epoch; undefined where the file itself ran. */
  readonly builtUnixMs: number | undefined;
  /** The file was written after it was built: `text` is what was built, where the map carries it. */
  readonly sinceBuilt: { readonly text: string | undefined } | undefined;
  readonly placing: Placed;
  readonly inferred: boolean;
}

/** undefined where the program did not say the line. */
export function basisOf(placing: Placed, inferred: boolean): PlaceBasis | undefined {
  const { file, via, said, built } = placing;
  if (said === undefined && (via.includes('symbol') || byName.some((rule) => via.includes(rule)))) return undefined;
  const isNewer = built !== undefined && file.mtimeMs > built.lastUnixMs;
  return { file: file.nativePath, said, builtUnixMs: built?.newestUnixMs, sinceBuilt: isNewer ? { text: built.text } : undefined, placing, inferred };
}

/** Where a placing is in a text, and its place where it has one. `at` is absent where the text has no such line. */
export function placeInText(source: ParsedSource, placing: Placed, inferred: boolean): {
  readonly location: Location | undefined; readonly at?: { readonly line: number; readonly column: number | undefined }; readonly outcome: string;
} {
  const { file, via } = placing;
  if (source.lines !== undefined && source.lines[placing.line - 1] === undefined) {
    return { location: undefined, outcome: `${file.nativePath} has no line ${placing.line}: it was changed since the program was built. Build and run it again.` };
  }
  const at = callPosition(placing, source.lines ?? []);
  const { line, column } = at;
  const firstWord = (source.lines?.[line - 1] ?? '').search(/\S|$/) + 1;
  const functions = source.functions ?? [];
  const decorated = hasDecorators(file.path) ? decoratedFunction(functions, source.lines ?? [], line) : undefined;
  const enclosing = decorated ?? enclosingFunction(functions, line, column);
  if (column === undefined && enclosing !== undefined && sharesLine(functions, enclosing, line)) {
    return { location: undefined, outcome: `there are several functions in line ${line} of ${file.nativePath}, and neither the span nor the source map says the column` };
  }
  const place = inferred && enclosing !== undefined ? { line: enclosing.startLine, column: enclosing.startColumn } : { line, column: column ?? firstWord };
  const of = enclosing === undefined ? '' : ` in ${enclosing.name}`;
  const outcome = `${inferred ? 'Inferred: ' : ''}${positionText(file.nativePath, place.line, place.column)}${of}`;
  return { location: { file: file.nativePath, ...place, function: enclosing, via, inferred }, at, outcome };
}

/** What a map says is made exact by the source's text. */
function callPosition({ line, column, called, via }: Placed, lines: readonly string[]): { readonly line: number; readonly column: number | undefined } {
  if (column !== undefined) return via.includes('sourceMap') ? endOfChain(lines, { line, column }) : { line, column };
  return (called === undefined ? undefined : findCalledName(lines, line, called)) ?? { line, column };
}

/** Whether another function in the line is neither around this one nor in it. */
function sharesLine(functions: readonly FunctionRange[], one: FunctionRange, line: number): boolean {
  return functions.some((each) => each !== one && (each.startLine === line || each.endLine === line) && !isWithin(each, one) && !isWithin(one, each));
}

function isWithin(inner: FunctionRange, outer: FunctionRange): boolean {
  const startsAfter = inner.startLine > outer.startLine || (inner.startLine === outer.startLine && inner.startColumn >= outer.startColumn);
  return startsAfter && (inner.endLine < outer.endLine || (inner.endLine === outer.endLine && inner.endColumn <= outer.endColumn));
}

/** In Ruby `@tracer.in_span` is a call. */
export function hasDecorators(path: string): boolean {
  return extensionOf(path) !== '.rb';
}
