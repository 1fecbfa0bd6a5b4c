import { readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { PathRule } from '../locate/location.ts';
import { parsePath, relativeTo } from '../locate/paths.ts';
import { composeServices, isComposeFile } from './composeFile.ts';
import { jsonArray, jsonObject, jsonText } from './jsonObject.ts';
import { readConfigurationText } from './readConfiguration.ts';
import { absoluteFrom } from './ruleScope.ts';

/** The rules of the compose files that lie in a workspace folder, `compose.override.yaml` and its like among them. */
export async function readComposeRules(folder: string): Promise<PathRule[]> {
  const names = (await readdir(folder).catch(() => [])).filter(isComposeFile).sort();
  const texts = await Promise.all(names.map((name) => readConfigurationText(path.join(folder, name))));
  const rules = await Promise.all(texts.filter((text) => text !== undefined).map((text) => composeRules(text, folder, folder)));
  return rules.flat();
}

/**
 * Where the services of a compose file have the workspace folder or parts of it (Compose Specification, "volumes" of a service,
 * short and long form, and "develop.watch" that copies files). `directory` is what its relative paths are reckoned from. No rule
 * of a text that is no YAML.
 */
export async function composeRules(text: string, directory: string, folder: string): Promise<PathRule[]> {
  return (await composeServices(text)).flatMap((service) => {
    const mounts = [
      ...jsonArray(service?.['volumes']).map(mountOf),
      ...jsonArray(jsonObject(service?.['develop'])?.['watch']).map(syncOf),
    ];
    return mounts.flatMap((mount) => (mount === undefined ? [] : mountRule(mount, directory, folder)));
  });
}

interface Mount {
  readonly source: string;
  readonly target: string;
}

function mountOf(volume: unknown): Mount | undefined {
  if (typeof volume === 'string') return shortMount(volume);
  const fields = jsonObject(volume);
  const [source, target] = [jsonText(fields?.['source']), jsonText(fields?.['target'])];
  return fields?.['type'] === 'bind' && source !== undefined && target !== undefined ? { source, target } : undefined;
}

/** Files that are copied into the container as they change. */
function syncOf(watch: unknown): Mount | undefined {
  const fields = jsonObject(watch);
  const [source, target, action] = [fields?.['path'], fields?.['target'], fields?.['action']].map(jsonText);
  return source !== undefined && target !== undefined && action?.startsWith('sync') === true ? { source, target } : undefined;
}

/** `SOURCE:TARGET[:MODE]`. What has no path for a source is a volume with a name. */
function shortMount(volume: string): Mount | undefined {
  const [source, target] = dividedAtColons(volume);
  return source && target ? { source, target } : undefined;
}

/** The colon of a drive, or of `${A:-b}`, divides nothing. */
function dividedAtColons(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}') depth--;
    else if (text[at] === ':' && depth <= 0 && !(at === start + 1 && /[a-z]/i.test(text[start]!) && /[\\/]/.test(text[at + 1] ?? ''))) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

function mountRule(mount: Mount, directory: string, folder: string): PathRule[] {
  const [source, target] = [interpolate(mount.source, directory), interpolate(mount.target, directory)];
  if (!source || !target || !/^(?:[./~\\]|[a-z]:[\\/])/i.test(source)) return [];
  const local = absoluteFrom(directory, /^~(?:[\\/]|$)/.test(source) ? os.homedir() + source.slice(1) : source);
  const [ours, theirs] = [parsePath(folder), parsePath(local)];
  if (ours.kind !== 'absolute' || theirs.kind !== 'absolute') return [];
  // Of the workspace: a part of it, or what it is a part of.
  const isOfWorkspace = relativeTo(ours.path, theirs.path) !== undefined || relativeTo(theirs.path, ours.path) !== undefined;
  return isOfWorkspace ? [{ remote: target, local, from: 'compose' }] : [];
}

/** Compose Specification, "Interpolation". undefined where a variable has no value: it would be an empty text, and the path another. */
function interpolate(text: string, directory: string): string | undefined {
  let unknown = false;
  type Group = string | undefined;
  const variable = /\$(?:\$|\{(\w+)(?:(:?[-?+])([^{}]*))?\}|(\w+))/g;
  const replaced = text.replace(variable, (whole, braced: Group, operator: Group, other: Group, bare: Group) => {
    if (whole === '$$') return '$';
    const name = braced ?? bare ?? '';
    const value = name === 'PWD' ? directory : process.env[name];
    const isSet = value !== undefined && (value !== '' || operator?.startsWith(':') !== true);
    if (operator?.endsWith('+') === true) return isSet ? other ?? '' : '';
    if (isSet) return value;
    if (operator?.endsWith('-') === true) return other ?? '';
    unknown = true;
    return '';
  });
  return unknown ? undefined : replaced;
}
