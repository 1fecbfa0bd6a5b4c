import type { TraceColumns } from '../../src/protocol/hub.ts';
import { AlikeRows, type Alike } from './alike.ts';
import type { ClockSkew } from './clockSkew.ts';
import { criticalNs, criticalPath, type CriticalPath } from './criticalPath.ts';
import { errorPath } from './errorPath.ts';
import { gaps, type Gap } from './gaps.ts';
import type { HeldRows } from './heldRows.ts';
import { netSelfTimesNs } from './selfTime.ts';
import { sortedOrder } from './sortedOrder.ts';
import type { TraceTree } from './traceTree.ts';

const noGaps: readonly Gap[] = [];
const mostLongest = 1000;

export interface TraceFacts {
  /** As they are drawn. */
  readonly columns: TraceColumns;
  /** As they were received; the same where no clock is corrected. */
  readonly recorded: TraceColumns;
  readonly tree: TraceTree;
  readonly held: HeldRows;
  readonly alike: Alike;
  readonly errors: Int32Array;
  readonly skews: () => readonly ClockSkew[];
  readonly traceNs: number;
}

/** What can be said of a trace beyond its rows. Each is found when it is first asked for, in time linear in the spans (but for sorting). */
export class TraceInsights {
  readonly #facts: TraceFacts;
  #selfNs: Float64Array | undefined;
  #critical: CriticalPath | undefined;
  #gapsOf: ReadonlyMap<number, readonly Gap[]> | undefined;
  #skewOf: ReadonlyMap<number, number> | undefined;
  #errorPath: ReadonlySet<number> | undefined;
  #longestSelf: Int32Array | undefined;
  #alike: AlikeRows | undefined;
  #criticalNs: number | undefined;
  #coverStartNs: Float64Array | undefined;
  #coverEndNs: Float64Array | undefined;

  constructor(facts: TraceFacts) {
    this.#facts = facts;
  }

  /** By node, net of what the debugger held; of the recorded times, in which siblings stand by their start. */
  get selfNs(): Float64Array {
    const { recorded, tree, held } = this.#facts;
    return (this.#selfNs ??= netSelfTimesNs(recorded, tree, held));
  }

  get critical(): CriticalPath {
    return (this.#critical ??= criticalPath(this.#facts.columns, this.#facts.tree));
  }

  /** Whether the critical path is there without work: it is not worth a late frame; nor are the gaps and the skews. */
  get hasCritical(): boolean {
    return this.#critical !== undefined;
  }

  get hasGaps(): boolean {
    return this.#gapsOf !== undefined;
  }

  get hasSkews(): boolean {
    return this.#skewOf !== undefined;
  }

  /** What the first picture goes without; each finds one thing more. */
  get afterFirstPicture(): readonly (() => void)[] {
    return [() => this.skewOf(0), () => this.gapsOf(0), () => void this.critical];
  }

  /** The length of the critical path without what the debugger held of it. */
  get criticalPathNs(): number {
    if (this.#criticalNs !== undefined) return this.#criticalNs;
    const { critical } = this;
    let sumNs = 0;
    for (let at = 0; at < critical.node.length; at++) {
      const startNs = critical.startNs[at] ?? 0;
      const endNs = critical.endNs[at] ?? 0;
      sumNs += endNs - startNs;
      for (const { fromNs, toNs } of this.#facts.held.of(this.#facts.tree.row[critical.node[at] ?? 0] ?? -1)) sumNs -= Math.max(0, Math.min(toNs, endNs) - Math.max(fromNs, startNs));
    }
    return (this.#criticalNs = sumNs);
  }

  /** How many spans have a part in the critical path. */
  get criticalSpanCount(): number {
    const { node } = this.critical;
    let count = 0;
    for (let at = 0; at < node.length; at++) if (node[at] !== node[at - 1]) count++;
    return count;
  }

  /** From when to when all waited for a node or something beneath it: one stretch, since nothing else is waited for meanwhile; NaN where never. */
  criticalCover(node: number): readonly [startNs: number, endNs: number] {
    const { tree } = this.#facts;
    const { critical } = this;
    if (this.#coverStartNs === undefined || this.#coverEndNs === undefined) {
      const startNs = new Float64Array(tree.nodeCount).fill(Infinity);
      const endNs = new Float64Array(tree.nodeCount).fill(-Infinity);
      for (let at = tree.nodeCount - 1; at >= 0; at--) {
        for (let own = critical.first[at] ?? 0; own < (critical.first[at + 1] ?? 0); own++) {
          startNs[at] = Math.min(startNs[at] ?? 0, critical.startNs[own] ?? 0);
          endNs[at] = Math.max(endNs[at] ?? 0, critical.endNs[own] ?? 0);
        }
        const up = tree.parent[at] ?? -1;
        if (up < 0) continue;
        startNs[up] = Math.min(startNs[up] ?? 0, startNs[at] ?? 0);
        endNs[up] = Math.max(endNs[up] ?? 0, endNs[at] ?? 0);
      }
      this.#coverStartNs = startNs;
      this.#coverEndNs = endNs;
    }
    return [this.#coverStartNs[node] ?? NaN, this.#coverEndNs[node] ?? NaN];
  }

  criticalNsOf(node: number): number {
    return criticalNs(this.critical, node);
  }

  gapsOf(node: number): readonly Gap[] {
    if (this.#gapsOf === undefined) {
      const byNode = new Map<number, Gap[]>();
      for (const gap of gaps(this.#facts.columns, this.#facts.tree, this.#facts.traceNs)) {
        const known = byNode.get(gap.node);
        if (known === undefined) byNode.set(gap.node, [gap]);
        else known.push(gap);
      }
      this.#gapsOf = byNode;
    }
    return this.#gapsOf.get(node) ?? noGaps;
  }

  /** How far the clock of a span seems to be off; undefined where it does not. */
  skewOf(node: number): number | undefined {
    this.#skewOf ??= new Map(this.#facts.skews().map((skew) => [skew.node, skew.shiftNs]));
    return this.#skewOf.get(node);
  }

  /** The nodes from the top to the deepest error, in that order. */
  get errorPath(): ReadonlySet<number> {
    return (this.#errorPath ??= new Set(errorPath(this.#facts.tree, this.#facts.errors)));
  }

  /** The nodes with the most self time, the longest first. */
  get longestSelf(): Int32Array {
    if (this.#longestSelf === undefined) {
      const { selfNs } = this;
      const order = sortedOrder(selfNs);
      const longest: number[] = [];
      for (let at = order.length - 1; at >= 0 && longest.length < mostLongest; at--) {
        const node = order[at] ?? 0;
        if ((selfNs[node] ?? 0) <= 0) break;
        longest.push(node);
      }
      this.#longestSelf = Int32Array.from(longest);
    }
    return this.#longestSelf;
  }

  /** The rows alike to a row, itself among them. */
  alikeRows(row: number): Uint32Array {
    return (this.#alike ??= new AlikeRows(this.#facts.alike)).of(row);
  }
}
