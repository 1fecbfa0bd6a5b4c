import { callSites } from './callSites.ts';
import { evalOrigin, isEvaluatedModule } from './evaluatedModules.ts';
import { KnownStacks } from './knownStacks.ts';
import { isOfProbe, ownPath } from './ownPath.ts';
import { placeInFile } from './placeInFile.ts';

/**
 * Where a span was started: positions in the file as it lies on the disk, 1-based, undefined where they cannot be known. The stack is V8's text without
 * its header.
 */
export interface SiteOfCall {
  /** undefined for evaluated text, of which only the stack tells. */
  readonly path: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
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
/** How many more of the last spans had no own frame among the near ones than had one, within bounds. */
let farOfLate = 0;

/**
 * Tells that the program carries its packages in its own file, as `caller` (a function called by one of them) shows: their frames
 * count as the program's until its source map tells them apart, so the nearest frames may all be theirs.
 */
export function noticeBundle(caller: (...parameters: never[]) => unknown): void {
  const [site] = callSites(caller, 1);
  bundled ||= site !== undefined && ownFrame(site)?.path !== undefined;
}

/** V8's text of a frame costs more than all else, and a program has few places: kept per script, by line and column. */
const texts = new Map<string, Map<number, string>>();

/**
 * The site of the call to `below`; undefined where no frame of the program's own code is on the stack.
 * With `toOutermost` the stack always ends with the outermost frame of the program's own code.
 */
export function siteOfCall(below: (...parameters: never[]) => unknown, toOutermost: boolean): SiteOfCall | undefined {
  if (toOutermost || bundled) return siteOf(callSites(below, allFrames));
  // Where packages lay between of late, a second look would be more dear than one that goes far at once. What is found is the same.
  const isFar = farOfLate > 2;
  const sites = callSites(below, isFar ? allFrames : nearFrames);
  const near = siteOf(isFar ? sites.slice(0, nearFrames) : sites);
  farOfLate = near === undefined ? Math.min(farOfLate + 1, 5) : Math.max(farOfLate - 1, 0);
  if (near !== undefined || sites.length < nearFrames) return near;
  return siteOf(isFar ? sites : callSites(below, allFrames));
}

/** As `siteOfCall`, for a call that something else made later than it was asked for: its site now, to be kept till then. */
export function siteOfAsking(below: (...parameters: never[]) => unknown): SiteOfCall | undefined {
  return siteOf(callSites(below, allFrames));
}

/**
 * The site where the program itself uses a package (the files that `used` fits), for a function that the package calls; undefined where another package
 * does. What stands between is ours.
 */
export function siteOfUse(below: (...parameters: never[]) => unknown, used: RegExp): SiteOfCall | undefined {
  const sites = callSites(below, nearFrames);
  const user = sites.findIndex((site) => {
    const file = site.getFileName();
    return typeof file === 'string' && !used.test(file) && !isOfProbe(file);
  });
  return user >= 0 && ownFrame(sites[user]!) !== undefined ? siteOf(sites.slice(user)) : undefined;
}

/** What V8 calls text that is in no file. */
const nameless = '<anonymous>';

interface OwnFrame {
  readonly site: NodeJS.CallSite;
  /** Its file or URL, or the name that evaluated text gives itself; `nameless` where it gives none. */
  readonly script: string;
  /** undefined for evaluated text, which is in no file. */
  readonly path: string | undefined;
  /** What evaluated it, where that can be told. */
  readonly origin: string | undefined;
}

const known = new KnownStacks<SiteOfCall | undefined>();

/** What tells a frame's place in its script from all others. V8 would have to count lines; Bun and Deno tell nothing else. */
const positionOf: (site: NodeJS.CallSite) => number =
  process.versions['bun'] === undefined && process.versions['deno'] === undefined ? (site) => site.getPosition() : (site) => (site.getLineNumber() ?? 0) * 2 ** 24 + (site.getColumnNumber() ?? 0);

function siteOf(sites: readonly NodeJS.CallSite[]): SiteOfCall | undefined {
  let node = known.start;
  let first: NodeJS.CallSite | undefined;
  let count = 0;
  let outermost: NodeJS.CallSite | undefined;
  for (const site of sites) {
    const script: unknown = site.getFileName();
    // Evaluated text is in no file, and may be another each time.
    if (typeof script !== 'string') {
      if (site.isEval()) return newSite(sites);
      continue;
    }
    if (ownPath(script) === undefined) continue;
    if (count++ >= frameLimit) {
      outermost = site;
      continue;
    }
    first ??= site;
    node = known.next(node, script, positionOf(site));
  }
  if (first === undefined) return undefined;
  if (outermost !== undefined) node = known.next(node, outermost.getFileName() ?? '', positionOf(outermost));
  return known.made(node, first, () => newSite(sites));
}

function newSite(sites: readonly NodeJS.CallSite[]): SiteOfCall | undefined {
  let first: OwnFrame | undefined;
  let name: string | undefined;
  let stack = '';
  let count = 0;
  let outermost: OwnFrame | undefined;
  for (const site of sites) {
    const frame = ownFrame(site);
    if (frame === undefined) continue;
    if (count >= frameLimit) {
      outermost = frame;
      continue;
    }
    if (first === undefined) {
      first = frame;
      // Not one of the kept: a method's name depends on its receiver, which may be of another class each time.
      const text = String(site);
      name = functionName(text, locationText(frame));
      stack = `    at ${placedText(text, frame)}`;
    } else {
      stack += `\n    at ${frameText(frame)}`;
    }
    count++;
  }
  if (first === undefined) return undefined;
  if (outermost !== undefined) stack += `\n    at ${frameText(outermost)}`;
  const place = first.path === undefined ? undefined : placeInFile(first.site, first.script, first.path);
  return { path: first.path, line: place?.line, column: place?.column, functionName: name, stack };
}

/** undefined where the frame is not of the program's own code. */
function ownFrame(site: NodeJS.CallSite): OwnFrame | undefined {
  const file = site.getFileName();
  if (typeof file === 'string') return inFile(site, file);
  if (!site.isEval()) return undefined;
  const name: unknown = site.getScriptNameOrSourceURL();
  // Vite's runner: the text that it evaluates calls itself by its file's path, as in a URL.
  if (typeof name === 'string' && !isEvaluatedModule(name)) return inFile(site, name, decoded(name));
  const module = typeof name === 'string' ? name : undefined;
  if (module?.includes('/node_modules/') === true || module?.startsWith('webpack-internal:///webpack/') === true) return undefined;
  const origin = evalOrigin(site, module);
  return origin === undefined && module === undefined ? undefined : { site, script: module ?? nameless, path: undefined, origin };
}

function inFile(site: NodeJS.CallSite, script: string, name = script): OwnFrame | undefined {
  const path = ownPath(name);
  return path === undefined ? undefined : { site, script, path, origin: undefined };
}

function decoded(name: string): string {
  try {
    return decodeURI(name);
  } catch {
    return name;
  }
}

function frameText(frame: OwnFrame): string {
  const { site, script, origin } = frame;
  const key = origin ?? script;
  let ofScript = texts.get(key);
  if (ofScript === undefined) {
    if (texts.size >= 1000) texts.clear();
    texts.set(key, (ofScript = new Map()));
  }
  const position = (site.getLineNumber() ?? 0) * 2 ** 24 + (site.getColumnNumber() ?? 0);
  let text = ofScript.get(position);
  if (text === undefined) {
    if (ofScript.size >= 10_000) ofScript.clear();
    ofScript.set(position, (text = placedText(String(site), frame)));
  }
  return text;
}

/**
 * V8's text of a frame with the place in the file. Of evaluated text, what evaluated it is said as V8 says it of nameless text, since its source map is
 * in there: `(eval at ./src/x.ts (/app/dist/main.js:9:1), webpack-internal:///./src/x.ts:2:3)`.
 */
function placedText(text: string, frame: OwnFrame): string {
  const { site, script, path, origin } = frame;
  const location = locationText(frame);
  const end = text.endsWith(')') ? text.length - 1 : text.length;
  if (!text.endsWith(location, end)) return text;
  const before = text.slice(0, end - location.length);
  if (path === undefined) {
    if (origin === undefined || script === nameless) return text;
    return end === text.length ? `${before}${nameless} (${origin}, ${location})` : `${before}${origin}, ${location})`;
  }
  const place = placeInFile(site, script, path);
  const shown = script.includes('%') && !script.startsWith('file:') ? path : script;
  const placed = `${shown}${place === undefined ? '' : `:${place.line}:${place.column}`}`;
  return placed === location ? text : `${before}${placed}${text.slice(end)}`;
}

/** The place in V8's text of the frame. */
function locationText({ site, script, origin }: OwnFrame): string {
  const location = `${script}:${site.getLineNumber()}:${site.getColumnNumber()}`;
  return script === nameless && origin !== undefined ? `${origin}, ${location}` : location;
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
