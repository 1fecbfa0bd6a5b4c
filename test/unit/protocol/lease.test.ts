import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareVersions, parseLease } from '../../../src/protocol/lease.ts';

const lease = {
  pid: 12, control: 'ws://127.0.0.1:5000', token: 't', version: '1.2.3', otlpHttp: 'http://127.0.0.1:4318', otlpGrpc: 'http://127.0.0.1:4317', startedUnixMs: 1,
};

test('a lease is read back, and nothing else is taken for one', () => {
  assert.deepEqual(parseLease(JSON.stringify(lease)), lease);
  assert.equal(parseLease(JSON.stringify(lease).slice(0, -5)), undefined);
  assert.equal(parseLease('null'), undefined);
  for (const wrong of [{ pid: 0 }, { pid: '12' }, { control: 'ws://example.com:80' }, { control: 'ws://127.0.0.1:80@evil' }, { token: '' }, { version: 3 }]) {
    assert.equal(parseLease(JSON.stringify({ ...lease, ...wrong })), undefined, JSON.stringify(wrong));
  }
});

test('versions go by their numbers', () => {
  assert.ok(compareVersions('0.9.0', '0.10.0') < 0);
  assert.ok(compareVersions('1.0.0', '0.10.9') > 0);
  assert.equal(compareVersions('1.0.0', '1.0.0-beta'), 0);
  assert.ok(compareVersions('garbage', '0.0.1') < 0);
});
