import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkspaceLocator } from '../../../src/editor/workspaceLocator.ts';
import type { LocateSettings } from '../../../src/locate/location.ts';

test('settings that take long to read are heard in their order, each before its questions', async () => {
  const heard: string[] = [];
  const asked: ((settings: LocateSettings) => void)[] = [];
  const locator = new WorkspaceLocator(
    {
      call: (method, params) => {
        heard.push(method === 'configure' ? (params as LocateSettings).workspaceFolders.join() : method);
        return Promise.resolve(undefined as never);
      },
    },
    () => new Promise((resolve) => asked.push(resolve)),
  );
  const answer = async (folder: string) => {
    await new Promise(setImmediate);
    asked.shift()?.({ workspaceFolders: [folder], pathRules: [] });
  };
  const first = locator.call('locate', []);
  locator.reconfigure();
  const second = locator.call('invalidate', { files: undefined });
  await answer('old');
  await first;
  await answer('new');
  await second;
  assert.deepEqual(heard, ['old', 'locate', 'new', 'invalidate']);
});

test('settings that could not be read fail the question, and are read again when they change', async () => {
  let tries = 0;
  const locator = new WorkspaceLocator(
    { call: () => Promise.resolve(undefined as never) },
    () => (++tries === 1 ? Promise.reject(new Error('unreadable')) : Promise.resolve({ workspaceFolders: [], pathRules: [] })),
  );
  await assert.rejects(locator.call('locate', []), /unreadable/);
  locator.reconfigure();
  await locator.call('locate', []);
  assert.equal(tries, 2);
});

test('what changes before the first question starts nothing', async () => {
  const heard: string[] = [];
  const locator = new WorkspaceLocator(
    { call: (method) => Promise.resolve((heard.push(method), undefined as never)) },
    () => Promise.resolve({ workspaceFolders: [], pathRules: [] }),
  );
  assert.equal(await locator.call('invalidate', { files: ['/w/a.ts'] }), false);
  assert.deepEqual(heard, []);
  await locator.call('locate', []);
  locator.reconfigure();
  await locator.call('invalidate', { files: ['/w/a.ts'] });
  assert.deepEqual(heard, ['configure', 'locate', 'configure', 'invalidate']);
});
