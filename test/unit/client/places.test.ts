import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { defaultDataDir } from '../../../src/client/dataDir.ts';
import { hasSqlite, hubRuntime } from '../../../src/client/runtime.ts';

test('the data folder is where the platform keeps such things, or where the person says', () => {
  assert.equal(defaultDataDir({}, 'linux', '/home/a'), path.join('/home/a', '.local', 'share', 'traceline'));
  assert.equal(defaultDataDir({ XDG_DATA_HOME: '/data' }, 'linux', '/home/a'), path.join('/data', 'traceline'));
  assert.equal(defaultDataDir({ XDG_DATA_HOME: 'relative' }, 'linux', '/home/a'), path.join('/home/a', '.local', 'share', 'traceline'));
  assert.equal(defaultDataDir({}, 'darwin', '/Users/a'), path.join('/Users/a', 'Library', 'Application Support', 'Traceline'));
  assert.equal(defaultDataDir({ LOCALAPPDATA: '/local' }, 'win32', '/a'), path.join('/local', 'Traceline'));
  assert.equal(defaultDataDir({ TRACELINE_DATA: '/x/y', XDG_DATA_HOME: '/data' }, 'linux', '/home/a'), path.resolve('/x/y'));
});

test('node:sqlite is there from 22.13 on', () => {
  assert.deepEqual(['20.20.2', '22.12.0', '22.13.0', '22.15.1', '24.0.0'].map(hasSqlite), [false, false, true, true, true]);
});

test('a Node that has it runs the hub itself', () => {
  assert.deepEqual(hubRuntime(), { execPath: process.execPath, env: {} });
});
