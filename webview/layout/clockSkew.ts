import { spanKindName } from '../../src/model/span.ts';
import type { TraceColumns } from '../../src/protocol/hub.ts';
import { spanAbove } from './selfTime.ts';
import { spanLengthNs, spanStartNs } from './spanTimes.ts';
import type { TraceTree } from './traceTree.ts';

/** By node, how far a service's clock seems to be off. */
export interface ClockSkew {
  readonly node: number;
  /** What would have to be added to the span's times for it to lie within its caller. */
  readonly shiftNs: number;
}

/** Less than this is not worth a word: clocks of one machine differ so much between runtimes. */
const leastNs = 1e6;

/**
 * Entry spans (server, consumer) of another service than their caller's that start before it, or that end after it though they
 * would fit within. Nothing is corrected: the times shown are the ones received.
 *
 *   caller            |-----------|
 *   callee     |-------|                 starts before it was called: its clock is behind by at least this
 *              <------>
 *
 * A consumer may well run after its producer, so only a start before the caller's counts there.
 */
export function clockSkews(columns: TraceColumns, tree: TraceTree): readonly ClockSkew[] {
  const skews: ClockSkew[] = [];
  for (let node = 0; node < tree.nodeCount; node++) {
    const row = tree.row[node] ?? -1;
    const above = row < 0 ? -1 : spanAbove(tree, node);
    if (above < 0) continue;
    const callerRow = tree.row[above] ?? 0;
    if (columns.service[row] === columns.service[callerRow]) continue;
    const early = spanStartNs(columns, callerRow) - spanStartNs(columns, row);
    const late = spanStartNs(columns, row) + spanLengthNs(columns, row) - spanStartNs(columns, callerRow) - spanLengthNs(columns, callerRow);
    const isServer = spanKindName(columns.kind[row] ?? 0) === 'server';
    const fits = spanLengthNs(columns, row) <= spanLengthNs(columns, callerRow);
    if (early >= leastNs) skews.push({ node, shiftNs: early });
    else if (isServer && fits && late >= leastNs) skews.push({ node, shiftNs: -late });
  }
  return skews;
}
