import { callSites } from './callSites.ts';
import { KnownStacks } from './knownStacks.ts';
import { frameText, functionName, locationText, ownFrame, type OwnFrame, placedText } from './ownFrame.ts';
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
/** Where there is none of the program's among the near ones: so many from its first one on. */
const farFrames = 3;

let bundled = false;
/** How many more of the last spans had no own frame among the near ones than had one, within bounds. */
let farOfLate = 0;
/** How many frames were enough of late where the near ones were not. */
let enoughFrames = allFrames;

/**
 * Tells that the program carries its packages in its own file, as `caller` (a function called by one of them) shows: their frames
 * count as the program's until its source map tells them apart, so the nearest frames may all be theirs.
 */
export function noticeBundle(caller: (...parameters: never[]) => unknown): void {
  const [site] = callSites(caller, 1);
  bundled ||= site !== undefined && ownFrame(site)?.path !== undefined;
}

/**
 * The site of the call to `below`; undefined where no frame of the program's own code is on the stack.
 * With `toOutermost` the stack always ends with the outermost frame of the program's own code.
 */
export function siteOfCall(below: (...parameters: never[]) => unknown, toOutermost: boolean): SiteOfCall | undefined {
  if (toOutermost || bundled) return siteOf(callSites(below, allFrames));
  // Where packages lay between of late, a second look would be more dear than one that goes far at once. What is found is the same.
  const limit = farOfLate > 2 ? Math.ceil(enoughFrames) : nearFrames;
  let sites = callSites(below, limit);
  let first = firstOwn(sites);
  if (sites.length === limit && (first < 0 || (first >= nearFrames && first + farFrames > limit))) {
    sites = callSites(below, allFrames);
    first = firstOwn(sites);
  }
  const isNear = first >= 0 && first < nearFrames;
  farOfLate = isNear ? Math.max(farOfLate - 1, 0) : Math.min(farOfLate + 1, 5);
  if (!isNear) enoughFrames = first < 0 ? allFrames : Math.max(first + farFrames, enoughFrames - 1 / 16);
  if (first < 0) return undefined;
  // Of evaluated text one cannot tell at once whether it is the program's.
  return siteOf(sites, first, isNear ? nearFrames : first + farFrames) ?? siteOf(callSites(below, allFrames));
}

/** Where the first frame is that is of the program's own code, or may be; -1 where none is. */
function firstOwn(sites: readonly NodeJS.CallSite[]): number {
  let lastScript: string | undefined;
  for (let i = 0; i < sites.length; i++) {
    const script: unknown = sites[i]!.getFileName();
    if (typeof script !== 'string') {
      if (sites[i]!.isEval()) return i;
    } else if (script !== lastScript) {
      if (ownPath(script) !== undefined) return i;
      lastScript = script;
    }
  }
  return -1;
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

const known = new KnownStacks<SiteOfCall | undefined>();

/** What tells a frame's place in its script from all others. V8 would have to count lines; Bun and Deno tell nothing else. */
const positionOf: (site: NodeJS.CallSite) => number =
  process.versions['bun'] === undefined && process.versions['deno'] === undefined ? (site) => site.getPosition() : (site) => (site.getLineNumber() ?? 0) * 2 ** 24 + (site.getColumnNumber() ?? 0);

/**
 * Of the frames before `end`, of which none before `from` is the program's own. Each of V8's answers about a frame costs (60 ns; its capture, 250 ns), so
 * no more is asked than tells the stack from others.
 */
function siteOf(sites: readonly NodeJS.CallSite[], from = 0, end = sites.length): SiteOfCall | undefined {
  const frames = end < sites.length ? sites.slice(0, end) : sites;
  let node = known.start;
  let first: NodeJS.CallSite | undefined;
  let count = 0;
  let lastScript: string | undefined;
  let isOwn = false;
  let i = from;
  for (; i < frames.length && count < frameLimit; i++) {
    const site = frames[i]!;
    const script: unknown = site.getFileName();
    if (typeof script !== 'string') {
      // Evaluated text is in no file, and may be another each time.
      if (site.isEval()) return newSite(frames);
      continue;
    }
    if (script !== lastScript) {
      lastScript = script;
      isOwn = ownPath(script) !== undefined;
    }
    if (!isOwn) continue;
    first ??= site;
    count++;
    node = known.next(node, script, positionOf(site));
  }
  if (first === undefined) return undefined;
  // From the outer end, where what is not the program's is Node's few.
  for (let at = frames.length - 1; at >= i; at--) {
    const site = frames[at]!;
    const script: unknown = site.getFileName();
    if (typeof script !== 'string') {
      if (site.isEval()) return newSite(frames);
      continue;
    }
    if (ownPath(script) === undefined) continue;
    node = known.next(node, script, positionOf(site));
    break;
  }
  return known.made(node, first, () => newSite(frames));
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
