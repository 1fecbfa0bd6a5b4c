import { grouped } from '../../src/model/countText.ts';
import { bucketOf, distribution } from '../layout/distribution.ts';
import { formatDuration } from '../layout/formatDuration.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { element, textButton } from './dom.ts';

const mostGaps = 5;

/** A line of the details: a name and what there is to say. */
export type Fact = readonly [name: string, ...said: (Node | string)[]];

/** What of the selected span is known only beside the others: its self time, whether it was waited for, gaps, its clock. */
export function spanFacts(model: TraceModel, node: number, host: { select(id: string): void; correctClocks(): void }): Fact[] {
  const { insights, columns, tree } = model;
  const facts: Fact[] = [['self', formatDuration(insights.selfNs[node] ?? 0)]];
  const criticalNs = insights.criticalNsOf(node);
  if (criticalNs > 0) facts.push(['critical', `${formatDuration(criticalNs)} on the critical path`]);
  const group = model.groups.ofRow[tree.row[node] ?? -1] ?? -1;
  if (group >= 0 && model.isNPlusOne(group)) {
    facts.push(['N+1', textButton('link', `one of ${model.groups.size[group]} like it, one after another`, () => host.select(model.idOf(tree.nodeOfGroup[group] ?? -1)))]);
  }
  const gaps = insights.gapsOf(node);
  for (const { startNs, endNs } of gaps.slice(0, mostGaps)) {
    const fromNs = startNs - (columns.startNs[tree.row[node] ?? 0] ?? 0);
    facts.push(['gap', `${formatDuration(endNs - startNs)} from +${formatDuration(Math.max(0, fromNs))} on: nothing that was traced ran`]);
  }
  if (gaps.length > mostGaps) facts.push(['gap', `and ${gaps.length - mostGaps} more`]);
  const skewNs = insights.skewOf(node);
  if (skewNs !== undefined) {
    const off = `${formatDuration(Math.abs(skewNs))} ${skewNs > 0 ? 'behind' : 'ahead of'} its caller’s`;
    const toggle = textButton('link', model.shown.clocksCorrected ? 'Show the times as recorded' : 'Correct the clocks', () => host.correctClocks());
    toggle.setAttribute('aria-pressed', String(model.shown.clocksCorrected));
    facts.push(['clock', model.shown.clocksCorrected ? `was ${off}; moved here. ` : `seems to be ${off}. `, toggle]);
  }
  return facts;
}

/** What a group's spans have in common. */
export function groupFacts(model: TraceModel, group: number): Fact[] {
  const { groups, tree, held } = model;
  const node = tree.nodeOfGroup[group] ?? -1;
  const rows = model.insights.alikeRows(groups.firstRow[group] ?? 0).filter((row) => groups.ofRow[row] === group);
  const size = groups.size[group] ?? 0;
  const heldNs = held.rows.size === 0 ? 0 : rows.reduce((sum, row) => sum + held.ns(row), 0);
  const figures = distribution(rows.length, (index) => model.netNs(rows[index] ?? 0));
  const facts: Fact[] = [
    ['together', `${formatDuration((groups.sumNs[group] ?? 0) - heldNs)} in ${formatDuration((tree.coverEndNs[node] ?? 0) - (tree.coverStartNs[node] ?? 0))} of the clock`],
    ['each', figures.leastNs === figures.mostNs ? formatDuration(figures.leastNs) : `${formatDuration(figures.leastNs)} to ${formatDuration(figures.mostNs)}, half of them within ${formatDuration(figures.medianNs)}`],
  ];
  if (heldNs > 0) facts.push(['held', `${formatDuration(heldNs)} by the debugger`]);
  const errors = model.errorsBeneath(node);
  if (errors > 0) facts.push(['errors', `${errors} beneath`]);
  if (model.isNPlusOne(group)) facts.push(['N+1', `${size} times the same call, one after another: one call for all might save up to ${formatDuration(Math.max(0, (groups.sumNs[group] ?? 0) - heldNs - figures.medianNs))}`]);
  return facts;
}

/** How long the spans took that are alike to this one, with this one marked; undefined where it is the only one. */
export function alikeSection(model: TraceModel, row: number, isGroup: boolean): HTMLElement | undefined {
  const rows = model.insights.alikeRows(row);
  if (rows.length < 2) return undefined;
  const { leastNs, mostNs, medianNs, buckets } = distribution(rows.length, (index) => model.netNs(rows[index] ?? 0));
  const highest = Math.max(...buckets);
  const ownNs = model.netNs(row);
  const ownBucket = isGroup ? -1 : bucketOf(ownNs, leastNs, mostNs);
  const chart = element('div', 'histogram');
  chart.setAttribute('role', 'img');
  chart.setAttribute('aria-label', `Durations from ${formatDuration(leastNs)} to ${formatDuration(mostNs)}, the median ${formatDuration(medianNs)}${isGroup ? '' : `; this one ${formatDuration(ownNs)}`}`);
  buckets.forEach((count, bucket) => {
    const bar = element('span', bucket === ownBucket ? 'bucket own' : 'bucket');
    bar.style.height = count === 0 ? '1px' : `${Math.max(3, Math.round((count / highest) * 34))}px`;
    chart.append(bar);
  });
  const scale = element('div', 'scale', element('span', '', formatDuration(leastNs)), element('span', 'own-label', isGroup ? `median ${formatDuration(medianNs)}` : `this one ${formatDuration(ownNs)}`), element('span', '', formatDuration(mostNs)));
  const count = grouped(rows.length);
  const where = (model.columns.site[row] ?? -1) >= 0 ? 'from the same line' : 'of this operation';
  return element('section', 'alike', element('h3', '', isGroup ? `${count} spans ${where} in this trace` : `${count} spans like this one, ${where}`), chart, scale);
}
