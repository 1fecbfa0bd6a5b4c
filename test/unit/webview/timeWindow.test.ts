import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rulerTicks } from '../../../webview/layout/rulerTicks.ts';
import { clampWindow, isFullWindow, panWindow, timeToX, xToTime, zoomWindow } from '../../../webview/layout/timeWindow.ts';

const full = { startNs: 0, endNs: 1.24e9 };

test('time and x are each other’s inverse', () => {
  const window = { startNs: 2e8, endNs: 7e8 };
  assert.equal(timeToX(window, 500, 2e8), 0);
  assert.equal(timeToX(window, 500, 7e8), 500);
  assert.equal(xToTime(window, 500, timeToX(window, 500, 333e6)), 333e6);
});

test('zooming keeps the moment under the pointer where it is', () => {
  const at = 4e8;
  const zoomed = zoomWindow(full, full, 2, at);
  assert.equal(zoomed.endNs - zoomed.startNs, 6.2e8);
  assert.ok(Math.abs(timeToX(zoomed, 1000, at) - timeToX(full, 1000, at)) < 1e-6);
});

test('a window never leaves the trace, whatever is done to it', () => {
  const step = fc.oneof(
    fc.record({ factor: fc.double({ min: 0.01, max: 100, noNaN: true }), at: fc.double({ min: -1e9, max: 3e9, noNaN: true }) }),
    fc.record({ by: fc.double({ min: -3e9, max: 3e9, noNaN: true }) }),
  );
  fc.assert(fc.property(fc.array(step), (steps) => {
    let window = full as { startNs: number; endNs: number };
    for (const one of steps) window = 'by' in one ? panWindow(window, full, one.by) : zoomWindow(window, full, one.factor, one.at);
    assert.ok(window.startNs >= 0 && window.endNs <= full.endNs + 1 && window.endNs > window.startNs);
  }));
  assert.ok(isFullWindow(clampWindow({ startNs: NaN, endNs: NaN }, full), full));
});

test('ticks are round, and told apart by their labels', () => {
  assert.deepEqual(rulerTicks(full, 500).map((tick) => tick.label), ['0 ms', '250 ms', '500 ms', '750 ms', '1.00 s']);
  assert.deepEqual(rulerTicks({ startNs: 0, endNs: 900 }, 500).map((tick) => tick.label), ['0 ns', '200 ns', '400 ns', '600 ns', '800 ns']);
  const stretch = fc.tuple(fc.integer({ min: 0, max: 8e15 }), fc.double({ min: 2, max: 16, noNaN: true }));
  fc.assert(fc.property(stretch, fc.integer({ min: 50, max: 3000 }), ([startNs, power], widthPx) => {
    const window = { startNs, endNs: startNs + 10 ** power };
    const ticks = rulerTicks(window, widthPx);
    assert.ok(ticks.length <= widthPx / 40 + 2, `${ticks.length} ticks in ${widthPx} px`);
    assert.ok(ticks.every((tick) => tick.ns >= window.startNs && tick.ns <= window.endNs));
    assert.equal(new Set(ticks.map((tick) => tick.label)).size, ticks.length);
  }));
  assert.deepEqual(rulerTicks({ startNs: 0, endNs: 0 }, 500), []);
});
