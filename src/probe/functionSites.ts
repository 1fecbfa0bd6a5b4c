import type { Session } from 'node:inspector';
import { ownPath } from './ownPath.ts';
import { placeOfFunction } from './placeInFile.ts';
import type { FunctionSite } from './functionSite.ts';

type AnyFunction = (...parameters: never[]) => unknown;

const key = Symbol.for('traceline.functions');

/** undefined for a function that is not of the program's own code. */
const sites = new WeakMap<AnyFunction, FunctionSite | undefined>();
const urls = new Map<string, string>();
let pending: AnyFunction[] = [];

// The program's tests may put another in its place.
const { setTimeout } = globalThis;

/** Tells that `siteOfFunction` may be asked for this one: it is looked up with others when the program has nothing else to do. */
export function expectFunction(one: AnyFunction): void {
  if (sites.has(one)) return;
  pending.push(one);
  if (pending.length === 1) setTimeout(lookUpPending, 0).unref();
}

/** Where a function of the program's own code is written, as it lies on the disk. */
export function siteOfFunction(one: AnyFunction): FunctionSite | undefined {
  if (!sites.has(one)) {
    pending.push(one);
    lookUpPending();
  }
  return sites.get(one);
}

function lookUpPending(): void {
  const functions = pending.filter((each) => !sites.has(each));
  pending = [];
  if (functions.length === 0) return;
  for (const each of functions) sites.set(each, undefined);
  try {
    lookUp(functions);
  } catch {
    // No inspector in this Node, or not now: they have no site.
  }
}

interface RemoteProperty {
  readonly name: string;
  readonly value?: { readonly objectId?: string; readonly value?: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber: number } };
}

/** V8 tells where a function is only to its inspector. A session within the process opens no port, and nothing stays switched on. */
function lookUp(functions: readonly AnyFunction[]): void {
  const { Session: InProcess } = require('node:inspector') as typeof import('node:inspector');
  const session = new InProcess();
  session.connect();
  try {
    Object.defineProperty(globalThis, key, { configurable: true, value: functions });
    const { result } = post<{ result: { objectId: string } }>(session, 'Runtime.evaluate', { expression: `globalThis[Symbol.for(${JSON.stringify(key.description)})]` });
    Reflect.deleteProperty(globalThis, key);
    const { result: elements } = post<{ result: readonly RemoteProperty[] }>(session, 'Runtime.getProperties', { objectId: result.objectId, ownProperties: true });
    functions.forEach((each, i) => {
      const objectId = elements.find(({ name }) => name === String(i))?.value?.objectId;
      if (objectId !== undefined) sites.set(each, siteOf(session, each.name, objectId));
    });
  } finally {
    Reflect.deleteProperty(globalThis, key);
    session.disconnect();
  }
}

function siteOf(session: Session, name: string, objectId: string): FunctionSite | undefined {
  const { internalProperties = [] } = post<{ internalProperties?: readonly RemoteProperty[] }>(session, 'Runtime.getProperties', { objectId, ownProperties: true });
  const internal = (wanted: string): RemoteProperty['value'] => internalProperties.find((each) => each.name === wanted)?.value;
  // One made by `bind`.
  const target = internal('[[TargetFunction]]')?.objectId;
  if (target !== undefined) return siteOf(session, name.replace(/^bound /, ''), target);
  const at = internal('[[FunctionLocation]]')?.value;
  const script = at === undefined ? undefined : urlOf(session, at.scriptId);
  const path = script === undefined ? undefined : ownPath(script);
  if (at === undefined || script === undefined || path === undefined) return undefined;
  const place = placeOfFunction(script, path, at.lineNumber + 1, at.columnNumber + 1);
  return { path, line: place?.line, column: place?.column, functionName: name === '' ? undefined : name };
}

/**
 * The scripts' names by their ids: those that V8's own coverage tells of, which changes nothing; where this one is not among them (none of its functions has
 * run for long), all, which the debugger's domain tells of as it is switched on. It is off again at once.
 */
function urlOf(session: Session, scriptId: string): string | undefined {
  if (!urls.has(scriptId)) {
    post(session, 'Profiler.enable');
    const { result } = post<{ result: readonly { scriptId: string; url: string }[] }>(session, 'Profiler.getBestEffortCoverage');
    post(session, 'Profiler.disable');
    for (const { scriptId: id, url } of result) urls.set(id, url);
  }
  if (!urls.has(scriptId)) {
    session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url));
    post(session, 'Debugger.enable');
    post(session, 'Debugger.disable');
    // It is in no file: not asked for again.
    if (!urls.has(scriptId)) urls.set(scriptId, '');
  }
  return urls.get(scriptId) || undefined;
}

/** A session within the process answers before `post` returns. */
function post<T>(session: Session, method: string, parameters: object = {}): T {
  let outcome: { readonly error: Error | null; readonly answer: unknown } | undefined;
  session.post(method, parameters, (error, answer?: unknown) => (outcome = { error, answer }));
  if (outcome === undefined || outcome.error !== null) throw new Error(`${method} has no answer`);
  return outcome.answer as T;
}
