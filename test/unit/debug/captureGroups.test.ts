import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CaptureGroups } from '../../../src/debug/captureGroups.ts';
import { compoundsOf } from '../../../src/debug/compounds.ts';

const launch = compoundsOf([
  { name: 'all', configurations: ['server', 'worker', { name: 'client', folder: 'web' }] },
  { name: 'pair', configurations: ['server', 'worker'] },
]);

/** A window whose clock is told. */
function window(compounds = launch) {
  const groups = new CaptureGroups(() => compounds);
  return {
    groups,
    begin: (atMs: number, name: string, type = 'node', folder = 'app') => groups.begin({ name, folder, type }, atMs),
    capture: (name: string, folder = 'app') => groups.captureOf(name, folder),
    started: (captureId: string, name: string) => groups.started(captureId, name, 'app'),
    ended: (captureId: string, name: string) => groups.ended(captureId, name, 'app'),
  };
}

describe('a compound', () => {
  test('is one capture under its name, though its members are ready one after the other', () => {
    const { begin, capture, started, groups } = window();
    begin(0, 'server');
    begin(5, 'worker');
    const server = capture('server');
    started(server, 'server');
    // Minutes of a build task later.
    assert.equal(capture('worker'), server);
    assert.equal(groups.compoundOf(server), 'pair');
  });

  test('is named as the smallest that has all that began, and finds a member in another folder', () => {
    const { begin, capture, groups } = window();
    begin(0, 'server');
    assert.equal(groups.compoundOf(capture('server')), undefined);
    begin(3, 'client', 'chrome', 'web');
    assert.equal(groups.compoundOf(capture('server')), 'all');
    assert.equal(capture('client', 'web'), capture('server'));
    begin(6, 'worker');
    assert.equal(groups.compoundOf(capture('worker')), 'all');
  });

  test('waits for a member of another type that its extension is slow with', () => {
    const { begin, capture, started } = window();
    begin(0, 'server');
    started(capture('server'), 'server');
    begin(1500, 'worker', 'debugpy');
    assert.equal(capture('worker'), capture('server'));
  });

  test('a member restarted while others run comes back to its capture', () => {
    const { begin, capture, started, ended, groups } = window();
    begin(0, 'server');
    begin(1, 'worker');
    const first = capture('server');
    started(first, 'server');
    started(capture('worker'), 'worker');
    ended(first, 'worker');
    begin(60_000, 'worker');
    assert.equal(groups.isUnsure('worker', 'app'), true);
    assert.equal(capture('worker'), first);
    started(first, 'worker');
    // A second one beside it is a program of its own.
    begin(120_000, 'worker');
    assert.equal(groups.isUnsure('worker', 'app'), false);
    assert.notEqual(capture('worker'), first);
  });

  test('started anew while its last member is still ending is a capture of its own', () => {
    const { begin, capture, started, ended, groups } = window();
    begin(0, 'server');
    begin(1, 'worker');
    const first = capture('server');
    started(first, 'server');
    started(capture('worker'), 'worker');
    ended(first, 'server');
    begin(60_000, 'server');
    begin(60_002, 'worker');
    assert.equal(groups.isUnsure('server', 'app'), true);
    const second = capture('server');
    assert.notEqual(second, first);
    assert.equal(capture('worker'), second);
  });

  test('started again after all of it ended is a new capture', () => {
    const { begin, capture, started, ended } = window();
    begin(0, 'server');
    begin(1, 'worker');
    const first = capture('server');
    assert.equal(capture('worker'), first);
    for (const name of ['server', 'worker']) started(first, name);
    for (const name of ['server', 'worker']) ended(first, name);
    begin(1500, 'server');
    begin(1501, 'worker');
    assert.notEqual(capture('server'), first);
    assert.equal(capture('worker'), capture('server'));
  });
});

describe('two programs do not mix', () => {
  test('that no compound names together', () => {
    const { begin, capture, groups } = window();
    begin(0, 'server');
    begin(1, 'script');
    assert.notEqual(capture('script'), capture('server'));
    assert.equal(groups.compoundOf(capture('server')), undefined);
  });

  test('of a compound, but started one after the other', () => {
    const { begin, capture, started } = window();
    begin(0, 'server');
    started(capture('server'), 'server');
    begin(900, 'worker');
    assert.notEqual(capture('worker'), capture('server'));
    const later = window();
    later.begin(0, 'server');
    later.begin(2500, 'worker');
    assert.notEqual(later.capture('worker'), later.capture('server'));
  });

  test('of one configuration', () => {
    const { begin, capture, started } = window();
    begin(0, 'script');
    const first = capture('script');
    started(first, 'script');
    begin(100, 'script');
    assert.notEqual(capture('script'), first);
  });

  test('of one name in two folders, of which the compound names one', () => {
    const { begin, capture } = window();
    begin(0, 'server');
    begin(1, 'client', 'chrome', 'elsewhere');
    assert.notEqual(capture('client', 'elsewhere'), capture('server'));
  });
});

test('a start that is asked about twice, as when an extension changes its type, is one', () => {
  const { begin, capture, groups } = window();
  begin(0, 'server');
  begin(20, 'server', 'pwa-node');
  assert.equal(groups.compoundOf(capture('server')), undefined);
});

test('a thousand starts leave no more behind than the last ones', () => {
  const { begin, capture } = window();
  const ids = new Set(Array.from({ length: 1000 }, (_, i) => {
    begin(i * 3000, `script ${i}`);
    return capture(`script ${i}`);
  }));
  assert.equal(ids.size, 1000);
  assert.equal(ids.has(capture('script 0')), false, 'long forgotten, so a new one');
});

test('compounds are read as VS Code reads them; what is malformed is passed over', () => {
  assert.deepEqual(compoundsOf([
    { name: 'a', configurations: ['x', { name: 'y', folder: 'f' }, { folder: 'f' }, 7, 'a'] }, { name: 'none', configurations: [] }, { name: 'bad', configurations: 'x' }, { configurations: ['x'] }, null, 3,
  ]), [{ name: 'a', members: [{ name: 'x', folder: undefined }, { name: 'y', folder: 'f' }] }]);
  for (const value of [undefined, null, {}, 'x']) assert.deepEqual(compoundsOf(value), []);
});
