import { readFileSync, statSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

/** A position (1-based) in the text of a file as it lies on the disk. */
export interface FilePosition {
  readonly line: number;
  readonly column: number;
}

/** Files that no runtime executes as they are: what runs is another text, whose lines may be others. */
const transformedName = /\.(?:[cm]?tsx?|jsx)$/;

/** A larger file that names a map is a build's output, and its map is not worth the program's time. */
const maxTransformedBytes = 1024 * 1024;

/** Bun and Deno map V8's positions, or their own, before anyone sees them. */
const mapsByItself = process.versions['bun'] !== undefined || process.versions['deno'] !== undefined;

const loadOfJavaScript = loadOfJs();
const transformed = new Map<string, boolean>();
const places = new Map<string, Map<number, FilePosition | undefined>>();
const texts = new Map<string, readonly string[]>();

/**
 * Where a frame of `script` (whose file is `path`) is in that file, which differs from what V8 says where a loader (tsx, ts-node, swc-node, Babel's
 * register, Node itself) transforms files in memory: V8's positions are of the text that runs. `undefined` where it cannot be known. A file that was
 * built before it is run is left as V8 says: its own map, later, tells the rest.
 */
export function placeInFile(site: NodeJS.CallSite, script: string, path: string): FilePosition | undefined {
  const line = site.getLineNumber() ?? 0;
  const column = site.getColumnNumber() ?? 0;
  if (mapsByItself || !mayBeTransformed(script, path)) return { line, column };
  let ofScript = places.get(script);
  if (ofScript === undefined) {
    if (places.size >= 1000) places.clear();
    places.set(script, (ofScript = new Map()));
  }
  const key = line * 2 ** 24 + column;
  if (ofScript.has(key)) return ofScript.get(key);
  if (ofScript.size >= 10_000) ofScript.clear();
  const place = fromRegisteredMap(script, path, line, column) ?? fromProgramsHook(site, path, line, column) ?? asExecuted(path, line, column);
  ofScript.set(key, place);
  return place;
}

/**
 * As `placeInFile`, for the start of a function, which V8 takes to be its parameters. What loaders map are frames, so they are shown one.
 */
export function placeOfFunction(script: string, path: string, line: number, column: number): FilePosition | undefined {
  if (mapsByItself || !mayBeTransformed(script, path)) return { line, column };
  const place = fromRegisteredMap(script, path, line, column) ?? fromProgramsHook(frameAt(script, line, column), path, line, column);
  if (place !== undefined || !transformedName.test(path)) return place ?? { line, column };
  return /[\w$(]/.test(textAt(path, line, column)) ? { line, column } : undefined;
}

function frameAt(script: string, line: number, column: number): NodeJS.CallSite {
  const none = (): undefined => undefined;
  const no = (): boolean => false;
  // Loaders copy a frame by the names on its prototype.
  return Object.create({
    getFileName: () => script,
    getScriptNameOrSourceURL: () => script,
    getLineNumber: () => line,
    getColumnNumber: () => column,
    getEnclosingLineNumber: () => line,
    getEnclosingColumnNumber: () => column,
    getPosition: () => 0,
    getScriptHash: () => '',
    getFunctionName: () => 'f',
    getMethodName: () => null,
    getTypeName: () => null,
    getThis: none,
    getFunction: none,
    getEvalOrigin: none,
    getPromiseIndex: () => null,
    isToplevel: () => true,
    isNative: no,
    isEval: no,
    isConstructor: no,
    isAsync: no,
    isPromiseAll: no,
    toString: () => `f (${script}:${line}:${column})`,
  }) as NodeJS.CallSite;
}

/** JavaScript may be transformed as well, where somebody hooks its loading or Node keeps maps. */
function mayBeTransformed(script: string, path: string): boolean {
  if (transformedName.test(path)) return true;
  if (loadOfJs() === loadOfJavaScript && (process as { sourceMapsEnabled?: boolean }).sourceMapsEnabled !== true) return false;
  let result = transformed.get(script);
  if (result === undefined) {
    if (transformed.size >= 10_000) transformed.clear();
    transformed.set(script, (result = isSmall(path)));
  }
  return result;
}

function loadOfJs(): unknown {
  return (module as { readonly _extensions?: Readonly<Record<string, unknown>> })._extensions?.['.js'];
}

function isSmall(path: string): boolean {
  try {
    return statSync(path).size <= maxTransformedBytes;
  } catch {
    return false;
  }
}

/** Maps that Node keeps of what it loaded (`--enable-source-maps`, which tsx and Node's own transform turn on). One that leads to the file itself. */
function fromRegisteredMap(script: string, path: string, line: number, column: number): FilePosition | undefined {
  const map = module.findSourceMap?.(script);
  if (map === undefined) return undefined;
  const entry = map.findEntry(line - 1, column - 1);
  if (!('originalSource' in entry) || typeof entry.originalSource !== 'string') return undefined;
  return isFile(entry.originalSource, path) ? { line: entry.originalLine + 1, column: entry.originalColumn + 1 } : undefined;
}

/** Whether a source's name in a map, or a file's in a stack, is this file: a path, a URL, or just its base name. tsx maps `x.mts` to `x.ts`. */
function isFile(name: string, path: string): boolean {
  return isSame(name, path) || (/\.[cm]ts$/.test(path) && isSame(name, path.replace(/[cm]ts$/, 'ts')));
}

function isSame(name: string, path: string): boolean {
  if (name === path) return true;
  if (!/[\\/]/.test(name)) return path.endsWith(name) && /[\\/]$/.test(path.slice(0, -name.length));
  try {
    return name.startsWith('file:') ? fileURLToPath(name) === path : decodeURI(name) === path;
  } catch {
    return false;
  }
}

/**
 * What the program's own `Error.prepareStackTrace` makes of the frame: loaders that keep their maps to themselves (ts-node, swc-node, Babel's register) set
 * one that maps. Asked as for any error's stack, once for each place, and believed only where it moves the position within the same file.
 */
function fromProgramsHook(site: NodeJS.CallSite, path: string, line: number, column: number): FilePosition | undefined {
  const prepare = Error.prepareStackTrace;
  if (typeof prepare !== 'function') return undefined;
  let text: unknown;
  try {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    const error = new Error();
    Error.stackTraceLimit = limit;
    text = prepare(error, [site]);
  } catch {
    return undefined;
  }
  const place = typeof text === 'string' ? shownPlace(text, path) : undefined;
  if (place === undefined) return undefined;
  return place.line === line && place.column === column ? undefined : place;
}

/** Where the last line of a stack's text says the file is: `    at f (/app/x.ts:3:5)`. */
function shownPlace(text: string, path: string): FilePosition | undefined {
  const end = text.trimEnd();
  const line = end.slice(end.lastIndexOf('\n') + 1);
  const start = line.search(/[( ](?:\/|[a-z]:|\\|file:)/i);
  const found = start < 0 ? null : /:(\d{1,9}):(\d{1,9})\)?$/.exec(line);
  if (found === null || found.index <= start || !isFile(line.slice(start + 1, found.index), path)) return undefined;
  return { line: Number(found[1]), column: Number(found[2]) };
}

/**
 * The position as it is, where a word begins there in the file: Node takes types out without moving what is left. Where none does, something
 * transformed the text and left no map.
 */
function asExecuted(path: string, line: number, column: number): FilePosition | undefined {
  if (!transformedName.test(path)) return { line, column };
  if (/[\w$]/.test(textAt(path, line, column - 1))) return undefined;
  return /[\p{L}\p{N}_$#(<`[]/u.test(textAt(path, line, column)) ? { line, column } : undefined;
}

/** The character there; empty where there is none. */
function textAt(path: string, line: number, column: number): string {
  let lines = texts.get(path);
  if (lines === undefined) {
    if (texts.size >= 100) texts.clear();
    texts.set(path, (lines = linesOf(path)));
  }
  return lines[line - 1]?.[column - 1] ?? '';
}

function linesOf(path: string): readonly string[] {
  try {
    return statSync(path).size <= maxTransformedBytes * 4 ? readFileSync(path, 'utf8').split(/\r\n|[\n\r]/) : [];
  } catch {
    return [];
  }
}
