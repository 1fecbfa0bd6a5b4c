import type { TraceColumns } from '../../src/protocol/hub.ts';

/** The span's id in lower-case hex. */
export function spanIdOf(columns: TraceColumns, row: number): string {
  let text = '';
  for (let index = row * 8; index < row * 8 + 8; index++) text += (columns.spanId[index] ?? 0).toString(16).padStart(2, '0');
  return text;
}

/** The rows of those spans that are here, ascending. One pass over the ids, however many are wanted. */
export function rowsOfSpans(columns: TraceColumns, spanIds: Iterable<string>): number[] {
  const wanted = new Set(spanIds);
  // The last two bytes tell nearly every other span apart without building its text.
  const tails = new Uint8Array(65_536);
  for (const spanId of wanted) tails[parseInt(spanId.slice(-4), 16) & 0xffff] = 1;
  const rows: number[] = [];
  if (wanted.size === 0) return rows;
  for (let row = 0; row < columns.spanCount; row++) {
    const tail = ((columns.spanId[row * 8 + 6] ?? 0) << 8) | (columns.spanId[row * 8 + 7] ?? 0);
    if (tails[tail] === 1 && wanted.has(spanIdOf(columns, row))) rows.push(row);
  }
  return rows;
}
