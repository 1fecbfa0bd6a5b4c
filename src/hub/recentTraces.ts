import { isEntryKind, type Span } from '../model/span.ts';
import { EarliestSites } from './earliestSites.ts';
import { idFirst, idLast, isRoot, parentFirst, parentLast, wordOf } from './idWords.ts';
import { RecentMap } from './recentMap.ts';
import { traceWeight } from './seenSpans.ts';
import { asNumber } from './unixNano.ts';

type RecentSpan = Pick<Span, 'traceId' | 'spanId' | 'parentSpanId' | 'kind' | 'startUnixNano'>;

const maxVisits = 20_000;
/** More are numbered anew; of a trace that is told of across that, less is found. */
const maxServices = 10_000;

/** How a node stands in the list of its trace: the first part of its id, and of its parent's; what `packed` makes of the rest; start; site, -1 for none. */
const idAt = 0, parentAt = 1, packedAt = 2, startAt = 3, siteAt = 4;
const stride = 5;
/** What `lowBits` gives is less. */
const lowValues = 0x1000;

/** Of an id in words: its first 52 bits, which a number holds, and the 12 others. */
function highBits(first: number, last: number): number {
  return (first >>> 0) * 0x10_0000 + (last >>> 12);
}

function lowBits(last: number): number {
  return last & (lowValues - 1);
}

/** In one number, from the lowest: whether it is an entry, the last part of its parent's id, that of its own, and the number of its service. */
function packed(service: number, idLow: number, parentLow: number, isEntry: boolean): number {
  return ((service * lowValues + idLow) * lowValues + parentLow) * 2 + (isEntry ? 1 : 0);
}

/** The last part of the own id, of one that is the parent, in the service and no entry; undefined for any other. */
function idLowOf(number: number, parentLow: number, service: number): number | undefined {
  const rest = (number - parentLow * 2) / (2 * lowValues);
  if (!Number.isInteger(rest) || Math.floor(rest / lowValues) !== service) return undefined;
  return rest % lowValues;
}

interface Trace {
  readonly nodes: number[];
  /** By the first part of the parent's id: where its children stand, of the first so many nodes. Most traces are never asked about. */
  children: Map<number, number[]> | undefined;
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
  add(span: RecentSpan, service: string, stackSiteId: number | undefined): void {
    // A root is nobody's descendant.
    if (isRoot(span)) return;
    const { traceId } = span;
    const last = idLast(span), parentsLast = parentLast(span);
    let trace = this.#traces.get(traceId);
    if (trace === undefined) this.#traces.set(traceId, (trace = { nodes: [], children: undefined, indexed: 0, hasStacks: false }));
    trace.nodes.push(
      highBits(idFirst(span), last), highBits(parentFirst(span), parentsLast), packed(this.#service(service), lowBits(last), lowBits(parentsLast), isEntryKind(span.kind)),
      asNumber(span.startUnixNano), stackSiteId ?? -1,
    );
    if (stackSiteId !== undefined) trace.hasStacks = true;
    this.#traces.grew(1);
  }

  has(traceId: string): boolean {
    return this.#traces.get(traceId) !== undefined;
  }

  forget(traceId: string): void {
    this.#traces.delete(traceId);
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
    const children = indexChildren(trace);
    const wantedService = this.#service(service);
    const earliest = new EarliestSites<number>();
    const entry = [highBits(wordOf(spanId, 0), wordOf(spanId, 8)), lowBits(wordOf(spanId, 8))] as const;
    const waiting = [entry];
    const seen = new Set([nameOf(...entry)]);
    for (let id = waiting.pop(); id !== undefined && seen.size < maxVisits; id = waiting.pop()) {
      for (const at of children.get(id[0]) ?? []) {
        const low = idLowOf(nodes[at + packedAt]!, id[1], wantedService);
        if (low === undefined) continue;
        const own = [nodes[at + idAt]!, low] as const;
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

function indexChildren(trace: Trace): ReadonlyMap<number, readonly number[]> {
  const { nodes } = trace;
  const children = (trace.children ??= new Map<number, number[]>());
  for (; trace.indexed < nodes.length; trace.indexed += stride) {
    const parent = nodes[trace.indexed + parentAt]!;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [trace.indexed]);
    else siblings.push(trace.indexed);
  }
  return children;
}

function nameOf(high: number, low: number): string {
  return `${high} ${low}`;
}
