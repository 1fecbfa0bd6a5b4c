import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RecentTraces } from '../../../src/hub/recentTraces.ts';
import { isEntryKind } from '../../../src/model/span.ts';

const internal = 1, server = 2;

interface Node {
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
  spanId: id, parentSpanId: fc.option(id, { nil: undefined }), service: fc.constantFrom('a', 'b', 'c'), kind: fc.constantFrom(internal, internal, server),
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

test('the sites beneath a span are those of its descendants in the same service, up to the next entry', () => {
  fc.assert(fc.property(fc.uniqueArray(node, { maxLength: 12, selector: ({ spanId }) => spanId }), id, fc.constantFrom('a', 'b', 'c'), (nodes, spanId, service) => {
    const traces = new RecentTraces(1000);
    for (const each of nodes) traces.add({ traceId: 't', ...each }, each.service, each.site);
    assert.deepEqual(new Set(traces.sitesBeneath('t', spanId, service)), sitesBeneath(nodes, spanId, service));
  }), { numRuns: 2000 });
});
