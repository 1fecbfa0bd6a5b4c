import type { CaptureRecord, Feed } from '../protocol/hub.ts';

/** What this window knows of the hub. */
export type ReceiverState =
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'connected'; readonly feed: Feed };

/**
 * The capture a status speaks of: a debug session or run that still lasts, the newest first; else the spans from elsewhere
 * while such arrive; else the newest capture with spans.
 */
export function currentCapture(captures: readonly CaptureRecord[], spansPerSecond: number): CaptureRecord | undefined {
  const newest = [...captures].sort((a, b) => b.startedUnixMs - a.startedUnixMs);
  const running = newest.filter((capture) => (capture.kind === 'debug' || capture.kind === 'run') && capture.endedUnixMs === undefined);
  // A program without spans (a database, a script) does not hide one that has some.
  return running.find((capture) => capture.spanCount > 0)
    ?? running[0]
    ?? (spansPerSecond > 0 ? newest.find((capture) => capture.kind === 'external' && capture.spanCount > 0) : undefined)
    ?? newest.find((capture) => capture.spanCount > 0);
}

/** The captures worth a line: those with spans, and those that wait for their first. */
export function shownCaptures(captures: readonly CaptureRecord[]): CaptureRecord[] {
  return captures
    .filter((capture) => capture.spanCount > 0 || (capture.kind !== 'external' && capture.endedUnixMs === undefined))
    .sort((a, b) => b.startedUnixMs - a.startedUnixMs);
}

/** Captures of ours whose programs run and have sent spans. */
export function runningCaptures(captures: readonly CaptureRecord[]): readonly CaptureRecord[] {
  return captures.filter(({ kind, endedUnixMs, spanCount }) => (kind === 'debug' || kind === 'run') && endedUnixMs === undefined && spanCount > 0);
}

/** A capture's name; spans nobody asked for are from a terminal or another program. */
export function captureName(capture: CaptureRecord): string {
  return capture.name !== '' ? capture.name : capture.kind === 'external' ? 'external' : capture.captureId;
}
