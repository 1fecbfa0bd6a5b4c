import type { TimeWindow } from './timeWindow.ts';

export interface Tick {
  readonly ns: number;
  readonly label: string;
}

const units = [
  { ns: 1, name: 'ns' },
  { ns: 1e3, name: 'µs' },
  { ns: 1e6, name: 'ms' },
  { ns: 1e9, name: 's' },
] as const;
const longSteps = [
  60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 2 * 86_400, 5 * 86_400, 10 * 86_400, 30 * 86_400, 100 * 86_400, 365 * 86_400,
].map((seconds) => seconds * 1e9);

/** Round moments within the window, as dense as their labels stand clear of each other. */
export function rulerTicks(window: TimeWindow, widthPx: number): Tick[] {
  const spanNs = window.endNs - window.startNs;
  if (!(spanNs > 0) || !(widthPx > 0)) return [];
  let stepNs = stepOf((spanNs / widthPx) * 90);
  // Deep in a long trace the labels need more digits, hence more room.
  const widest = tickLabel(Math.floor(window.endNs / stepNs) * stepNs, stepNs).length * 7 + 24;
  if (widest > 90) stepNs = stepOf((spanNs / widthPx) * widest);
  const ticks: Tick[] = [];
  const last = Math.floor(window.endNs / stepNs);
  for (let k = Math.ceil(window.startNs / stepNs); k <= last && ticks.length < 500; k++) ticks.push({ ns: k * stepNs, label: tickLabel(k * stepNs, stepNs) });
  return ticks;
}

/** The smallest round step of at least `leastNs`. */
function stepOf(leastNs: number): number {
  if (leastNs > 30e9) return longSteps.find((step) => step >= leastNs) ?? Math.ceil(leastNs / (365 * 86_400e9)) * 365 * 86_400e9;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, leastNs)));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= leastNs) ?? 10;
  const step = factor * power;
  return power === 1 && factor === 2.5 ? 5 : step > 30e9 ? 60e9 : step;
}

function tickLabel(ns: number, stepNs: number): string {
  if (stepNs >= 86_400e9) return `${Math.round(ns / 86_400e9)} d`;
  if (stepNs >= 3600e9) return `${Math.round(ns / 3600e9)} h`;
  if (stepNs >= 60e9) return `${Math.round(ns / 60e9)} min`;
  const size = ns === 0 ? stepNs : Math.abs(ns);
  const unit = units.findLast((candidate) => candidate.ns <= size) ?? units[0];
  let decimals = 0;
  while (decimals < 12 && Math.abs(Number((stepNs / unit.ns).toFixed(decimals)) - stepNs / unit.ns) > (stepNs / unit.ns) * 1e-6) decimals++;
  return `${(ns / unit.ns).toFixed(ns === 0 ? 0 : decimals)} ${unit.name}`;
}
