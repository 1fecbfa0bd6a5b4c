import path from 'node:path';
import { localLocator } from '../../../src/client/locator.ts';
import { stringAttribute } from '../../../src/model/attributes.ts';
import { saysPlace } from '../../../src/model/site.ts';
import { labelOf } from './expectations.mjs';
import { sitesOfSpans } from './sitesOfSpans.mjs';

/**
 * One row for every place that every expected span said it was made at, and for every exception it recorded. `silent` names spans that have no
 * place (`NAME (exception)`: whose exception has none), each with words of the reason; `knownWrong` names
 * those (as `silent`) that are located wrong until a fix comes, and why: these are counted apart.
 * @param {{ name: string, workspace: string, rules: any[], expected: import('./expectations.mjs').Expectations, silent: Record<string, string>, knownWrong: Record<string, string>, spans: readonly any[], isWhole: boolean, withoutLines: boolean, grammarDir: string }} one
 * `isWhole`: every span must be expected; `withoutLines`: only files and functions are
 * @throws Error for a span that nothing is said of, where `isWhole`
 */
export async function judge({ name, workspace, rules, expected, silent, knownWrong, spans, isWhole, withoutLines, grammarDir }) {
  const locator = localLocator({ grammarDir });
  try {
    await locator.call('configure', { workspaceFolders: [workspace], pathRules: rules });
    await locator.call('settled', undefined);
    const rows = [];
    const judged = async (span, wanted, site, kind) => {
      const answer = await locator.call('explain', site);
      const label = kind === 'exception' ? `${span} (exception)` : span;
      rows.push({ case: name, span, kind, expected: wanted, hasSite: saysPlace(site), ...verdictOn(answer, { workspace, wanted, withoutLines }, silent[label], knownWrong[label]) });
    };
    const isKnown = (label) => expected.spans.has(label) || silent[label] !== undefined;
    const labels = new Map(spans.map((span) => [span, labelOf(span, isKnown)]));
    const unsaid = isWhole ? [...labels.values()].find((label) => !isKnown(label)) : undefined;
    if (unsaid !== undefined) throw new Error(`nothing says where ${unsaid} was made, nor that it has no place`);

    const sitesBySpan = sitesOfSpans(spans);
    const sitesByLabel = new Map();
    for (const [span, label] of labels) {
      const sites = sitesByLabel.get(label) ?? new Map();
      sitesByLabel.set(label, sites.set(JSON.stringify(sitesBySpan.get(span)), sitesBySpan.get(span)));
    }
    for (const label of new Set([...expected.spans.keys(), ...Object.keys(silent).filter((each) => !each.endsWith(' (exception)'))])) {
      const wanted = expected.spans.get(label);
      const sites = [...(sitesByLabel.get(label)?.values() ?? [])];
      if (sites.length === 0) rows.push(missing(name, label, 'span', wanted));
      for (const site of sites) await judged(label, wanted, site, 'span');
    }
    for (const [label, wanted] of expected.exceptions) {
      const stacks = new Set([...labels].filter(([, each]) => each === label).flatMap(([span]) => exceptionSites(span)).map((site) => JSON.stringify(site)));
      if (stacks.size === 0) rows.push(missing(name, label, 'exception', wanted));
      for (const site of stacks) await judged(label, wanted, JSON.parse(site), 'exception');
    }
    return rows;
  } finally {
    await locator.close();
  }
}

function verdictOn({ location, outcome, steps }, { workspace, wanted, withoutLines }, reason, known) {
  const got = location && { file: path.relative(workspace, location.file), line: location.line, function: location.function?.name };
  const result = (verdict, why = outcome) => ({ got, verdict, via: location?.via.join('+') ?? '', reason: why, steps });
  if (got === undefined) {
    const isForAnother = reason !== undefined && !outcome.includes(reason);
    return isForAnother ? result('wrong', `silent, but not since ${JSON.stringify(reason)}: ${outcome}`) : { ...result('silent'), isExpected: reason !== undefined };
  }
  // By its name alone a function is found, and no line in it; a frame of a stack has one.
  const isPlaceOfFunction = withoutLines || location.inferred || (location.via.includes('symbol') && !location.via.includes('stack'));
  const isRight = wanted !== undefined && got.file === wanted.file && got.function === wanted.function && (isPlaceOfFunction || got.line === wanted.line);
  if (!isRight && known !== undefined) return result('knownWrong', `${outcome}; ${known}`);
  return result(!isRight ? 'wrong' : location.inferred ? 'inferredRight' : 'right');
}

function missing(name, span, kind, wanted) {
  return { case: name, span, kind, expected: wanted, got: undefined, verdict: 'missing', via: '', reason: `the program sent no such ${kind}`, hasSite: false, steps: [] };
}

/** Where the exceptions were made that a span recorded, as places of their own. */
function exceptionSites({ events, resource }) {
  const language = stringAttribute(resource.attributes, 'telemetry.sdk.language');
  return events.map(({ attributes }) => stringAttribute(attributes, 'exception.stacktrace')).filter((stacktrace) => stacktrace !== undefined).map((stacktrace) => ({ stacktrace, language }));
}
