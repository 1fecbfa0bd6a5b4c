import { grouped, spansText } from '../../src/model/countText.ts';
import { formatDuration } from '../layout/formatDuration.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { element } from './dom.ts';

/** The line at the bottom: what of the trace is not in sight, how the times are to be read, and the keys most often wanted. */
export class StatusView {
  readonly root = element('footer', 'status');
  readonly #text = element('span', 'status-text');

  readonly #said = element('span', 'said');

  constructor() {
    this.#said.setAttribute('role', 'status');
    this.root.append(this.#text, this.#said, element('span', 'hints', '? keys · / find · n next error · s longest · f follow code'));
  }

  /** For once; it stays until something else is said. */
  say(text: string): void {
    this.#said.textContent = text;
  }

  show(model: TraceModel): void {
    const text = parts(model).join(' · ');
    if (this.#text.textContent !== text) this.#text.textContent = text;
  }
}

function parts(model: TraceModel): string[] {
  const { tree, shown, insights, held } = model;
  const said = [spansText(model.columns.spanCount)];
  let closed = 0;
  for (const node of tree.nodeOfGroup) if (model.isCollapsed(node)) closed++;
  if (closed > 0) said.push(`${grouped(closed)} ${closed === 1 ? 'group' : 'groups'} folded`);
  const hidden = tree.nodeCount - model.visible.length;
  if (hidden > 0) said.push(`${grouped(hidden)} ${hidden === 1 ? 'row' : 'rows'} folded`);
  const orphans = tree.placeholder < 0 ? 0 : tree.nodeCount - tree.placeholder - 1;
  if (orphans > 0) said.push(`${grouped(orphans)} late or orphaned`);
  if (shown.critical && insights.hasCritical) {
    said.push(`critical path ${formatDuration(insights.criticalPathNs)} of ${formatDuration(model.full.endNs - model.full.startNs - held.traceNs)}`);
  }
  if (shown.errorPath) said.push(insights.errorPath.size > 0 ? `error path of ${insights.errorPath.size} spans` : 'no error to lead to');
  if (shown.clocksCorrected && model.skews.length > 0) said.push('clocks corrected: times are not as recorded');
  if (held.traceNs > 0) said.push(`held by the debugger ${formatDuration(held.traceNs)}`);
  return said;
}
