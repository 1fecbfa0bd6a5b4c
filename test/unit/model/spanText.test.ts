import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KeyValueList } from '../../../src/model/attributes.ts';
import type { LogRecord, Span } from '../../../src/model/span.ts';
import { parseSpanQuery } from '../../../src/model/spanQuery.ts';
import { spanText, textMatches } from '../../../src/model/spanText.ts';

const counted = { droppedAttributesCount: 0 };
const resource = { attributes: [{ key: 'service.name', value: 'Orders' }, { key: 'process.pid', value: 77n }], ...counted, schemaUrl: '' };
const scope = { name: 'http', version: '', attributes: [], ...counted, schemaUrl: '' };
const span: Span = {
  traceId: '1'.repeat(32), spanId: '2'.repeat(16), parentSpanId: undefined, traceState: '', flags: 0, name: 'GET', kind: 2, startUnixNano: 0n, endUnixNano: 1n,
  attributes: [{ key: 'http.response.status_code', value: 503n }, { key: 'http.Route', value: '/orders\n/:id' }, { key: 'tags', value: ['a', 'b'] }, { key: 'map', value: new KeyValueList([{ key: 'in', value: 'side' }]) }, { key: 'fake', value: 'x\nreal\u0001yes' }],
  ...counted, events: [{ timeUnixNano: 0n, name: 'Cache Miss', attributes: [{ key: 'cache.key', value: 'k1' }], ...counted }], droppedEventsCount: 0, links: [], droppedLinksCount: 0,
  status: { code: 2, message: 'No Stock' }, resource, scope,
};
const log: LogRecord = { timeUnixNano: 0n, observedTimeUnixNano: 0n, severityNumber: 13, severityText: 'WARN', eventName: '', body: 'Pool wait 4 ms', attributes: [{ key: 'pool', value: 'db' }], ...counted, flags: 0, traceId: undefined, spanId: undefined, resource, scope };
const text = spanText(span, [log]);

const holds = (query: string): boolean => parseSpanQuery(query).terms.every((term) => textMatches(text, term));

describe('spanText', () => {
  it('is searched in attributes, events, logs, resource, scope and status', () => {
    for (const query of ['503', 'http.response.status_code>=500', 'http.route~orders', 'tags~b', 'map=in=side', 'event="cache miss"', 'cache.key=K1', 'log~"pool wait"', 'pool=db', 'WARN', 'service.name=orders', 'process.pid=77', 'otel.scope.name=http', '"no stock"', 'status.message~stock']) {
      assert.ok(holds(query), query);
    }
    for (const query of ['504', 'http.response.status_code>503', 'route=/orders', 'event=cache', 'missing!=1', 'status_code>=500']) assert.ok(!holds(query), query);
  });

  it('a value cannot pass for another key', () => {
    assert.ok(!holds('real=yes') && holds('fake~real'));
  });

  it('cuts what is very long', () => {
    const long = spanText({ ...span, attributes: [{ key: 'body', value: `${'x'.repeat(100_000)}END` }] }, []);
    assert.ok(long.length < 25_000);
  });
});
