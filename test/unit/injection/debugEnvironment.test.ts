import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { debugEnvironment, debugRuntime, envFilesOf } from '../../../src/debug/debugEnvironment.ts';
import { parseEnvFile } from '../../../src/debug/envFile.ts';
import { launchPathRules } from '../../../src/debug/pathRules.ts';

const launch = { type: 'node', request: 'launch', name: 'shop' };

describe('debugRuntime', () => {
  it('knows Node, other programs, and what to leave alone', () => {
    for (const type of ['node', 'pwa-node', 'node-terminal']) assert.equal(debugRuntime({ ...launch, type }), 'node', type);
    for (const type of ['debugpy', 'python', 'java', 'go', 'coreclr', 'lldb', 'rdbg']) assert.equal(debugRuntime({ ...launch, type }), 'other', type);
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
