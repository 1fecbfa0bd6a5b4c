import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { type FileChange, FileChanges } from '../../../src/editor/fileChanges.ts';

/** Runs the body on a clock of its own. `told` is what was told so far. */
function withClock(body: (changes: FileChanges, told: FileChange[], passMs: (ms: number) => void) => void): void {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const told: FileChange[] = [];
  const changes = new FileChanges((change) => told.push(change));
  try {
    body(changes, told, (ms) => mock.timers.tick(ms));
  } finally {
    changes.dispose();
    mock.timers.reset();
  }
}

test('told once it is quiet, each file once', () => {
  withClock((changes, told, passMs) => {
    changes.changed('/w/a.ts');
    passMs(250);
    changes.cameOrWent('/w/b');
    changes.changed('/w/a.ts');
    passMs(299);
    assert.deepEqual(told, []);
    passMs(1);
    assert.deepEqual(told, [{ files: ['/w/a.ts', '/w/b'], isRead: true }]);
    passMs(10_000);
    assert.equal(told.length, 1);
    changes.cameOrWent('/w/b');
    passMs(300);
    assert.deepEqual(told[1], { files: ['/w/b'], isRead: false });
  });
});

test('what is not read is not told of when it changes, and other people\'s code never', () => {
  withClock((changes, told, passMs) => {
    for (const file of ['/w/log.txt', '/w/node_modules/m/a.ts', '/w/.git/index', 'C:\\w\\node_modules\\m\\a.ts', '/w/.git/objects/exclude']) changes.changed(file);
    for (const file of ['/w/node_modules', '/w/.git/index.lock', '/w/a/__pycache__/x.pyc', '/w/node_modules/m/.gitignore']) changes.cameOrWent(file);
    passMs(5000);
    assert.deepEqual(told, []);
    for (const file of ['/w/.gitignore', '/w/go.mod', '/w/dist/x.js.map', '/w/x.MJS', '/w/x.mjs', 'C:\\w\\x.cs', '/w/.git/info/exclude', '/w/.github/x.ts']) changes.changed(file);
    passMs(300);
    assert.deepEqual(told, [{ files: ['/w/.gitignore', '/w/go.mod', '/w/dist/x.js.map', '/w/x.mjs', 'C:\\w\\x.cs', '/w/.git/info/exclude', '/w/.github/x.ts'], isRead: true }]);
  });
});

test('another branch: thousands of files are one change, told in time though it goes on', () => {
  withClock((changes, told, passMs) => {
    for (let step = 0; step < 50; step++) {
      for (let i = 0; i < 100; i++) changes.cameOrWent(`/w/${step}/${i}.ts`);
      passMs(100);
    }
    passMs(300);
    assert.ok(told.length >= 2 && told.length <= 4, `${told.length} times in five seconds`);
    assert.ok(told.every(({ files, isRead }) => files === undefined && isRead));
  });
  withClock((changes, told, passMs) => {
    for (let i = 0; i < 500; i++) changes.cameOrWent(`/w/${i}`);
    passMs(300);
    assert.deepEqual([told.length, told[0]?.files?.length, told[0]?.isRead], [1, 500, false]);
  });
});

test('nothing is told after its end', () => {
  withClock((changes, told, passMs) => {
    changes.changed('/w/a.ts');
    changes.dispose();
    passMs(5000);
    assert.deepEqual(told, []);
  });
});
