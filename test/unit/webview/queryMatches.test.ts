import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSpanQuery, type QueryTerm } from '../../../src/model/spanQuery.ts';
import { needsRemote, queryMatches } from '../../../webview/layout/queryMatches.ts';
import { selfTimesNs } from '../../../webview/layout/selfTime.ts';
import { buildTraceTree } from '../../../webview/layout/traceTree.ts';
import { traceOf } from '../../support/generateTrace.ts';

const { columns, places } = traceOf([
  { name: 'GET /', service: 'web', kind: 'server', startMs: 0, durationMs: 100, place: { file: 'src/web/server.ts', line: 3, functionName: 'handle' } },
  { name: 'SELECT stock', service: 'orders', kind: 'client', startMs: 10, durationMs: 60, parent: 0, error: 'no', place: { file: 'src/orders.ts', line: 42, functionName: 'OrderService.reserve' } },
  { name: 'cache.get', service: 'orders', startMs: 80, durationMs: 1, parent: 0 },
]);
const tree = buildTraceTree(columns);

function matches(query: string, remote: (term: QueryTerm) => Uint8Array | undefined = () => undefined): string {
  const { terms } = parseSpanQuery(query);
  const found = queryMatches(columns, tree, terms, { places: new Map(places.map((place) => [place.site, place])), selfNs: () => selfTimesNs(columns, tree), remote });
  return [...found].join();
}

test('the fields of the columns and of places', () => {
  assert.equal(matches('service=ORDERS'), '1,2');
  assert.equal(matches('-service=orders'), '0');
  assert.equal(matches('duration>50ms'), '0,1');
  assert.equal(matches('duration>=60 duration<=60ms'), '1');
  assert.equal(matches('self<40ms'), '0,2');
  assert.equal(matches('kind!=internal status=error'), '1');
  assert.equal(matches('file=orders.ts'), '1');
  assert.equal(matches('file=src/web/server.ts'), '0');
  assert.equal(matches('function~reserve'), '1');
  assert.equal(matches('name~select'), '1');
});

test('a text is looked for in names, services and places; a term that matches nothing leaves nothing', () => {
  assert.equal(matches('orders'), '1,2');
  assert.equal(matches('"orders.ts:42"'), '1');
  assert.equal(matches('orderservice'), '1');
  assert.equal(matches('orders nothing'), '');
  assert.equal(matches(''), '');
});

test('attributes come from elsewhere, and count once they are there', () => {
  assert.equal(matches('http.route=/'), '');
  assert.equal(matches('-http.route=/'), '');
  assert.equal(matches('http.route=/', () => Uint8Array.of(1, 0, 0)), '0');
  assert.equal(matches('-http.route=/', () => Uint8Array.of(1, 0, 0)), '1,2');
  assert.equal(matches('timeout', () => Uint8Array.of(0, 0, 1)), '2');
  assert.deepEqual(parseSpanQuery('a b=1 name=x duration>1').terms.map(needsRemote), [true, true, false, false]);
});
