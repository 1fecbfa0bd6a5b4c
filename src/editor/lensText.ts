import { errorsText, spansText } from '../model/countText.ts';
import { durationText } from '../model/durationText.ts';
import { plainText } from '../model/plainText.ts';
import type { LatencyStats } from '../stats/latency.ts';

export interface LensFacts {
  readonly stats: LatencyStats;
  /** How many more operations the function has. */
  readonly more: number;
  readonly inferred: boolean;
  readonly edited: 'no' | 'function' | 'file';
  /** Requests in it that have not ended; absent: none. */
  readonly running?: number;
}

const separator = ' · ';

/**
 * The sentence over a function: `12 ms p50 · 48 ms p95 · 37 spans · 2 errors · +2 more`. VS Code has one colour for lenses, so
 * figures of code that was edited since have a clock before them, and say it.
 */
export function lensText({ stats, more, inferred, edited, running = 0 }: LensFacts): string {
  return (edited === 'no' ? '' : '$(history) ') + [
    `${durationText(stats.p50Ns)} p50`,
    `${durationText(stats.p95Ns)} p95`,
    spansText(stats.count),
    ...(stats.errorCount > 0 ? [errorsText(stats.errorCount)] : []),
    ...(more > 0 ? [`+${more} more`] : []),
    ...(running > 0 ? [runningText(running)] : []),
    ...(inferred ? ['inferred'] : []),
    ...(edited === 'function' ? ['edited since the last run'] : edited === 'file' ? ['file changed since the last run'] : []),
  ].join(separator);
}

/** Beside the figures, or alone where there are none yet. */
export function runningText(running: number): string {
  return `${running} running`;
}

/** The words at the end of a line that calls out: `SELECT stock.items · 9.8 ms p50 · 38 spans`. */
export function hintText(operation: string, stats: LatencyStats, more: number, inferred: boolean): string {
  return [
    plainText(operation, 60) || 'unnamed',
    `${durationText(stats.p50Ns)} p50`,
    spansText(stats.count),
    ...(stats.errorCount > 0 ? [errorsText(stats.errorCount)] : []),
    ...(more > 0 ? [`+${more} more`] : []),
    ...(inferred ? ['inferred'] : []),
  ].join(separator);
}
