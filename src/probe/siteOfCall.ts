import { callSites } from './callSites.ts';
import { ownPath } from './ownPath.ts';

/** Where a span was started. Positions are the generated ones, 1-based; the stack is V8's text without its header. */
export interface SiteOfCall {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly functionName: string | undefined;
  readonly stack: string;
}

/**
 * Own-code frames sent from the inner end. In a one-file bundle packages share the program's file, and which frames are the
 * program's is known only through its source map, later: so more than one is sent.
 */
const frameLimit = 16;

/** Frames looked at. A capture's cost is V8's time for each frame (0.3 µs), whatever becomes of it: so few where few do. */
const nearFrames = 16;
const allFrames = 64;

let bundled = false;

/**
 * Tells that the program carries its packages in its own file, as `caller` (a function called by one of them) shows: their frames
 * count as the program's until its source map tells them apart, so the nearest frames may all be theirs.
 */
export function noticeBundle(caller: (...parameters: never[]) => unknown): void {
  const script = callSites(caller, 1)[0]?.getFileName();
  bundled ||= typeof script === 'string' && ownPath(script) !== undefined;
}

/** V8's text of a frame costs more than all else, and a program has few places: kept per script, by line and column. */
const texts = new Map<string, Map<number, string>>();

/**
 * The site of the call to `below`; undefined where no frame of the program's own code is on the stack.
 * With `toOutermost` the stack always ends with the outermost frame of the program's own code.
 */
export function siteOfCall(below: (...parameters: never[]) => unknown, toOutermost: boolean): SiteOfCall | undefined {
  if (toOutermost || bundled) return siteOf(callSites(below, allFrames));
  const sites = callSites(below, nearFrames);
  return siteOf(sites) ?? (sites.length === nearFrames ? siteOf(callSites(below, allFrames)) : undefined);
}

function siteOf(sites: readonly NodeJS.CallSite[]): SiteOfCall | undefined {
  let path: string | undefined;
  let line = 0;
  let column = 0;
  let name: string | undefined;
  let stack = '';
  let count = 0;
  let outermost: NodeJS.CallSite | undefined;
  for (const site of sites) {
    const script = site.getFileName();
    if (typeof script !== 'string') continue;
    const own = ownPath(script);
    if (own === undefined) continue;
    if (count >= frameLimit) {
      outermost = site;
      continue;
    }
    if (path === undefined) {
      path = own;
      line = site.getLineNumber() ?? 0;
      column = site.getColumnNumber() ?? 0;
      // Not one of the kept: a method's name depends on its receiver, which may be of another class each time.
      const text = String(site);
      name = functionName(text, `${script}:${line}:${column}`);
      stack = `    at ${text}`;
    } else {
      stack += `\n    at ${frameText(site, script)}`;
    }
    count++;
  }
  if (path === undefined) return undefined;
  if (outermost !== undefined) stack += `\n    at ${frameText(outermost, outermost.getFileName() as string)}`;
  return { path, line, column, functionName: name, stack };
}

function frameText(site: NodeJS.CallSite, script: string): string {
  let ofScript = texts.get(script);
  if (ofScript === undefined) {
    if (texts.size >= 1000) texts.clear();
    texts.set(script, (ofScript = new Map()));
  }
  const key = (site.getLineNumber() ?? 0) * 2 ** 24 + (site.getColumnNumber() ?? 0);
  let text = ofScript.get(key);
  if (text === undefined) {
    if (ofScript.size >= 10_000) ofScript.clear();
    ofScript.set(key, (text = String(site)));
  }
  return text;
}

/**
 * The name in V8's text of a frame: `async Class.method [as other] (location)` → `Class.method`.
 * undefined where V8 has none, and for a module's own level.
 */
export function functionName(text: string, location: string): string | undefined {
  if (!text.endsWith(` (${location})`)) return undefined;
  let start = 0;
  if (text.startsWith('async ')) start = 6;
  else if (text.startsWith('new ')) start = 4;
  let end = text.length - location.length - 3;
  if (text.charCodeAt(end - 1) === 93) {
    const as = text.lastIndexOf(' [as ', end);
    if (as > start) end = as;
  }
  const name = text.slice(start, end);
  return name === '' || name.endsWith('<anonymous>') ? undefined : name;
}
