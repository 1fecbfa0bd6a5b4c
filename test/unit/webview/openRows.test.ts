import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { afterNs, barLabel, countOpen, openOf, openWords } from '../../../webview/layout/openRows.ts';
import { traceOf } from '../../support/generateTrace.ts';

const { columns } = traceOf([
  { name: 'POST /orders', service: 'orders', kind: 'server', startMs: 0, durationMs: 500, open: 'running' },
  { name: 'SELECT stock', service: 'orders', kind: 'client', startMs: 10, durationMs: 20, parent: 0 },
  { name: 'mail.send', service: 'mail', startMs: 40, durationMs: 100, parent: 0, open: 'neverEnded' },
]);
const ended = traceOf([{ name: 'a', service: 'b', startMs: 0, durationMs: 1 }]).columns;

describe('spans that have not ended', () => {
  it('are told apart by row, and counted', () => {
    assert.deepEqual([0, 1, 2].map((row) => openOf(columns, row)), ['running', undefined, 'neverEnded']);
    assert.deepEqual(countOpen(columns), { running: 1, neverEnded: 1 });
    assert.equal(openOf(ended, 0), undefined);
    assert.deepEqual(countOpen(ended), { running: 0, neverEnded: 0 });
  });

  it('go on with the time where they run; nothing else does, and the snapshot stays as it was', () => {
    const later = afterNs(columns, 2e9);
    assert.deepEqual([...later.durationsNs], [2.5e9, 20e6, 100e6]);
    assert.equal(later.durationNs, 2.5e9);
    assert.deepEqual([...columns.durationsNs], [500e6, 20e6, 100e6]);
  });

  it('cost nothing where there are none', () => {
    assert.equal(afterNs(ended, 1e9), ended);
    assert.equal(afterNs(columns, 0), columns);
    const given = traceOf([{ name: 'a', service: 'b', startMs: 0, durationMs: 1, open: 'neverEnded' }]).columns;
    assert.equal(afterNs(given, 1e9), given);
  });

  it('are named in words', () => {
    assert.equal(barLabel('running', 1.2e9, 0), 'running 1.2 s');
    assert.equal(barLabel('running', 1.2e9, 1e9), 'running 200 ms + 1 s held');
    assert.equal(barLabel('neverEnded', 1.2e9, 0), 'never ended, 1.2 s');
    assert.equal(barLabel(undefined, 1.2e9, 0), '1.2 s');
    assert.equal(openWords(undefined, 1), undefined);
    assert.match(openWords('neverEnded', 1.2e9) ?? '', /^never ended: .*1\.2 s$/);
  });
});
