import type { FunctionRange, Location } from './location.ts';

/** The outermost own function of the stack of a span beneath a server or consumer span. */
export interface Beginning {
  readonly location: Location;
  /** It calls `next(…)` there: what is further in was called by whoever it hands on to. */
  readonly handsOn: boolean;
}

/**
 * Whether a call of `next` begins at a place of a text (1-based), as a middleware of Express, Connect, Koa or Hono hands on. Such a function is
 * on the stack of all that comes after it, and serves no request itself.
 */
export function callsNext(lines: readonly string[] | undefined, line: number, column: number | undefined): boolean {
  return column !== undefined && /^next(?:\?\.)?\(/.test((lines?.[line - 1] ?? '').slice(column - 1, column + 7));
}

/**
 * The function that serves, by where the stacks beneath begin; `among` those that do where they do not agree. Functions seen to hand on are out. Of
 * functions within each other the outer one serves: what it passes on to be called later is its own doing.
 */
export function servingFunction(beginnings: readonly Beginning[]): { readonly location: Location | undefined; readonly among: readonly Location[] } {
  const handing = new Set(beginnings.filter(({ handsOn }) => handsOn).map(({ location }) => keyOf(location)));
  const outer: Location[] = [];
  for (const { location } of beginnings) {
    if (handing.has(keyOf(location)) || outer.some((other) => holds(other, location))) continue;
    for (let at = outer.length - 1; at >= 0; at--) if (holds(location, outer[at] as Location)) outer.splice(at, 1);
    outer.push(location);
  }
  return { location: outer.length === 1 ? outer[0] : undefined, among: outer };
}

function keyOf({ file, line, function: own }: Location): string {
  return `${file}\0${own === undefined ? `line ${line}` : `${own.startLine}:${own.startColumn}`}`;
}

/** Whether `one` is `other`, or has it within. */
function holds(one: Location, other: Location): boolean {
  if (one.file !== other.file) return false;
  if (one.function === undefined || other.function === undefined) return keyOf(one) === keyOf(other);
  return isWithin(other.function, one.function);
}

function isWithin(inner: FunctionRange, outer: FunctionRange): boolean {
  const starts = inner.startLine - outer.startLine || inner.startColumn - outer.startColumn;
  const ends = outer.endLine - inner.endLine || outer.endColumn - inner.endColumn;
  return starts >= 0 && ends >= 0;
}
