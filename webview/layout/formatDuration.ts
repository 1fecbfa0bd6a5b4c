import { durationText } from '../../src/model/durationText.ts';

/** A duration as every surface of Traceline writes it; `?` for what is no number. */
export function formatDuration(durationNs: number): string {
  return Number.isFinite(durationNs) ? durationText(durationNs) : '?';
}

/** What a span took, `12 ms`; with what the debugger held it beside that, `12 ms + 2.1 s held`. */
export function heldLabel(durationNs: number, heldNs: number): string {
  return heldNs > 0 ? `${durationLabel(Math.max(0, durationNs - heldNs))} + ${durationText(heldNs)} held` : durationLabel(durationNs);
}

/** A wrong duration is said, not hidden: such a span is drawn as a moment. */
export function durationLabel(durationNs: number): string {
  if (!Number.isFinite(durationNs)) return 'no duration';
  return durationNs >= 0 ? durationText(durationNs) : `ends before it starts (${durationText(durationNs)})`;
}
