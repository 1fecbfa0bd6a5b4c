import type { OperationGroup } from '../client/functionGroups.ts';
import { grouped } from '../model/countText.ts';
import { durationText } from '../model/durationText.ts';
import type { LatencyStats } from '../stats/latency.ts';
import { markdownText } from './markdown.ts';

/** One operation with its figures, where they are known. */
export interface OperationFigures {
  readonly operation: OperationGroup;
  readonly stats: LatencyStats | undefined;
}

const shownOperations = 12;

/** The table of a hover, as Markdown: an operation a row, then how the place was found. */
export function hoverTable(figures: readonly OperationFigures[]): string {
  const severalServices = new Set(figures.map(({ operation }) => operation.service)).size > 1;
  const rows = figures.slice(0, shownOperations).map(({ operation, stats }) => [
    [markdownText(operation.operation, 60) || 'unnamed', operation.kind, ...(severalServices ? [markdownText(operation.service, 40)] : [])].join(' · '),
    grouped(stats?.count ?? operation.count),
    grouped(stats?.errorCount ?? operation.errorCount),
    ...(stats === undefined ? ['', '', ''] : [stats.p50Ns, stats.p95Ns, stats.maxNs].map(durationText)),
  ]);
  const hidden = figures.length - rows.length;
  return [
    '| operation | spans | errors | p50 | p95 | max |',
    '| :-- | --: | --: | --: | --: | --: |',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    ...(hidden > 0 ? [`\n${hidden} more`] : []),
    '',
    [placeText(figures.flatMap(({ operation }) => operation.rows.map((row) => row.via))), ...heldText(figures)].join(' '),
  ].join('\n');
}

function heldText(figures: readonly OperationFigures[]): readonly string[] {
  const heldNs = figures.reduce((sum, { stats }) => sum + (stats?.heldNs ?? 0), 0);
  return heldNs > 0 ? [`Without ${durationText(heldNs)} in which the debugger held the program.`] : [];
}

const viaWords: Readonly<Record<string, string>> = {
  attributes: 'the span’s own attributes',
  stack: 'its stack',
  exact: 'the path as it is',
  pathRule: 'a path rule',
  learned: 'a path rule learned from the workspace',
  sourceMap: 'a source map',
  symbol: 'its function’s name',
  diff: 'a diff of the text that ran with the text as it is',
  exception: 'the stack of its exception',
  route: 'the one route like its own in the workspace',
  rpc: 'the one method of that name in the workspace',
  spanName: 'the one span of that name in the workspace',
  service: 'the folder that is its service',
};

/** Rules that are no spans beneath it. */
const ofItself = ['route', 'rpc', 'spanName', 'exception'];

function placeText(vias: readonly string[]): string {
  const distinct = [...new Set(vias)].slice(0, 3);
  return distinct
    .map((via) => {
      const inferred = via.startsWith('inferred:');
      const rules = via.replace(/^inferred:/, '').split('+').map((rule) => viaWords[rule] ?? markdownText(rule, 40));
      const isOfItself = ofItself.some((rule) => via.includes(rule));
      return `${!inferred ? 'P' : isOfItself ? 'Inferred, p' : 'Inferred from spans beneath it, p'}laced by ${rules.join(', ')}.`;
    })
    .join(' ');
}
