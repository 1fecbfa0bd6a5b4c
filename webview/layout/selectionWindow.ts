import { type TimeWindow, zoomWindow } from './timeWindow.ts';
import type { TraceModel } from './traceModel.ts';
import { spanLengthNs, spanStartNs } from './spanTimes.ts';

/** The stretch `factor` times closer, around the selected span where it is in sight, else around the middle of what is. */
export function closerWindow(model: TraceModel, factor: number): TimeWindow {
  const { startNs, endNs } = model.window;
  const row = model.selectedRow;
  const spanNs = row < 0 ? NaN : spanStartNs(model.columns, row) + spanLengthNs(model.columns, row) / 2;
  const atNs = spanNs >= startNs && spanNs <= endNs ? spanNs : (startNs + endNs) / 2;
  return zoomWindow(model.window, model.full, factor, atNs);
}

/** The selected span, or all of the selected group, with a little beside it; undefined where nothing is selected. */
export function selectionWindow({ selected, selectedRow, columns, tree }: TraceModel): TimeWindow | undefined {
  if (selected < 0) return undefined;
  const startNs = selectedRow < 0 ? (tree.coverStartNs[selected] ?? 0) : spanStartNs(columns, selectedRow);
  const lengthNs = Math.max(100, selectedRow < 0 ? (tree.coverEndNs[selected] ?? 0) - startNs : spanLengthNs(columns, selectedRow));
  return { startNs: startNs - lengthNs * 0.1, endNs: startNs + lengthNs * 1.2 };
}
