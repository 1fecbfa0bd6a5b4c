import { timeToX } from '../layout/timeWindow.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { spanLengthNs, spanStartNs } from '../layout/spanTimes.ts';
import { rowHeightPx } from '../layout/virtualWindow.ts';
import type { Theme } from './theme.ts';

const criticalPx = 2;
/** Of a fold with more spans than these the stripes stand for no span in particular. */
const mostMembers = 1000;
const stripePx = 5;

/** The white line: the stretches in which all waited for this node; of a fold, for anything in it. */
export function drawCritical(context: CanvasRenderingContext2D, model: TraceModel, node: number, top: number, widthPx: number, theme: Theme): void {
  if (!model.shown.critical || !model.insights.hasCritical) return;
  const { critical } = model.insights;
  context.fillStyle = theme.foreground;
  const y = top + rowHeightPx - 4;
  const stretch = (startNs: number, endNs: number): void => {
    const left = Math.max(0, timeToX(model.window, widthPx, startNs));
    const right = Math.min(widthPx, timeToX(model.window, widthPx, endNs));
    if (right > 0 && left < widthPx && right > left) context.fillRect(left, y, Math.max(1, right - left), criticalPx);
  };
  if (model.isCollapsed(node)) {
    for (const member of membersOf(model, node)) {
      const [startNs, endNs] = model.insights.criticalCover(member);
      stretch(startNs, endNs);
    }
    return;
  }
  const until = critical.first[node + 1] ?? 0;
  // Of very many stretches no more are told apart than there are pixels.
  const step = Math.max(1, Math.ceil((until - (critical.first[node] ?? 0)) / 4000));
  for (let at = critical.first[node] ?? 0; at < until; at += step) stretch(critical.startNs[at] ?? 0, critical.endNs[at] ?? 0);
}

/** A faint bracket over each stretch of a span in which nothing that was traced ran. */
export function drawGaps(context: CanvasRenderingContext2D, model: TraceModel, node: number, top: number, widthPx: number, theme: Theme): void {
  if (!model.insights.hasGaps || model.isCollapsed(node)) return;
  context.strokeStyle = theme.muted;
  for (const gap of model.insights.gapsOf(node)) {
    const left = Math.max(-2, timeToX(model.window, widthPx, gap.startNs)) + 1;
    const right = Math.min(widthPx + 2, timeToX(model.window, widthPx, gap.endNs)) - 1;
    if (right - left < 4) continue;
    context.beginPath();
    context.moveTo(left, top + 4.5);
    context.lineTo(left, top + 1.5);
    context.lineTo(right, top + 1.5);
    context.lineTo(right, top + 4.5);
    context.setLineDash([2, 2]);
    context.stroke();
    context.setLineDash([]);
  }
}

/** A group's bar: a stripe for each of its spans over a pale one from the first to the last. */
export function drawGroupBar(context: CanvasRenderingContext2D, model: TraceModel, node: number, top: number, heightPx: number, left: number, right: number, widthPx: number, colour: string): void {
  context.fillStyle = colour;
  const alpha = context.globalAlpha;
  context.globalAlpha = alpha * 0.3;
  context.fillRect(left, top, right - left, heightPx);
  context.globalAlpha = alpha;
  const { columns, tree } = model;
  if ((model.groups.size[tree.group[node] ?? 0] ?? 0) > mostMembers) {
    for (let x = Math.floor(left / stripePx) * stripePx; x < right; x += stripePx) {
      const from = Math.max(left, x);
      context.fillRect(from, top, Math.max(0, Math.min(right, x + stripePx - 1.5) - from), heightPx);
    }
    return;
  }
  for (const member of membersOf(model, node)) {
    const row = tree.row[member] ?? -1;
    if (row < 0) continue;
    const startNs = spanStartNs(columns, row);
    const from = Math.max(left, timeToX(model.window, widthPx, startNs));
    // A hair is left between them, however close they follow on each other.
    const to = Math.min(right, timeToX(model.window, widthPx, startNs + spanLengthNs(columns, row)) - 0.75);
    if (to > left && from < right) context.fillRect(from, top, Math.max(1, to - from), heightPx);
  }
}

/** The spans right beneath a group; of any other node itself. */
function* membersOf(model: TraceModel, node: number): Iterable<number> {
  const { tree } = model;
  if ((tree.group[node] ?? -1) < 0 || (model.groups.size[tree.group[node] ?? 0] ?? 0) > mostMembers) {
    yield node;
    return;
  }
  for (let member = node + 1; member < (tree.end[node] ?? 0); member = tree.end[member] ?? member + 1) yield member;
}
