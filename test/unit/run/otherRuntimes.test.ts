import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withOtherRuntimes } from '../../../src/cli/otherRuntimes.ts';

const nothing = { variables: { A: 'b' }, notes: [], spansWillCome: true };

function inject(command: readonly string[], environment: Readonly<Record<string, string>> = {}, files: Readonly<Record<string, string>> = {}, nodeProbe = '/probe/node.cjs', spansWillCome = true) {
  return withOtherRuntimes({ ...nothing, spansWillCome }, { command, environment, cwd: '/shop/api', nodeProbe }, (file) => files[file]);
}

describe('withOtherRuntimes', () => {
  it('preloads the probe into Bun, whatever starts it, after what the person has it load', () => {
    assert.deepEqual(inject(['npm', 'start']).variables, { A: 'b', BUN_OPTIONS: '--preload=/probe/node.cjs' });
    assert.equal(inject(['bun', 'x.ts'], { BUN_OPTIONS: ' --smol' }).variables.BUN_OPTIONS, '--smol --preload=/probe/node.cjs');
  });

  it('leaves Bun alone, and says so, where its options cannot name the probe', () => {
    for (const probe of ['/a b/node.cjs', '/a"b/node.cjs', 'C:\\a\\node.cjs']) {
      const { variables, notes } = inject(['bun', 'x.ts'], {}, {}, probe);
      assert.equal(variables.BUN_OPTIONS, undefined);
      assert.match(notes[0] ?? '', /Bun cannot load the probe/);
    }
    assert.deepEqual(inject(['node', 'x.js'], {}, {}, '/a b/node.cjs').notes, []);
  });

  it('turns on what Deno has built in, where the program has no SDK of its own and spans will come', () => {
    const run = ['deno', 'run', '-A', 'main.ts', '--port=1'];
    assert.equal(inject(run).variables.OTEL_DENO, 'true');
    assert.equal(inject(['/opt/deno.exe', 'serve', '-A', 'main.ts']).variables.OTEL_DENO, 'true');
    assert.equal(inject(['deno', 'lint']).variables.OTEL_DENO, undefined);
    assert.equal(inject(['node', 'main.js']).variables.OTEL_DENO, undefined);
    assert.equal(inject(run, { OTEL_DENO: 'false' }).variables.OTEL_DENO, undefined);
    assert.equal(inject(run, { TRACELINE_PROBE: 'off' }).variables.OTEL_DENO, undefined);
    assert.equal(inject(run, {}, {}, '/p', false).variables.OTEL_DENO, undefined);
    for (const file of ['/shop/api/main.ts', '/shop/api/deno.jsonc', '/shop/package.json']) {
      assert.equal(inject(run, {}, { [file]: `import 'npm:@opentelemetry/sdk-trace-node'` }).variables.OTEL_DENO, undefined, file);
    }
    assert.equal(inject(run, {}, { '/shop/api/main.ts': `import 'npm:@opentelemetry/api'` }).variables.OTEL_DENO, 'true');
  });

  it('says that Deno gives no lines without all permissions', () => {
    assert.deepEqual(inject(['deno', 'run', '-A', 'main.ts']).notes, []);
    assert.deepEqual(inject(['deno', 'task', 'start']).notes, []);
    assert.match(inject(['deno', 'run', '--allow-net', 'main.ts']).notes[0] ?? '', /only with --allow-all/);
  });
});
