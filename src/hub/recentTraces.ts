import { EarliestSites } from './earliestSites.ts';
import { RecentMap } from './recentMap.ts';
import { isEntryKind } from '../model/span.ts';

/** What inference needs of a span. */
export interface SpanNode {
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly service: string;
  readonly kind: number;
  readonly startUnixNano: bigint;
  /** The span's own site, where that has a stack. */
  readonly stackSiteId: number | undefined;
}

const maxVisits = 20_000;

interface Trace {
  /** By the parent's span id. */
  readonly children: Map<string, SpanNode[]>;
  spans: number;
}

/** A trace costs about as much as this many spans. */
const traceWeight = 20;

/** The spans of the traces that were active lately, so that a server span can look for its descendants. Bounded. */
export class RecentTraces {
  readonly #traces: RecentMap<Trace>;

  constructor(maxSpans: number) {
    this.#traces = new RecentMap(maxSpans, ({ spans }) => traceWeight + spans);
  }

  add(traceId: string, node: SpanNode): void {
    // A root is nobody's descendant.
    if (node.parentSpanId === undefined) return;
    let trace = this.#traces.get(traceId);
    if (trace === undefined) this.#traces.set(traceId, (trace = { children: new Map(), spans: 0 }));
    const siblings = trace.children.get(node.parentSpanId);
    if (siblings === undefined) trace.children.set(node.parentSpanId, [node]);
    else siblings.push(node);
    trace.spans++;
    this.#traces.grew(1);
  }

  /** Between batches: forgets what is too much. */
  trim(): void {
    this.#traces.trim();
  }

  /**
   * The distinct sites of the descendants that have a stack, the earliest started first, within the same service and not past
   * another server or consumer span: that work is another entry's. As many as EarliestSites keeps.
   */
  sitesBeneath(traceId: string, spanId: string, service: string): readonly number[] {
    const children = this.#traces.get(traceId)?.children;
    if (children === undefined) return [];
    const earliest = new EarliestSites<bigint>();
    const waiting = [spanId];
    const seen = new Set(waiting);
    for (let id = waiting.pop(); id !== undefined && seen.size < maxVisits; id = waiting.pop()) {
      for (const child of children.get(id) ?? []) {
        if (child.service !== service || isEntryKind(child.kind) || seen.has(child.spanId)) continue;
        seen.add(child.spanId);
        waiting.push(child.spanId);
        if (child.stackSiteId !== undefined) earliest.add(child.stackSiteId, child.startUnixNano);
      }
    }
    return earliest.siteIds();
  }
}
