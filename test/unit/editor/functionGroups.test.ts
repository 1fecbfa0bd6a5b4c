import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionGroups, namedAfter, operationGroups } from '../../../src/client/functionGroups.ts';
import { range, row } from './rows.ts';

const asLocated = (rows: Parameters<typeof functionGroups>[0]) => functionGroups(rows, (one) => one.function, (one) => one.line);

test('the span named after the function speaks first, then server and consumer, internal, producer, client', () => {
  const rows = [
    row({ operation: 'SELECT stock', kind: 'client', count: 900 }), row({ operation: 'emit', kind: 'producer' }), row({ operation: 'work', kind: 'internal' }),
    row({ operation: 'take', kind: 'consumer', count: 2 }), row({ operation: 'POST /orders', kind: 'server', count: 5 }), row({ operation: 'order.reserve', kind: 'internal', count: 1 }),
  ];
  assert.deepEqual(operationGroups(rows, 'Orders.reserve').map(({ operation }) => operation), ['order.reserve', 'POST /orders', 'take', 'work', 'emit', 'SELECT stock']);
});

test('a name is compared word by word, never by its tail', () => {
  assert.ok(namedAfter('reserve', 'Orders.reserve'));
  assert.ok(namedAfter('Orders.reserve', 'Orders.reserve'));
  assert.ok(namedAfter('order.Reserve', 'Orders.reserve'));
  assert.ok(!namedAfter('preserve', 'Orders.reserve'));
  assert.ok(!namedAfter('', ''));
});

test('an operation is that of the capture with its newest span; older captures are not added', () => {
  const [group] = operationGroups([row({ captureId: 'old', count: 100, lastEndUnixMs: 5 }), row({ captureId: 'new', count: 3, errorCount: 1, lastEndUnixMs: 9 })], undefined);
  assert.deepEqual([group?.captureId, group?.count, group?.errorCount], ['new', 3, 1]);
});

test('operations of one function in different captures each keep their own newest', () => {
  const groups = operationGroups([row({ operation: 'a', captureId: 'old', lastEndUnixMs: 5 }), row({ operation: 'b', captureId: 'new', lastEndUnixMs: 9 })], undefined);
  assert.deepEqual(groups.map(({ operation, captureId }) => [operation, captureId]), [['a', 'old'], ['b', 'new']]);
});

test('rows of a function are one group; a row outside of functions is a group of its line', () => {
  const groups = asLocated([row({ line: 12 }), row({ line: 15 }), row({ line: 3, function: undefined }), row({ line: 3, function: undefined, operation: 'other' })]);
  assert.deepEqual(groups.map(({ line, operations }) => [line, operations.length]), [[3, 2], [10, 1]]);
  assert.equal(groups[1]?.operations[0]?.count, 74);
});

test('two functions of one name on different lines stay two', () => {
  const groups = asLocated([row({ function: range('run', 10, 12) }), row({ function: range('run', 30, 32) })]);
  assert.deepEqual(groups.map(({ line }) => line), [10, 30]);
});
