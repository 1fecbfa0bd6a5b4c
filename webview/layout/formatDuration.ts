import { durationText } from '../../src/model/durationText.ts';

/** A duration as every surface of Traceline writes it; `?` for what is no number. */
export function formatDuration(durationNs: number): string {
  return Number.isFinite(durationNs) ? durationText(durationNs) : '?';
}

/** A wrong duration is said, not hidden: such a span is drawn as a moment. */
export function durationLabel(durationNs: number): string {
  if (!Number.isFinite(durationNs)) return 'no duration';
  return durationNs >= 0 ? durationText(durationNs) : `ends before it starts (${durationText(durationNs)})`;
}
