// The plain design, for comparison: protobufjs' reflection decodes to objects, each span is a row, two indexes, a transaction a request.
// `node plainHub.mjs FILE`; prints its address.
import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import protobuf from 'protobufjs';

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
  message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
  message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5; int32 kind = 6; fixed64 start_time_unix_nano = 7;
    fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10; repeated Event events = 11; uint32 dropped_events_count = 12;
    repeated Link links = 13; uint32 dropped_links_count = 14; Status status = 15; fixed32 flags = 16;
  }
  message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
  message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4; uint32 dropped_attributes_count = 5; fixed32 flags = 6; }
  message Status { string message = 2; int32 code = 3; }
`);
const Request = root.lookupType('Request');
const db = new DatabaseSync(process.argv[2]);
db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
  CREATE TABLE spans (trace BLOB, span BLOB, parent BLOB, service TEXT, name TEXT, kind INTEGER, start INTEGER, duration INTEGER, status INTEGER, attributes TEXT, events TEXT);
  CREATE INDEX spans_of_trace ON spans (trace); CREATE INDEX spans_of_name ON spans (name, duration);`);
const insert = db.prepare('INSERT INTO spans VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const { resourceSpans } = Request.decode(Buffer.concat(parts));
    db.exec('BEGIN');
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
      for (const { spans } of scopeSpans) {
        for (const span of spans) {
          const start = BigInt(span.startTimeUnixNano.toString());
          const attributes = JSON.stringify(span.attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue?.toString() ?? value]));
          insert.run(span.traceId, span.spanId, span.parentSpanId.length === 0 ? null : span.parentSpanId, service, span.name, span.kind, start, BigInt(span.endTimeUnixNano.toString()) - start, span.status?.code ?? 0, attributes, JSON.stringify(span.events));
        }
      }
    }
    db.exec('COMMIT');
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ otlpHttp: `http://127.0.0.1:${server.address().port}` })));
