import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { environmentTexts } from '../../../src/client/environmentText.ts';
import { type TerminalChange, terminalChanges } from '../../../src/client/terminalChanges.ts';
import type { Environment } from '../../../src/client/injection.ts';

const hub = { otlpHttp: 'http://127.0.0.1:4318', otlpGrpc: 'http://127.0.0.1:4317' };

describe('terminalChanges', () => {
  const changes = (environment: Environment): ReadonlyMap<string, TerminalChange> =>
    new Map(terminalChanges({ environment, ...hub, probes: { node: '/opt/a b.cjs', python: '/opt/python' } }).map((change) => [change.name, change]));

  it('belongs to no capture, so that nothing is instrumented that is not already', () => {
    const names = [...changes({}).keys()];
    assert.deepEqual(names.filter((name) => name === 'OTEL_RESOURCE_ATTRIBUTES' || name === 'TRACELINE_PYTHON_AUTO'), []);
    assert.ok(names.includes('OTEL_EXPORTER_OTLP_ENDPOINT'));
  });

  it('adds to the lists of others, who may add to them too', () => {
    assert.deepEqual(changes({}).get('NODE_OPTIONS'), { name: 'NODE_OPTIONS', how: 'append', value: ' --require "/opt/a b.cjs" ' });
    assert.deepEqual(changes({ NODE_OPTIONS: '--max-old-space-size=99' }).get('NODE_OPTIONS')?.value, ' --require "/opt/a b.cjs" ');
    assert.deepEqual(changes({}).get('PYTHONPATH'), { name: 'PYTHONPATH', how: 'replace', value: '/opt/python' });
    assert.deepEqual(changes({ PYTHONPATH: '/mine' }).get('PYTHONPATH'), { name: 'PYTHONPATH', how: 'prepend', value: '/opt/python:' });
  });

  it('changes nothing that is so already: a window that was opened from such a terminal', () => {
    const first = [...changes({}).values()];
    const inner = Object.fromEntries(first.map(({ name, value }) => [name, value.trim()]));
    assert.deepEqual([...changes(inner).keys()], []);
  });

  it('leaves the person\'s own endpoint', () => {
    assert.equal(changes({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }).get('OTEL_EXPORTER_OTLP_ENDPOINT'), undefined);
  });
});

describe('environmentTexts', () => {
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_X: 'a $b \'c\'', NODE_OPTIONS: '--require "/opt/a b.cjs"' };
  const textOf = (platform: NodeJS.Platform, label: string) => environmentTexts(variables, platform).find((each) => each.label === label)?.text ?? '';

  it('is read by a shell as it was meant', () => {
    const shown = execFileSync('sh', ['-c', `${textOf('linux', 'Shell')}\nprintf '%s|%s' "$OTEL_X" "$NODE_OPTIONS"`], { encoding: 'utf8' });
    assert.equal(shown, `${variables.OTEL_X}|${variables.NODE_OPTIONS}`);
  });

  it('shares the network on Linux, where a container does not reach the loopback, and takes no file of this machine inside', () => {
    assert.equal(textOf('linux', 'docker run, Linux'), `--network=host -e OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 -e 'OTEL_X=a $b '\\''c'\\'''`);
    assert.match(textOf('linux', 'compose.yaml, Linux'), /^network_mode: host\nenvironment:\n {2}OTEL_EXPORTER_OTLP_ENDPOINT: "http:\/\/127\.0\.0\.1:4318"\n {2}OTEL_X: "a \$\$b 'c'"$/);
  });

  it('names the machine as Docker Desktop does', () => {
    assert.equal(environmentTexts(variables, 'darwin').some(({ label }) => label.endsWith('Linux')), false);
    assert.match(textOf('darwin', 'docker run, Docker Desktop'), /^-e OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/host\.docker\.internal:4318 /);
    assert.match(textOf('win32', 'PowerShell'), /\$env:OTEL_X = 'a \$b ''c'''/);
  });
});
