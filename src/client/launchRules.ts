import type { PathRule, PathRuleSource } from '../locate/location.ts';
import { parsePath, relativeTo } from '../locate/paths.ts';
import { jsonArray, jsonObject, jsonText } from './jsonObject.ts';
import type { RuleScope } from './ruleScope.ts';
import { absoluteFrom, expandVariables } from './ruleScope.ts';

const platformBlock = process.platform === 'win32' ? 'windows' : process.platform === 'darwin' ? 'osx' : 'linux';

/**
 * The path rules of one launch configuration, as it is written or as a session resolved it:
 * - `localRoot` and `remoteRoot` (js-debug, debugpy's older form);
 * - `pathMappings`: debugpy's list of `{ localRoot, remoteRoot }`, PHP's object of remote → local;
 * - `sourceFileMap`: an object of remote → local or `{ editorPath }` (coreclr, cppdbg);
 * - `substitutePath`: a list of `{ from: local, to: remote }` (Go);
 * - `outFiles`: folders outside the workspace that hold build output (js-debug).
 */
export function launchRules(configuration: unknown, scope: RuleScope): PathRule[] {
  const written = jsonObject(configuration);
  if (written === undefined) return [];
  const settings = { ...written, ...jsonObject(written[platformBlock]) };
  const rule = (remote: unknown, local: unknown, from: PathRuleSource) => pathRule(remote, local, from, scope);
  const mappings = settings['pathMappings'];
  return [
    ...rule(settings['remoteRoot'], settings['localRoot'], 'launch'),
    ...jsonArray(mappings).flatMap((each) => rule(jsonObject(each)?.['remoteRoot'], jsonObject(each)?.['localRoot'], 'pathMappings')),
    ...Object.entries(jsonObject(mappings) ?? {}).flatMap(([remote, local]) => rule(remote, local, 'pathMappings')),
    ...Object.entries(jsonObject(settings['sourceFileMap']) ?? {})
      .flatMap(([remote, local]) => rule(remote, jsonObject(local)?.['editorPath'] ?? local, 'sourceFileMap')),
    ...jsonArray(settings['substitutePath']).flatMap((each) => rule(jsonObject(each)?.['to'], jsonObject(each)?.['from'], 'substitutePath')),
    ...jsonArray(settings['outFiles']).flatMap((each) => outputRule(each, scope)),
  ];
}

/** None where a side is missing, or has a variable that is not known here. A relative local folder is reckoned from the workspace folder. */
export function pathRule(remote: unknown, local: unknown, from: PathRuleSource, scope: RuleScope): PathRule[] {
  const [remoteText, localText] = [jsonText(remote), jsonText(local)].map((text) => (text === undefined ? undefined : expandVariables(text, scope)));
  if (!remoteText || !localText) return [];
  return [{ remote: remoteText, local: absoluteFrom(scope.folder, localText), from }];
}

/** Build output in a workspace folder needs no rule, and a pattern of the whole disk gets none. */
function outputRule(pattern: unknown, scope: RuleScope): PathRule[] {
  const text = jsonText(pattern);
  const expanded = text === undefined || text.startsWith('!') ? undefined : expandVariables(text, scope);
  if (expanded === undefined) return [];
  const folder = absoluteFrom(scope.folder, fixedPart(expanded));
  const parsed = parsePath(folder);
  if (parsed.kind !== 'absolute' || /^(?:[a-z]:)?\/$|^\/\//i.test(parsed.path)) return [];
  const isOurs = scope.folders.some((each) => {
    const ours = parsePath(each.path);
    return ours.kind === 'absolute' && relativeTo(ours.path, parsed.path) !== undefined;
  });
  return isOurs ? [] : [{ remote: folder, local: folder, from: 'outFiles' }];
}

/** The folder of a glob: its segments before the first that is a pattern. The last segment is of a file in any case. */
function fixedPart(glob: string): string {
  const segments = glob.replaceAll('\\', '/').split('/');
  const first = segments.findIndex((segment) => /[*?[{]/.test(segment));
  return segments.slice(0, first < 0 ? -1 : first).join('/') || (glob.startsWith('/') ? '/' : '.');
}
