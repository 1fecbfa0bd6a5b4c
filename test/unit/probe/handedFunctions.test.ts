import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { types } from 'node:util';
import { markLateCalls } from '../../../src/probe/bundled/lateCalls.ts';
import { markLateQueries } from '../../../src/probe/bundled/lateQueries.ts';
import { nameMessageHandlers } from '../../../src/probe/bundled/messageHandlers.ts';
import type { AnyFunction, Probe } from '../../../src/probe/bundled/probe.ts';
import { nameRouteHandlers } from '../../../src/probe/bundled/routeHandlers.ts';
import type { SiteOfCall } from '../../../src/probe/siteOfCall.ts';

type Method = (this: unknown, ...parameters: unknown[]) => unknown;

/** A probe that knows functions by their names; `taken` are those that spans begun by `begin` stand for. */
function fakeProbe(): { readonly probe: Probe; readonly taken: (string | undefined)[]; begin(): void } {
  const taken: (string | undefined)[] = [];
  let running: (() => { readonly functionName: string | undefined } | undefined) | undefined;
  const probe: Probe = {
    stampSpans: () => undefined,
    place: () => undefined,
    expectFunction: () => undefined,
    siteOfFunction: (one) => ({ path: '/app/main.js', line: 1, column: 1, functionName: one.name }),
    siteOfAsking: () => undefined,
    siteOfUse: () => undefined,
    whileRunning(site, call) {
      running = site;
      try {
        return call();
      } finally {
        running = undefined;
      }
    },
  };
  return { probe, taken, begin: () => void taken.push(running?.()?.functionName) };
}

const shapeOf = ({ name, length }: AnyFunction | Method): readonly [string, number] => [name, length];

describe('functions that are handed to a package', () => {
  it('Kafka: the span of a message stands for the function that gets it', async () => {
    const { probe, taken, begin } = fakeProbe();
    const patch = () => (original: Method): Method =>
      function (...parameters) {
        begin();
        return Reflect.apply(original, this, parameters);
      };
    const instrumentation = { _getConsumerEachMessagePatch: patch, _getConsumerEachBatchPatch: patch };
    nameMessageHandlers(instrumentation, 'KafkaJsInstrumentation', probe);
    const onMessage = (message: unknown): Promise<unknown> => Promise.resolve(message);
    const wrapped = instrumentation._getConsumerEachMessagePatch()(onMessage as Method);
    assert.equal(await wrapped('m'), 'm');
    instrumentation._getConsumerEachBatchPatch()(function onBatch() {})();
    assert.deepEqual(taken, ['onMessage', 'onBatch']);
    assert.deepEqual(shapeOf(wrapped), shapeOf(onMessage as Method));
  });

  it('AMQP: the same; what is no function is handed on as it is', () => {
    const { probe, taken, begin } = fakeProbe();
    const instrumentation = {
      getConsumePatch(_version: unknown, original: Method): Method {
        return function (queue, handler, options) {
          const patched: Method = function (...parameters) {
            begin();
            return Reflect.apply(handler as Method, this, parameters);
          };
          return Reflect.apply(original, this, [queue, typeof handler === 'function' ? patched : handler, options]);
        };
      },
    };
    nameMessageHandlers(instrumentation, 'AmqplibInstrumentation', probe);
    const channel = { name: 'channel' };
    const calls: unknown[][] = [];
    const consume = instrumentation.getConsumePatch('1', function (...parameters) {
      assert.equal(this, channel);
      calls.push(parameters);
      return 'tag';
    });
    assert.equal(Reflect.apply(consume, channel, ['q', function onAmqp(message: unknown) { return message; }, { noAck: true }]), 'tag');
    assert.equal((calls[0]![1] as Method)('m'), 'm');
    assert.deepEqual([calls[0]![0], calls[0]![2], taken], ['q', { noAck: true }, ['onAmqp']]);
    Reflect.apply(consume, channel, ['q', undefined]);
    assert.equal(calls[1]![1], undefined);
  });

  it('Hapi: a route has its handler in one of two places; what was not replaced stays', () => {
    const { probe, taken, begin } = fakeProbe();
    type Route = { handler?: unknown; options?: { handler?: unknown } };
    const around = (one: unknown): Method => () => {
      begin();
      return (one as Method)();
    };
    const instrumentation = {
      _wrapExtMethods: (method: unknown): unknown => (typeof method === 'function' ? around(method) : method),
      _wrapRouteHandler(route: Route): Route {
        if (typeof route.handler === 'function') route.handler = around(route.handler);
        if (typeof route.options?.handler === 'function') route.options.handler = around(route.options.handler);
        return route;
      },
    };
    nameRouteHandlers(instrumentation, 'HapiInstrumentation', probe);
    const first = instrumentation._wrapRouteHandler({ handler: function plain() { return 1; } });
    const second = instrumentation._wrapRouteHandler({ options: { handler: function inOptions() { return 2; } } });
    const file = { file: 'index.html' };
    assert.equal(instrumentation._wrapRouteHandler({ handler: file }).handler, file);
    const extension = instrumentation._wrapExtMethods(function before() { return 3; });
    const list = [() => undefined];
    assert.equal(instrumentation._wrapExtMethods(list), list);
    assert.deepEqual([(first.handler as Method)(), (second.options?.handler as Method)(), (extension as Method)()], [1, 2, 3]);
    assert.deepEqual(taken, ['plain', 'inOptions', 'before']);
  });

  it('Restify: a handler stays of the kind that it is, by which Restify knows what to wait for', async () => {
    const { probe, taken, begin } = fakeProbe();
    const instrumentation = {
      _handlerPatcher(metadata: unknown, handler: unknown): unknown {
        if (Array.isArray(handler)) return handler.map((each) => this._handlerPatcher(metadata, each));
        return (request: unknown, response: unknown, next: Method & { ifError: unknown }) => {
          begin();
          assert.equal(typeof next.ifError, 'function');
          return (handler as Method)(request, response, next);
        };
      },
    };
    nameRouteHandlers(instrumentation, 'RestifyInstrumentation', probe);
    const calling: Method = function calling(_request, _response, next) { (next as Method)(); };
    const ending = async function ending(request: unknown, _response: unknown): Promise<unknown> { return Promise.resolve(request); };
    const [first, second] = instrumentation._handlerPatcher({}, [calling, ending]) as [Method, Method];
    let isCalled = false;
    first('r', 's', Object.assign(() => { isCalled = true; }, { ifError: () => undefined }));
    assert.ok(isCalled);
    assert.equal(await second('r', 's'), 'r');
    assert.deepEqual([types.isAsyncFunction(first), shapeOf(first)], [false, ['calling', 3]]);
    assert.deepEqual([types.isAsyncFunction(second), shapeOf(second)], [true, ['ending', 2]]);
    assert.deepEqual(taken, ['calling', 'ending']);
  });

  it('an instrumentation that is another inside is left alone', () => {
    const { probe } = fakeProbe();
    for (const name of ['KafkaJsInstrumentation', 'AmqplibInstrumentation', 'HapiInstrumentation', 'RestifyInstrumentation']) {
      const other = {};
      nameMessageHandlers(other, name, probe);
      nameRouteHandlers(other, name, probe);
      assert.deepEqual(Object.keys(other), [], name);
    }
  });
});

describe('what is sent later than it is asked for', () => {
  it('a query of Mongoose: where it was begun, not where it was added to', () => {
    const within: (string | undefined)[] = [];
    class Query {
      find(this: Query): Query { return this; }
      findOne(this: Query): Query { return this; }
      exec(): string { return 'sent'; }
    }
    const sites = ['begun', 'added'].map((functionName): SiteOfCall => ({ path: '/app/main.js', line: 1, column: 1, functionName, stack: '' }));
    markLateQueries({ Query }, 'mongoose', {
      siteOf: () => sites.shift(),
      within(site, call) {
        within.push(site?.functionName);
        return call();
      },
    });
    assert.equal(new Query().find().findOne().exec(), 'sent');
    assert.equal(new Query().exec(), 'sent');
    assert.deepEqual(within, ['begun', undefined]);
    assert.deepEqual([Query.prototype.find.name, Query.prototype.exec.length], ['find', 0]);
  });

  it('nothing is read of a module in a circle, of which Node would warn', () => {
    const read: PropertyKey[] = [];
    const exports: unknown = Object.create(new Proxy({}, { get: (_, key) => void read.push(key) }));
    for (const name of ['mysql2/lib/pool.js', 'mysql2/lib/connection.js', 'mysql2']) {
      markLateCalls(exports, name, (call) => call());
      markLateQueries(exports, name, { siteOf: () => undefined, within: (_, call) => call() });
    }
    assert.deepEqual(read, []);
  });
});
