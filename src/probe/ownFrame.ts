import { evalOrigin, isEvaluatedModule } from './evaluatedModules.ts';
import { ownPath } from './ownPath.ts';
import { placeInFile } from './placeInFile.ts';

/** V8's text of a frame costs more than all else, and a program has few places: kept per script, by line and column. */
const texts = new Map<string, Map<number, string>>();

/** What V8 calls text that is in no file. */
const nameless = '<anonymous>';

/** A frame of the program's own code. */
export interface OwnFrame {
  readonly site: NodeJS.CallSite;
  /** Its file or URL, or the name that evaluated text gives itself; `nameless` where it gives none. */
  readonly script: string;
  /** undefined for evaluated text, which is in no file. */
  readonly path: string | undefined;
  /** What evaluated it, where that can be told. */
  readonly origin: string | undefined;
}

/** undefined where the frame is not of the program's own code. */
export function ownFrame(site: NodeJS.CallSite): OwnFrame | undefined {
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

/** As `placedText`, of which a program has few. */
export function frameText(frame: OwnFrame): string {
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
export function placedText(text: string, frame: OwnFrame): string {
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
export function locationText({ site, script, origin }: OwnFrame): string {
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
