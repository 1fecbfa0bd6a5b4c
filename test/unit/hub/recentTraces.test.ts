import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RecentTraces } from '../../../src/hub/recentTraces.ts';
import { isEntryKind } from '../../../src/model/span.ts';

const internal = 1, server = 2;

interface Node {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly service: string;
  readonly kind: number;
  readonly startUnixNano: bigint;
  readonly site: number | undefined;
}

/** Ids that differ in their first part, or in their last alone. */
const id = fc.tuple(fc.constantFrom('0000000000001', 'fffffffffffff', '8000000000000'), fc.constantFrom('000', '001', '800', 'fff')).map((parts) => parts.join(''));
const node: fc.Arbitrary<Node> = fc.record({
  traceId: fc.constantFrom('t', 't', 'u'), spanId: id, parentSpanId: fc.option(id, { nil: undefined }), service: fc.constantFrom('a', 'b', 'c'), kind: fc.constantFrom(internal, internal, server),
  startUnixNano: fc.bigInt(0n, 50n), site: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
});
function sitesBeneath(nodes: readonly Node[], spanId: string, service: string): Set<number> {
  const sites = new Set<number>();
  const seen = new Set([spanId]);
  const waiting = [spanId];
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    for (const each of nodes) {
      if (each.parentSpanId !== parent || each.service !== service || isEntryKind(each.kind) || seen.has(each.spanId)) continue;
      seen.add(each.spanId);
      waiting.push(each.spanId);
      if (each.site !== undefined) sites.add(each.site);
    }
  }
  return sites;
}

test('the sites beneath a span are those of its descendants in the same service, up to the next entry, however the traces come', () => {
  const nodes = fc.uniqueArray(node, { maxLength: 12, selector: ({ spanId }) => spanId });
  fc.assert(fc.property(nodes, fc.nat(12), id, fc.constantFrom('a', 'b', 'c'), (all, askedAfter, spanId, service) => {
    const traces = new RecentTraces(1000);
    const inTrace = (some: readonly Node[]) => some.filter(({ traceId }) => traceId === 't');
    const ask = (added: readonly Node[]) => assert.deepEqual(new Set(traces.sitesBeneath('t', spanId, service)), sitesBeneath(inTrace(added), spanId, service));
    for (const [at, each] of all.entries()) {
      traces.add(each, each.service, each.site);
      if (at === askedAfter) ask(all.slice(0, at + 1));
      if (at === askedAfter + 2) traces.trim();
      if (at === askedAfter + 3) traces.forget('u');
    }
    ask(all);
  }), { numRuns: 3000 });
});
