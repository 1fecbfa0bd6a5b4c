import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

// A suite that the runner does not name would never run, and nobody would see it.
test('every suite for the inside of VS Code is loaded and run', () => {
  const root = path.dirname(path.dirname(import.meta.dirname));
  const index = readFileSync(path.join(root, 'test', 'integration', 'index.ts'), 'utf8');
  const runner = readFileSync(path.join(root, 'scripts', 'integration.mjs'), 'utf8');
  const suites = readdirSync(path.join(root, 'test', 'integration', 'suites')).map((name) => path.basename(name, '.ts'));
  assert.ok(suites.length > 0);
  for (const suite of suites) {
    assert.ok(index.includes(`./suites/${suite}.ts`), `${suite} in test/integration/index.ts`);
    assert.ok(runner.includes(`name: '${suite}'`), `${suite} in scripts/integration.mjs`);
  }
});
