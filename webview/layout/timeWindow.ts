/** A stretch of the trace, in nanoseconds from its start. */
export interface TimeWindow {
  readonly startNs: number;
  readonly endNs: number;
}

/**
 *   0 px                    widthPx
 *   |-----------------------|
 *   window.startNs          window.endNs
 */
export function timeToX(window: TimeWindow, widthPx: number, ns: number): number {
  return ((ns - window.startNs) / (window.endNs - window.startNs)) * widthPx;
}

export function xToTime(window: TimeWindow, widthPx: number, x: number): number {
  return window.startNs + (x / Math.max(1, widthPx)) * (window.endNs - window.startNs);
}

/** `window` moved and, where it must be, widened or narrowed so that it lies in `full` and is wide enough to draw. */
export function clampWindow(window: TimeWindow, full: TimeWindow): TimeWindow {
  const fullNs = full.endNs - full.startNs;
  const leastNs = Math.min(fullNs, Math.max(20, fullNs * 1e-9));
  const wantedNs = window.endNs - window.startNs;
  const widthNs = Math.min(fullNs, Math.max(leastNs, Number.isFinite(wantedNs) ? wantedNs : fullNs));
  const middleNs = (window.startNs + window.endNs) / 2;
  const wantedStartNs = wantedNs === widthNs ? window.startNs : middleNs - widthNs / 2;
  const startNs = Math.min(full.endNs - widthNs, Math.max(full.startNs, Number.isFinite(wantedStartNs) ? wantedStartNs : full.startNs));
  return { startNs, endNs: startNs + widthNs };
}

/** `factor` above 1 shows less; the moment `atNs` keeps its x. */
export function zoomWindow(window: TimeWindow, full: TimeWindow, factor: number, atNs: number): TimeWindow {
  return clampWindow({ startNs: atNs - (atNs - window.startNs) / factor, endNs: atNs + (window.endNs - atNs) / factor }, full);
}

export function panWindow(window: TimeWindow, full: TimeWindow, byNs: number): TimeWindow {
  return clampWindow({ startNs: window.startNs + byNs, endNs: window.endNs + byNs }, full);
}

export function isFullWindow(window: TimeWindow, full: TimeWindow): boolean {
  return window.endNs - window.startNs >= (full.endNs - full.startNs) * (1 - 1e-9);
}
