import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { debugEnvironment, debugRuntime, envFilesOf } from '../../../src/debug/debugEnvironment.ts';
import { debugNotes } from '../../../src/debug/debugNotes.ts';
import { debugServiceName } from '../../../src/debug/debugServiceName.ts';
import { withJavaAgent } from '../../../src/debug/javaAgent.ts';
import { parseEnvFile } from '../../../src/debug/envFile.ts';
import { launchPathRules } from '../../../src/debug/pathRules.ts';

const launch = { type: 'node', request: 'launch', name: 'shop' };

describe('debugRuntime', () => {
  it('knows Node, Python, other programs, and what to leave alone', () => {
    for (const type of ['node', 'pwa-node', 'node-terminal']) assert.equal(debugRuntime({ ...launch, type }), 'node', type);
    for (const type of ['debugpy', 'python']) assert.equal(debugRuntime({ ...launch, type }), 'python', type);
    for (const type of ['java', 'go', 'coreclr', 'lldb', 'rdbg']) assert.equal(debugRuntime({ ...launch, type }), 'other', type);
    for (const type of ['extensionHost', 'pwa-extensionHost', 'chrome', 'pwa-chrome', 'msedge', 'pwa-msedge', 'cppdbg']) {
      assert.equal(debugRuntime({ ...launch, type }), undefined, type);
    }
    assert.equal(debugRuntime({ ...launch, request: 'attach' }), undefined);
    assert.equal(debugRuntime({ ...launch, __pendingTargetId: '1' }), undefined);
    assert.equal(debugRuntime({ ...launch, env: [{ name: 'A', value: 'b' }] }), undefined);
  });
});

describe('debugEnvironment', () => {
  it('puts the configuration over its .env files over the window', () => {
    const environment = debugEnvironment({ ...launch, env: { A: 'own', N: 7, GONE: null } }, { A: 'window', B: 'window', C: 'window', GONE: 'x' }, { A: 'file', B: 'file' });
    assert.deepEqual([environment.A, environment.B, environment.C, environment.N, environment.GONE], ['own', 'file', 'window', '7', undefined]);
  });

  it('takes NODE_OPTIONS from the configuration and its files alone', () => {
    const window = { NODE_OPTIONS: '--require /window.cjs' };
    assert.equal(debugEnvironment(launch, window, {}).NODE_OPTIONS, undefined);
    assert.equal(debugEnvironment(launch, window, { NODE_OPTIONS: '--file' }).NODE_OPTIONS, '--file');
    assert.equal(debugEnvironment({ ...launch, env: { NODE_OPTIONS: '--own' } }, window, { NODE_OPTIONS: '--file' }).NODE_OPTIONS, '--own');
  });

  it('reads one file or several', () => {
    assert.deepEqual(envFilesOf({ ...launch, envFile: '/a/.env' }), ['/a/.env']);
    assert.deepEqual(envFilesOf({ ...launch, envFile: ['/a', '', 3, '/b'] }), ['/a', '/b']);
    assert.deepEqual(envFilesOf(launch), []);
  });
});

describe('parseEnvFile', () => {
  it('reads what people write', () => {
    const text = '\uFEFFA=1\r\n# comment\nexport B = "two words"\nC=\'it is\'\nD=\nE=a=b # kept\nnot a line\nF="open\n';
    assert.deepEqual(parseEnvFile(text), { A: '1', B: 'two words', C: 'it is', D: '', E: 'a=b # kept', F: '"open' });
  });
});

describe('launchPathRules', () => {
  it('gives each rule of the running sessions once', () => {
    const configuration = { remoteRoot: '/app', localRoot: '/home/me/shop' };
    const sessions = [configuration, configuration, launch, { remoteRoot: '/app' }].map((each) => ({ configuration: each, folder: '/home/me/shop' }));
    assert.deepEqual(launchPathRules(sessions), [{ remote: '/app', local: '/home/me/shop', from: 'launch' }]);
  });
});

describe('debugServiceName', () => {
  const python = { type: 'debugpy', request: 'launch', name: 'Python: Flask' };
  it('is the program\'s, or its folder\'s where the file is called as such files are', () => {
    assert.equal(debugServiceName({ ...python, program: '/home/me/shop/orders.py' }, '/home/me/shop'), 'orders');
    assert.equal(debugServiceName({ ...python, program: '/home/me/shop/app.py' }, '/home/me'), 'shop');
    assert.equal(debugServiceName({ ...python, module: 'uvicorn', args: ['main:app'] }, '/home/me/shop'), 'shop');
    assert.equal(debugServiceName({ ...python, module: 'orders.main', cwd: '/x/y' }, '/home/me/shop'), 'orders');
    assert.equal(debugServiceName({ ...python, module: 'flask', cwd: '/home/me/front' }, '/home/me/shop'), 'front');
    assert.equal(debugServiceName({ type: 'go', request: 'launch', name: 'x', program: '/home/me/shop/cmd/billing' }, undefined), 'billing');
    assert.equal(debugServiceName({ type: 'go', request: 'launch', name: 'x', program: '/home/me/shop/cmd' }, '/home/me/shop'), 'shop');
    assert.equal(debugServiceName(python, undefined), undefined);
  });

  it('is left to the SDK where the environment would win over the code, or the SDK knows better', () => {
    for (const type of ['node', 'pwa-node', 'java', 'coreclr', 'php']) assert.equal(debugServiceName({ ...python, type, program: '/a/orders.py' }, '/a'), undefined, type);
  });
});

describe('withJavaAgent', () => {
  const java = { type: 'java', request: 'launch', name: 'shop' };
  it('goes before the person\'s own arguments, as text or as a list', () => {
    assert.deepEqual(withJavaAgent(java, '/opt/otel.jar', {}), { vmArgs: '-javaagent:/opt/otel.jar' });
    assert.deepEqual(withJavaAgent({ ...java, vmArgs: '-Xmx1g' }, '/opt/o tel.jar', {}), { vmArgs: '"-javaagent:/opt/o tel.jar" -Xmx1g' });
    assert.deepEqual(withJavaAgent({ ...java, vmArgs: ['-Xmx1g'] }, '/opt/o tel.jar', {}), { vmArgs: ['-javaagent:/opt/o tel.jar', '-Xmx1g'] });
  });

  it('is not there twice', () => {
    assert.deepEqual(withJavaAgent({ ...java, vmArgs: '-javaagent:/x/opentelemetry-javaagent.jar' }, '/opt/a.jar', {}), {});
    assert.deepEqual(withJavaAgent(java, '/opt/a.jar', { JAVA_TOOL_OPTIONS: '-javaagent:/x/otel.jar' }), {});
    assert.notDeepEqual(withJavaAgent(java, '/opt/a.jar', { JAVA_TOOL_OPTIONS: '-javaagent:/x/jacoco.jar' }), {});
  });
});

describe('debugNotes', () => {
  it('says what in a configuration keeps the probe out', () => {
    assert.match(debugNotes({ ...launch, attachSimplePort: 9229 })[0] ?? '', /attachSimplePort/);
    assert.match(debugNotes({ ...launch, runtimeVersion: '16.20.0' })[0] ?? '', /Node 16 is older than 18/);
    assert.match(debugNotes({ ...launch, type: 'debugpy', pythonArgs: ['-I'] })[0] ?? '', /started with -I/);
    assert.match(debugNotes({ ...launch, type: 'debugpy', pythonArgs: ['-Xdev', '-sE'] })[0] ?? '', /-sE/);
  });

  it('has nothing to say of others', () => {
    for (const each of [{}, { runtimeVersion: '18' }, { runtimeVersion: 'default' }, { attachSimplePort: 0 }, { pythonArgs: ['-Xfrozen_modules=off', '-m', '-W', '-u'] }]) {
      assert.deepEqual(debugNotes({ ...launch, ...each }), [], JSON.stringify(each));
    }
  });
});
