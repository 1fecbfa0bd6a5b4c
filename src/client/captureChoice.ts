import type { CaptureRecord } from '../protocol/hub.ts';
import { grouped } from './liveRow.ts';
import type { LiveRow } from './liveRow.ts';

/** Whose numbers the lenses show: each operation's latest capture, all of them together, or one, by its id. */
export type CaptureChoice = { readonly kind: 'latest' } | { readonly kind: 'all' } | { readonly kind: 'one'; readonly captureId: string };

/** The captures' numbers stand together under this, where all are shown. */
const together = '';

/**
 * The rows that are shown, by place and operation.
 *
 * `latest`: of the capture that began last among those that have such spans. So the numbers of a run stay until those of the next one are there,
 * operation by operation, and two programs that run at once do not take turns. Spans from elsewhere have no beginning: they count by their newest,
 * but not before a program of ours that runs.
 */
export function chosenRows(rows: readonly LiveRow[], choice: CaptureChoice, captures: readonly CaptureRecord[]): readonly LiveRow[] {
  if (choice.kind === 'one') return rows.filter(({ captureId }) => captureId === choice.captureId);
  if (choice.kind === 'all') return rows.map((row) => ({ ...row, captureId: together }));
  const byId = new Map(captures.map((capture) => [capture.captureId, capture]));
  return [...grouped(rows, placeAndOperation).values()].flatMap((members) => {
    const latest = members.reduce((a, b) => (isLater(b, a, byId) ? b : a));
    return members.filter(({ captureId }) => captureId === latest.captureId);
  });
}

function placeAndOperation({ file, function: range, line, service, operation, kind }: LiveRow): string {
  return JSON.stringify([file, range?.name ?? line, service, operation, kind]);
}

function isLater(a: LiveRow, b: LiveRow, captures: ReadonlyMap<string, CaptureRecord>): boolean {
  const [rankA, rankB] = [a, b].map((row) => rank(row, captures.get(row.captureId)));
  return rankA!.isRunning === rankB!.isRunning ? rankA!.atMs > rankB!.atMs : rankA!.isRunning;
}

function rank({ lastEndUnixMs }: LiveRow, capture: CaptureRecord | undefined): { readonly isRunning: boolean; readonly atMs: number } {
  if (capture === undefined || capture.kind === 'external') return { isRunning: false, atMs: lastEndUnixMs };
  return { isRunning: capture.kind !== 'import' && capture.endedUnixMs === undefined, atMs: capture.startedUnixMs };
}
