import { EarliestSites } from './earliestSites.ts';
import { highBits, lowBits } from './idNumbers.ts';
import { RecentMap } from './recentMap.ts';
import { isEntryKind, type Span } from '../model/span.ts';
import { traceWeight } from './seenSpans.ts';

type RecentSpan = Pick<Span, 'traceId' | 'spanId' | 'parentSpanId' | 'kind' | 'startUnixNano'>;

const maxVisits = 20_000;
/** More are numbered anew; of a trace that is told of across that, less is found. */
const maxServices = 10_000;

/** How a node stands in the list of its trace: its id and its parent's, two numbers each; start; site, -1 for none; number of the service; whether it is an entry. */
const idAt = 0, parentAt = 2, startAt = 4, siteAt = 5, serviceAt = 6, entryAt = 7;
const stride = 8;

interface Trace {
  readonly nodes: number[];
  /** By the first part of the parent's id: where its children stand, of the first so many nodes. Most traces are never asked about. */
  readonly children: Map<number, number[]>;
  indexed: number;
  hasStacks: boolean;
}

/** The spans of the traces that were active lately, so that a server span can look for its descendants. Bounded; numbers alone, since there are many. */
export class RecentTraces {
  readonly #traces: RecentMap<Trace>;
  readonly #services = new Map<string, number>();
  #lastService = 0;

  constructor(maxSpans: number) {
    this.#traces = new RecentMap(maxSpans, ({ nodes }) => traceWeight + nodes.length / stride);
  }

  /** `stackSiteId`: the span's own site, where that has a stack. */
  add({ traceId, spanId, parentSpanId, kind, startUnixNano }: RecentSpan, service: string, stackSiteId: number | undefined): void {
    // A root is nobody's descendant.
    if (parentSpanId === undefined) return;
    let trace = this.#traces.get(traceId);
    if (trace === undefined) this.#traces.set(traceId, (trace = { nodes: [], children: new Map(), indexed: 0, hasStacks: false }));
    trace.nodes.push(
      highBits(spanId), lowBits(spanId), highBits(parentSpanId), lowBits(parentSpanId), Number(startUnixNano), stackSiteId ?? -1, this.#service(service), isEntryKind(kind) ? 1 : 0,
    );
    if (stackSiteId !== undefined) trace.hasStacks = true;
    this.#traces.grew(1);
  }

  has(traceId: string): boolean {
    return this.#traces.get(traceId) !== undefined;
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
    const trace = this.#traces.get(traceId);
    if (trace?.hasStacks !== true) return [];
    const { nodes } = trace;
    indexChildren(trace);
    const wantedService = this.#service(service);
    const earliest = new EarliestSites<number>();
    const waiting: (readonly [number, number])[] = [[highBits(spanId), lowBits(spanId)]];
    const seen = new Set([nameOf(highBits(spanId), lowBits(spanId))]);
    for (let id = waiting.pop(); id !== undefined && seen.size < maxVisits; id = waiting.pop()) {
      for (const at of trace.children.get(id[0]) ?? []) {
        if (nodes[at + parentAt + 1] !== id[1] || nodes[at + serviceAt] !== wantedService || nodes[at + entryAt] === 1) continue;
        const own = [nodes[at + idAt]!, nodes[at + idAt + 1]!] as const;
        const name = nameOf(...own);
        if (seen.has(name)) continue;
        seen.add(name);
        waiting.push(own);
        if (nodes[at + siteAt]! >= 0) earliest.add(nodes[at + siteAt]!, nodes[at + startAt]!);
      }
    }
    return earliest.siteIds();
  }

  #service(service: string): number {
    let number = this.#services.get(service);
    if (number !== undefined) return number;
    if (this.#services.size >= maxServices) this.#services.clear();
    this.#services.set(service, (number = ++this.#lastService));
    return number;
  }
}

function indexChildren(trace: Trace): void {
  const { nodes, children } = trace;
  for (; trace.indexed < nodes.length; trace.indexed += stride) {
    const parent = nodes[trace.indexed + parentAt]!;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [trace.indexed]);
    else siblings.push(trace.indexed);
  }
}

function nameOf(high: number, low: number): string {
  return `${high} ${low}`;
}
