import type { PlaceNow } from '../locate/placeNow.ts';
import type { SummaryRecord } from '../protocol/hub.ts';
import { type OperationRow, operationRows } from './functionTable.ts';

/** A row with what is known of the text it is of, as in PlaceNow. */
export interface LiveRow extends OperationRow {
  readonly textId?: string;
  readonly edited?: 'function' | 'file';
}

/** The rows of summaries that have a place. Lines of two texts are no lines of one file, so each capture and text has its own. */
export function liveRows(summaries: readonly SummaryRecord[], placeOf: (summary: { readonly siteId: number; readonly captureId: string }) => PlaceNow | undefined): LiveRow[] {
  const of = ({ siteId, captureId }: SummaryRecord) => (siteId === undefined ? undefined : placeOf({ siteId, captureId }));
  const texts = grouped(summaries, (summary) => {
    const { textId, edited } = of(summary) ?? {};
    return JSON.stringify([summary.captureId, textId, edited]);
  });
  return [...texts.values()].flatMap((members): LiveRow[] => {
    const captureId = members[0]?.captureId ?? '';
    const { textId, edited } = members.map(of).find((place) => place !== undefined) ?? {};
    return operationRows(members, (siteId) => placeOf({ siteId, captureId }), true)
      .map((row) => ({ ...row, ...(textId === undefined ? {} : { textId }), ...(edited === undefined ? {} : { edited }) }));
  });
}

/** In the order of each group's first item. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
