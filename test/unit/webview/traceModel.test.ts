import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orphansId, TraceModel } from '../../../webview/layout/traceModel.ts';
import type { TestTrace } from '../../support/generateTrace.ts';
import { checkoutTrace, traceOf } from '../../support/generateTrace.ts';

const nothing = { selectedSpanId: undefined, collapsed: [], zoom: undefined, searchText: '' };
const modelOf = (trace: TestTrace, carried = nothing as ConstructorParameters<typeof TraceModel>[2]): TraceModel => new TraceModel(trace.columns, trace.places, carried);
const nameAt = (model: TraceModel, node: number | undefined): string => (node === undefined ? '' : model.nameOf(model.tree.row[node] ?? -1));

test('a fold that hides the selection takes it; selecting beneath a fold opens it', () => {
  const model = modelOf(checkoutTrace());
  const reserve = model.nodeOfSpan(checkoutTrace().spanIdOf(5)) ?? -1;
  model.select(reserve + 3);
  model.setCollapsed(reserve, true);
  assert.equal(model.selected, reserve);
  const folded = model.visible.length;
  assert.equal(model.indexOf(reserve + 3), model.indexOf(reserve));
  model.select(reserve + 3);
  assert.equal(model.visible.length, folded + 12);
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
  assert.equal(carried.selectedSpanId, spanNamed(part, 'cache.set'));

  const next = modelOf(whole, { ...carried, selectedSpanId: spanNamed(whole, 'cache.set'), collapsed: [spanNamed(whole, 'OrderService.reserve'), 'ffffffffffffffff'] });
  assert.equal(nameAt(next, next.selected), 'cache.set');
  assert.deepEqual(next.collapsedIds(), [spanNamed(whole, 'OrderService.reserve')]);
  assert.deepEqual(next.window, carried.zoom);
});

test('the placeholder folds like any other row, and is remembered by name', () => {
  const model = modelOf(checkoutTrace());
  model.setCollapsed(model.tree.placeholder, true);
  assert.deepEqual(model.collapsedIds(), [orphansId]);
  assert.equal(modelOf(checkoutTrace(), { ...nothing, collapsed: [orphansId] }).visible.length, model.visible.length);
});

test('search goes over names, services and places, in order and around', () => {
  const model = modelOf(checkoutTrace());
  model.search('SELECT');
  assert.equal(model.matches.length, 12);
  model.select(-1);
  const first = model.nextMatch(1);
  assert.equal(nameAt(model, first), 'SELECT stock.items');
  model.select(first ?? -1);
  assert.equal(model.matchNumber, 1);
  assert.equal(model.nextMatch(-1), model.matches[11]);
  model.select(model.matches[11] ?? -1);
  assert.equal(model.nextMatch(1), model.matches[0]);
  model.search('PAYMENTS');
  assert.equal(model.matches.length, 3);
  model.search('mail.ts:11');
  assert.deepEqual([...model.matches].map((node) => nameAt(model, node)), ['mail.send']);
  model.search('   ');
  assert.equal(model.matches.length, 0);
  assert.equal(model.nextMatch(1), undefined);
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
