import path from 'node:path';
import { localLocator } from '../../../src/client/locator.ts';
import { readSite } from '../../../src/model/readSite.ts';

/**
 * One row for every place that every expected span said it was made at.
 * @param {{ name: string, workspace: string, rules: any[], expected: Map<string, any>, spans: readonly any[], grammarDir: string }} one
 */
export async function judge({ name, workspace, rules, expected, spans, grammarDir }) {
  const locator = localLocator({ grammarDir });
  try {
    await locator.call('configure', { workspaceFolders: [workspace], pathRules: rules });
    await locator.call('settled', undefined);
    const rows = [];
    for (const [span, wanted] of expected) {
      const sites = new Map(spans.filter((each) => each.name === span).map((each) => {
        const site = readSite(each);
        return [JSON.stringify(site), site];
      }));
      if (sites.size === 0) rows.push({ case: name, span, expected: wanted, got: undefined, verdict: 'missing', via: '', reason: 'the program sent no such span', hasSite: false, steps: [] });
      for (const site of sites.values()) {
        const { location, outcome, steps } = await locator.call('explain', site);
        const saysPlace = (site.filePath ?? site.stacktrace ?? site.functionName) !== undefined;
        const got = location && { file: path.relative(workspace, location.file), line: location.line, function: location.function?.name };
        // By its name alone a function is found, and no line in it.
        const isPlaceOfFunction = location !== undefined && (location.inferred || location.via.includes('symbol'));
        const isRight = got !== undefined && got.file === wanted.file && got.function === wanted.function && (isPlaceOfFunction || got.line === wanted.line);
        const verdict = got === undefined ? 'silent' : !isRight ? 'wrong' : location.inferred ? 'inferredRight' : 'right';
        rows.push({ case: name, span, expected: wanted, got, verdict, via: location?.via.join('+') ?? '', reason: outcome, hasSite: saysPlace, steps });
      }
    }
    return rows;
  } finally {
    await locator.close();
  }
}
