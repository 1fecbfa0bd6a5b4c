import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainLines, mayMean, suggestRule } from '../../../src/views/explainText.ts';

test('a rule is what stands before the common whole segments', () => {
  assert.deepEqual(suggestRule('/app/src/orders.ts', '/home/me/shop/src/orders.ts', '/home/me/shop'), { remote: '/app', local: '${workspaceFolder}' });
  assert.deepEqual(suggestRule('/srv/api/src/a.ts', '/w/packages/api/src/a.ts', '/w'), { remote: '/srv', local: '${workspaceFolder}/packages' });
  assert.deepEqual(suggestRule('C:\\build\\src\\a.ts', '/w/src/a.ts', '/w/'), { remote: 'C:/build', local: '${workspaceFolder}' });
});

test('no rule is suggested where none would help', () => {
  assert.equal(suggestRule('/w/src/a.ts', '/w/src/a.ts', '/w'), undefined);
  assert.equal(suggestRule('/app/src/data.ts', '/w/src/a.ts', '/w'), undefined);
  assert.equal(suggestRule('a.ts', '/w/a.ts', '/w'), undefined);
  assert.equal(suggestRule('/a.ts', '/w/a.ts', '/w'), undefined);
});

test('a site may mean a file that has its name without its ending, and no longer name', () => {
  assert.ok(mayMean({ filePath: '/app/dist/orders.js' }, '/w/src/orders.ts'));
  assert.ok(mayMean({ beneath: ['    at load (/app/dist/orders.js:1:2)'] }, 'C:\\w\\src\\orders.ts'));
  assert.ok(!mayMean({ filePath: '/app/dist/preorders.js' }, '/w/src/orders.ts'));
  assert.ok(!mayMean({ functionName: 'orders.load' }, '/w/src/orders.ts'));
});

test('an explanation begins with its outcome and is one safe line a step', () => {
  const lines = explainLines('GET \u202e/x\n', { location: undefined, outcome: 'No place: gone', steps: [{ rule: 'exact', input: '/a', result: 'not there' }] });
  assert.deepEqual(lines, [{ label: 'GET /x', isHeading: true }, { label: '$(circle-slash) No place: gone' }, { label: 'exact: not there', detail: '/a' }]);
});
