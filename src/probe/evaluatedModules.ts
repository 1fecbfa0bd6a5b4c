import { readFileSync, statSync } from 'node:fs';
import module from 'node:module';
import { ownPath } from './ownPath.ts';

const scheme = 'webpack-internal:';
/** A development build's file is read to find its modules in it; not one that would cost the program time. */
const maxFileBytes = 64 * 1024 * 1024;

/** Where the evaluated modules are, by name, as V8 would say it. */
const origins = new Map<string, string>();
const searched = new Set<string>();

/**
 * Whether a script is a module that webpack (or a bundler that does as it does) put into a text to be evaluated: it has a name and no file. Of
 * `devtool: 'eval'`, which keeps no map, the names begin with `webpack:`.
 */
export function isEvaluatedModule(script: string): boolean {
  return script.startsWith(scheme) || script.startsWith('webpack:');
}

/**
 * What evaluated the text that a frame is in: `eval at ./src/x.ts (/app/dist/main.js:9:1)`. V8 says so only of text that gives itself no name; for the
 * others the program's loaded files are searched, each once. undefined where it is not found, or not the program's own.
 */
export function evalOrigin(site: NodeJS.CallSite, name: string | undefined): string | undefined {
  const origin = name === undefined ? site.getEvalOrigin() : originOfModule(name);
  const file = origin === undefined ? undefined : evaluatingFile(origin);
  return file === undefined || ownPath(file) === undefined ? undefined : origin;
}

/** `/app/main.js` of `eval at f (/app/main.js:9:1)`. Text evaluated by evaluated text has no file to look into. */
function evaluatingFile(origin: string): string | undefined {
  const open = origin.startsWith('eval at ') && origin.endsWith(')') ? origin.lastIndexOf(' (') : -1;
  const place = open < 0 ? '' : origin.slice(open + 2, -1);
  const position = place.startsWith('eval at ') ? null : /:\d{1,9}:\d{1,9}$/.exec(place);
  return position === null || position.index === 0 ? undefined : place.slice(0, position.index);
}

function originOfModule(name: string): string | undefined {
  if (!origins.has(name)) {
    for (const file of loadedFiles()) if (!searched.has(file) && ownPath(file) !== undefined) search(file);
  }
  return origins.get(name);
}

function loadedFiles(): readonly string[] {
  const cache = (module as { readonly _cache?: Readonly<Record<string, unknown>> })._cache ?? {};
  return [...Object.keys(cache), ...(process.argv[1] === undefined ? [] : [process.argv[1]])];
}

/** Each module is one `eval("…\n//# sourceURL=webpack-internal:///./src/x.ts\n")`. */
function search(file: string): void {
  searched.add(file);
  let text: string;
  try {
    if (statSync(file).size > maxFileBytes) return;
    text = readFileSync(file, 'utf8');
  } catch {
    return;
  }
  const mark = `sourceURL=${scheme}`;
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    for (let next = text.indexOf('\n', lineStart); next >= 0 && next < at; next = text.indexOf('\n', lineStart)) {
      line++;
      lineStart = next + 1;
    }
    const name = /^[^\\"\s]*/.exec(text.slice(at + 'sourceURL='.length, at + 4096))![0];
    const call = text.lastIndexOf('eval(', at);
    if (call >= lineStart && !origins.has(name)) origins.set(name, `eval at ${name.slice(`${scheme}///`.length)} (${file}:${line}:${call - lineStart + 1})`);
  }
}
