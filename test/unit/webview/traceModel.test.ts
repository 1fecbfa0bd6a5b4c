import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orphansId } from '../../../webview/layout/nodeIds.ts';
import { nothingCarried } from '../../../webview/layout/carried.ts';
import { TraceModel } from '../../../webview/layout/traceModel.ts';
import type { TestTrace } from '../../support/generateTrace.ts';
import { checkoutTrace, traceOf } from '../../support/generateTrace.ts';

const modelOf = (trace: TestTrace, carried = nothingCarried): TraceModel => new TraceModel(trace.columns, trace.places, carried);
const nameAt = (model: TraceModel, node: number | undefined): string => (node === undefined ? '' : model.nameOf(model.tree.row[node] ?? -1));

test('a fold that hides the selection takes it; selecting beneath a fold opens it', () => {
  const model = modelOf(checkoutTrace());
  const reserve = model.nodeOfSpan(checkoutTrace().spanIdOf(5)) ?? -1;
  model.select(reserve + 3);
  model.setCollapsed(reserve, true);
  assert.equal(model.selected, reserve);
  const folded = model.visible.length;
  assert.equal(model.indexOf(reserve + 3), model.indexOf(reserve));
  // Beneath it is one group of twelve; both open.
  model.select(reserve + 3);
  assert.equal(model.visible.length, folded + 13);
});

test('a later snapshot keeps selection, folds and zoom by span, and moves the zoom when the trace starts earlier', () => {
  const part = checkoutTrace({ without: ['POST /checkout'] });
  const whole = checkoutTrace();
  const spanNamed = (trace: TestTrace, name: string): string => {
    const model = modelOf(trace);
    const node = model.tree.row.findIndex((row) => row >= 0 && model.nameOf(row) === name);
    model.select(node);
    return model.selectedSpanId ?? '';
  };
  // The spans of the two plans have other ids; these are the ones to be found again.
  const model = modelOf(part);
  model.select(model.nodeOfSpan(spanNamed(part, 'cache.set')) ?? -1);
  model.setCollapsed(model.nodeOfSpan(spanNamed(part, 'OrderService.reserve')) ?? -1, true);
  model.window = { startNs: 100e6, endNs: 300e6 };
  const carried = model.carried(String(BigInt(model.columns.startUnixNano) - 50_000_000n));
  assert.deepEqual(carried.zoom, { startNs: 150e6, endNs: 350e6 });
  assert.equal(carried.selectedId, spanNamed(part, 'cache.set'));

  const next = modelOf(whole, { ...carried, selectedId: spanNamed(whole, 'cache.set'), collapsed: [spanNamed(whole, 'OrderService.reserve'), 'ffffffffffffffff'] });
  assert.equal(nameAt(next, next.selected), 'cache.set');
  assert.deepEqual(next.collapsedIds(), [spanNamed(whole, 'OrderService.reserve')]);
  assert.deepEqual(next.window, carried.zoom);
});

test('the placeholder folds like any other row, and is remembered by name', () => {
  const model = modelOf(checkoutTrace());
  model.setCollapsed(model.tree.placeholder, true);
  assert.deepEqual(model.collapsedIds(), [orphansId]);
  assert.equal(modelOf(checkoutTrace(), { ...nothingCarried, collapsed: [orphansId] }).visible.length, model.visible.length);
});

test('search goes over names, services and places, in order and around', () => {
  const model = modelOf(checkoutTrace());
  model.searchFor('SELECT');
  assert.equal(model.search.matches.length, 12);
  model.select(-1);
  const first = model.search.next(model.selected, 1);
  assert.equal(nameAt(model, first), 'SELECT stock.items');
  model.select(first ?? -1);
  assert.equal(model.search.numberOf(model.selected), 1);
  assert.equal(model.search.next(model.selected, -1), model.search.matches[11]);
  model.select(model.search.matches[11] ?? -1);
  assert.equal(model.search.next(model.selected, 1), model.search.matches[0]);
  model.searchFor('PAYMENTS');
  assert.equal(model.search.matches.length, 3);
  model.searchFor('mail.ts:11');
  assert.deepEqual([...model.search.matches].map((node) => nameAt(model, node)), ['mail.send']);
  model.searchFor('   ');
  assert.equal(model.search.matches.length, 0);
  assert.equal(model.search.next(model.selected, 1), undefined);
});

test('errors are counted beneath a fold and walked in order', () => {
  const model = modelOf(checkoutTrace());
  assert.equal(model.errorsBeneath(0), 2);
  const first = model.nextError(1);
  assert.equal(nameAt(model, first), 'POST /charge');
  model.select(first ?? -1);
  assert.equal(nameAt(model, model.nextError(1)), 'card.authorize');
  assert.equal(nameAt(model, model.nextError(-1)), 'card.authorize');
  assert.equal(model.errorsBeneath(first ?? -1), 1);
});

test('a trace without time still has a stretch to draw', () => {
  const model = modelOf(traceOf([{ name: 'a', service: 's', startMs: 0, durationMs: 0 }, { name: 'b', service: 's', startMs: NaN, durationMs: NaN, parent: 0 }]));
  assert.deepEqual(model.full, { startNs: 0, endNs: 1000 });
});

test('a group of alike spans is closed at first, opened by what is selected in it, and stays open in the next snapshot', () => {
  const trace = checkoutTrace();
  const model = modelOf(trace);
  const [group = -1] = model.tree.nodeOfGroup;
  assert.equal(model.groups.size[0], 12);
  assert.equal(model.isNPlusOne(0), true);
  assert.deepEqual([model.isCollapsed(group), model.nameOf(model.rowFor(group)), model.selectedSpanId], [true, 'SELECT stock.items', undefined]);
  model.select(group);
  assert.equal(model.nodeOfId(model.selectedId ?? ''), group);
  assert.equal(modelOf(trace, model.carried(trace.columns.startUnixNano)).selected, group, 'a group can be selected across snapshots');
  model.select(group + 5);
  assert.equal(model.isCollapsed(group), false);
  const next = modelOf(trace, model.carried(trace.columns.startUnixNano));
  assert.equal(next.isCollapsed(group), false);
  assert.deepEqual(next.collapsedIds(), []);
});

test('only matches: they and what is above them, folds of their own, and an end when another span is selected', () => {
  const model = modelOf(checkoutTrace());
  const all = model.visible.length;
  model.searchFor('card.authorize');
  model.shown = { ...model.shown, onlyMatches: true };
  const names = (): string[] => [...model.visible].map((node) => nameAt(model, node));
  assert.deepEqual(names(), ['POST /checkout', 'request handler - /checkout', 'POST', 'POST /charge', 'card.authorize', 'card.authorize (retry)']);
  const charge = model.visible[3] ?? -1;
  assert.deepEqual([model.hasRowsBeneath(charge), model.hasRowsBeneath(charge + 1)], [true, false]);
  model.setCollapsed(charge, true);
  assert.deepEqual(names().slice(-1), ['POST /charge']);
  model.searchFor('card.authorize (retry)');
  assert.deepEqual(names().slice(-2), ['POST /charge', 'card.authorize (retry)'], 'both words must be there, and the new search has no folds yet');
  model.searchFor('nowhere to be found');
  assert.equal(model.visible.length, all, 'without a match everything is there');
  model.searchFor('service=inventory');
  assert.deepEqual(names().slice(-2), ['GET /stock/:sku', 'stock.lookup']);
  model.select(charge);
  assert.equal(model.shown.onlyMatches, false);
  assert.equal(model.visible.length, all);
});

test('what is not found steps back, but for a fold that holds a match; so does what is not on the way to the error', () => {
  const model = modelOf(checkoutTrace());
  const [group = -1] = model.tree.nodeOfGroup;
  model.searchFor('stock.items');
  assert.deepEqual([model.isDimmed(0), model.isDimmed(group)], [true, false]);
  model.setCollapsed(group, false);
  assert.equal(model.isDimmed(group), true, 'open, its matches speak for themselves');
  model.searchFor('');
  model.shown = { ...model.shown, errorPath: true };
  assert.deepEqual([...model.insights.errorPath].map((node) => nameAt(model, node)), ['POST /checkout', 'request handler - /checkout', 'POST', 'POST /charge', 'card.authorize']);
  assert.deepEqual([model.isDimmed(0), model.isDimmed(group)], [false, true]);
});
