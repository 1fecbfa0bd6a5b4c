import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RpcError, RpcPeer, type Wire } from '../../../src/protocol/rpc.ts';

interface Calls {
  double: [number, number];
  fail: [undefined, undefined];
  unsendable: [undefined, unknown];
}
interface Events {
  news: string;
}
type None = Record<never, never>;

function wires(): { readonly a: Wire & { close(): void; raw(message: unknown): void }; readonly b: Wire } {
  const listeners: Record<'a' | 'b', ((message: unknown) => void)[]> = { a: [], b: [] };
  const closers: (() => void)[] = [];
  const wire = (own: 'a' | 'b', other: 'a' | 'b') => ({
    send: (message: unknown) => {
      const text = JSON.stringify(message);
      queueMicrotask(() => listeners[other].forEach((listen) => listen(JSON.parse(text))));
    },
    onMessage: (listener: (message: unknown) => void) => void listeners[own].push(listener),
    onClose: (listener: () => void) => void closers.push(listener),
    close: () => closers.forEach((close) => close()),
    raw: (message: unknown) => listeners[other].forEach((listen) => listen(message)),
  });
  return { a: wire('a', 'b'), b: wire('b', 'a') };
}

function pair() {
  const { a, b } = wires();
  const server = new RpcPeer<None, None, Calls, Events>(b, {
    double: (n) => n * 2,
    fail: () => {
      throw new Error('it failed');
    },
    unsendable: () => 1n,
  });
  const client = new RpcPeer<Calls, Events, None, None>(a, {});
  return { client, server, wire: a };
}

test('calls are answered, failures and unknown methods reject', async () => {
  const { client } = pair();
  assert.deepEqual(await Promise.all([client.call('double', 2), client.call('double', 3)]), [4, 6]);
  await assert.rejects(client.call('fail', undefined), /it failed/);
  await assert.rejects(client.call('toString' as 'fail', undefined), /no method toString/);
});

test('an answer that cannot be sent is an error for the caller, not for the process', async () => {
  const { client } = pair();
  await assert.rejects(client.call('unsendable', undefined), /cannot be sent/);
  await assert.rejects(client.call('double', 1n as unknown as number), RpcError);
});

test('events reach their listeners until they stop listening', async () => {
  const { client, server } = pair();
  const heard: string[] = [];
  const stop = client.on('news', (text) => heard.push(text));
  server.emit('news', 'one');
  await client.call('double', 1);
  stop();
  server.emit('news', 'two');
  await client.call('double', 1);
  assert.deepEqual(heard, ['one']);
});

test('a close rejects what waits and what comes after', async () => {
  const { client, wire } = pair();
  const waiting = client.call('double', 1);
  wire.close();
  await assert.rejects(waiting, RpcError);
  await assert.rejects(client.call('double', 1), RpcError);
});

test('nonsense on the wire is ignored', async () => {
  const { client, wire } = pair();
  for (const nonsense of [null, 1, 'x', [], {}, { id: 99, result: 1 }, { id: 'x', method: 1 }, { event: 5 }, { id: 1, method: 7 }]) wire.raw(nonsense);
  assert.equal(await client.call('double', 4), 8);
});
