// A program that sends: `node sender.mjs OPTIONS` with a JSON of { protocol, url, folder, run, first, count, inFlight, perSecond }. Prints
// one JSON line: how long it took, and the milliseconds until each answer.
import http from 'node:http';
import { Batches, spansOfBatch } from './batch.mjs';

const { protocol, url, folder, run, first, count, inFlight = 8, perSecond } = JSON.parse(process.argv[2]);
const encoding = protocol === 'json' ? 'json' : 'protobuf';
const batches = new Batches(encoding, folder, run);
const { send, close } = protocol === 'grpc' ? await overGrpc() : overHttp();

const ackMs = [];
/** When the spans of each batch ended. */
const endsMs = [];
let next = first;
const startMs = performance.now();
const lateMs = [];
await Promise.all(Array.from({ length: inFlight }, async () => {
  // What is under way is its own until it is answered. The same bytes again each time: memory that is fetched and given back is work of the machine that is measured.
  const body = Buffer.allocUnsafeSlow(batches.bytesOfBatch);
  for (let n = next++; n < first + count; n = next++) {
    if (perSecond !== undefined) {
      // A fixed offer: who is late does not wait longer.
      const dueMs = startMs + ((n - first) * spansOfBatch * 1000) / perSecond;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      else lateMs.push(-waitMs);
    }
    const sentMs = performance.now();
    const nowMs = Date.now();
    endsMs.push(nowMs);
    body.set(batches.batch(n, nowMs));
    await send(body);
    ackMs.push(performance.now() - sentMs);
  }
}));
const tookMs = performance.now() - startMs;
close();
console.log(JSON.stringify({ tookMs, ackMs, endsMs, longestLateMs: Math.max(0, ...lateMs), bytes: count * batches.bytesOfBatch, spans: count * spansOfBatch }));

function overHttp() {
  const agent = new http.Agent({ keepAlive: true, maxSockets: inFlight });
  const options = { method: 'POST', agent, headers: { 'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf' } };
  return {
    close: () => agent.destroy(),
    send: (body) => new Promise((resolve, reject) => {
      const request = http.request(`${url}/v1/traces`, options, (response) => {
        response.resume();
        response.on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`answered ${response.statusCode}`))));
      });
      request.on('error', reject);
      request.end(body);
    }),
  };
}

async function overGrpc() {
  const grpc = await import('@grpc/grpc-js');
  const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  const asIs = (bytes) => bytes;
  const client = new grpc.Client(new URL(url).host, grpc.credentials.createInsecure());
  return {
    close: () => client.close(),
    send: (bytes) => new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, asIs, asIs, bytes, (error) => (error === null ? resolve() : reject(error)));
    }),
  };
}
