// What programs send: one request of 512 spans in 16 traces of 4 services, 12 attributes each and 40 events, whose ids and times are
// written into the finished bytes, so that making a request costs the sender next to nothing.
import protobuf from 'protobufjs/minimal.js';

export const spansOfBatch = 512;
export const tracesOfBatch = 16;
const spansOfTrace = spansOfBatch / tracesOfBatch;
export const functions = 500;
const services = ['gateway', 'orders', 'stock', 'payments'];
const eventsOfBatch = 40;

/** Where function `n` stands: a file has ten. */
export function functionPlace(n) {
  const part = Math.floor(n / 10);
  return { file: `src/${services[part % services.length]}/part${part}.js`, line: 1 + (n % 10) * 3, name: `work${n}` };
}

/** Span `i` of a batch, as OTLP/JSON has it; ids and times are put in later. */
function spanJson(i, folder) {
  const n = i % functions;
  const { file, line, name } = functionPlace(n);
  const isRoot = i % spansOfTrace === 0;
  const text = (key, stringValue) => ({ key, value: { stringValue } });
  const number = (key, value) => ({ key, value: { intValue: String(value) } });
  return {
    name: isRoot ? `GET /route/${i / spansOfTrace}` : `${name} step`,
    kind: isRoot ? 2 : 1 + 2 * (i % 2),
    attributes: [
      text('http.request.method', 'GET'), text('http.route', `/route/${i % 16}/{id}`), text('url.path', `/route/${i % 16}/${String(100_000 + i)}`), text('server.address', 'shop.example.internal'),
      number('http.response.status_code', i % 50 === 7 ? 500 : 200), text('db.system.name', 'postgresql'), number('thread.id', 140_000 + (i % 8)),
      text('user.id', `user-${String(i % 97).padStart(6, '0')}`), text('app.note', 'the quick brown fox jumps over the lazy dog and goes on for a while'),
      ...(isRoot
        ? [text('user_agent.original', 'Mozilla/5.0 (X11; Linux x86_64)'), text('client.address', '127.0.0.1'), text('url.scheme', 'http')]
        : [text('code.file.path', `${folder}/${file}`), number('code.line.number', line), text('code.function.name', name)]),
    ],
    ...(i % Math.floor(spansOfBatch / eventsOfBatch) === 0 ? { events: [{ timeUnixNano: '1790000000000000000', name: 'checked', attributes: [text('cache.key', 'a key of the cache')] }] } : {}),
    status: i % 50 === 7 ? { code: 2, message: 'it failed' } : {},
  };
}

/** By service: the indices of its spans. */
function groups() {
  return services.map((service, s) => ({ service, members: Array.from({ length: spansOfBatch / services.length }, (_, k) => k * services.length + s) }));
}

const marker = (kind, i) => `${kind}${String(i).padStart(6, '0')}`;

function jsonTemplate(folder) {
  const resourceSpans = groups().map(({ service, members }) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }, { key: 'telemetry.sdk.language', value: { stringValue: 'nodejs' } }] },
    scopeSpans: [{
      scope: { name: 'bench' },
      spans: members.map((i) => ({
        traceId: marker('T', i).padEnd(32, '_'), spanId: marker('S', i).padEnd(16, '_'), ...(i % spansOfTrace === 0 ? {} : { parentSpanId: marker('P', i).padEnd(16, '_') }),
        startTimeUnixNano: marker('B', i).padEnd(19, '_'), endTimeUnixNano: marker('E', i).padEnd(19, '_'), ...spanJson(i, folder),
      })),
    }],
  }));
  return Buffer.from(JSON.stringify({ resourceSpans }));
}

function protobufTemplate(folder) {
  const request = protobuf.Writer.create();
  const bytesOf = (kind, i, length) => Buffer.from(marker(kind, i).padEnd(length, '_'));
  const keyValue = (writer, tag, { key, value }) => {
    writer.uint32(tag << 3 | 2).fork().uint32(1 << 3 | 2).string(key).uint32(2 << 3 | 2).fork();
    if (value.stringValue !== undefined) writer.uint32(1 << 3 | 2).string(value.stringValue);
    else writer.uint32(3 << 3).int64(Number(value.intValue));
    writer.ldelim().ldelim();
  };
  // A fixed64 is as long as a marker of eight bytes.
  const fixed64 = (writer, tag, kind, i) => {
    const bytes = bytesOf(kind, i, 8);
    writer.uint32(tag << 3 | 1).fixed32(bytes.readUInt32LE(0)).fixed32(bytes.readUInt32LE(4));
  };
  for (const { service, members } of groups()) {
    request.uint32(1 << 3 | 2).fork().uint32(1 << 3 | 2).fork();
    keyValue(request, 1, { key: 'service.name', value: { stringValue: service } });
    keyValue(request, 1, { key: 'telemetry.sdk.language', value: { stringValue: 'nodejs' } });
    request.ldelim().uint32(2 << 3 | 2).fork().uint32(1 << 3 | 2).fork().uint32(1 << 3 | 2).string('bench').ldelim();
    for (const i of members) {
      const { name, kind, attributes, events = [], status } = spanJson(i, folder);
      request.uint32(2 << 3 | 2).fork();
      request.uint32(1 << 3 | 2).bytes(bytesOf('T', i, 16)).uint32(2 << 3 | 2).bytes(bytesOf('S', i, 8));
      if (i % spansOfTrace !== 0) request.uint32(4 << 3 | 2).bytes(bytesOf('P', i, 8));
      request.uint32(5 << 3 | 2).string(name).uint32(6 << 3).int32(kind);
      fixed64(request, 7, 'B', i);
      fixed64(request, 8, 'E', i);
      for (const each of attributes) keyValue(request, 9, each);
      for (const event of events) {
        request.uint32(11 << 3 | 2).fork().uint32(1 << 3 | 1).fixed64(1_790_000_000).uint32(2 << 3 | 2).string(event.name);
        for (const each of event.attributes) keyValue(request, 3, each);
        request.ldelim();
      }
      if (status.code !== undefined) request.uint32(15 << 3 | 2).fork().uint32(2 << 3 | 2).string(status.message).uint32(3 << 3).int32(status.code).ldelim();
      request.ldelim();
    }
    request.ldelim().ldelim();
  }
  return Buffer.from(request.finish());
}

export class Batches {
  #bytes;
  #places;
  #encoding;
  #run;

  /**
   * @param {'protobuf' | 'json'} encoding
   * @param {string} folder of the sources that the spans name
   * @param {number} run tells the ids of one sender from another's, 0 to 65535
   */
  constructor(encoding, folder, run) {
    this.#encoding = encoding;
    this.#run = run;
    this.#bytes = encoding === 'json' ? jsonTemplate(folder) : protobufTemplate(folder);
    const at = (kind, i) => this.#bytes.indexOf(marker(kind, i));
    this.#places = Array.from({ length: spansOfBatch }, (_, i) => ({ trace: at('T', i), span: at('S', i), parent: at('P', i), begin: at('B', i), end: at('E', i) }));
  }

  get bytesOfBatch() {
    return this.#bytes.length;
  }

  /** Batch `n`, which ends now. The buffer is the same each time: it has to be sent, or copied, before the next is asked for. */
  batch(n, nowMs = Date.now()) {
    const write = this.#encoding === 'json' ? jsonWriter(this.#bytes, nowMs) : protobufWriter(this.#bytes, nowMs);
    const run = this.#run + 1;
    for (let i = 0; i < spansOfBatch; i++) {
      const { trace, span, parent, begin, end } = this.#places[i];
      const first = i - (i % spansOfTrace);
      write.traceId(trace, run, n, first, traceIdEnd);
      write.spanId(span, run, n, i + 1);
      if (parent >= 0) write.spanId(parent, run, n, first + 1);
      // From half a millisecond to some forty, the same in every batch but for a little.
      write.time(begin, 500_000 + ((i * 7919 + n * 104_729) % 40_000_000));
      write.time(end, 0);
    }
    return this.#bytes;
  }

  /** Of batch `n`: what its first trace is called. */
  ids(n) {
    return { traceId: hex(this.#run + 1, 8) + hex(n, 8) + hex(0, 8) + hex(traceIdEnd, 8) };
  }
}

const traceIdEnd = 0x5eed;
const hex = (value, digits) => value.toString(16).padStart(digits, '0');
const digitCodes = Buffer.from('0123456789abcdef');

/** Times are given in nanoseconds before now. Numbers alone: objects for each of them took the sender a third of the time that the hub has for a span. */
function protobufWriter(bytes, nowMs) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const nowNs = BigInt(nowMs) * 1_000_000n;
  const high = Number(nowNs >> 32n);
  const low = Number(nowNs & 0xffff_ffffn);
  return {
    traceId: (at, run, n, first, end) => {
      view.setUint32(at, run);
      view.setUint32(at + 4, n);
      view.setUint32(at + 8, first);
      view.setUint32(at + 12, end);
    },
    spanId: (at, run, n, number) => {
      view.setUint16(at, run);
      view.setUint32(at + 2, n);
      view.setUint16(at + 6, number);
    },
    time: (at, agoNs) => {
      // Wraps by itself: less than 2 ** 32 ago.
      view.setUint32(at, low - agoNs, true);
      view.setUint32(at + 4, low < agoNs ? high - 1 : high, true);
    },
  };
}

function jsonWriter(bytes, nowMs) {
  const putHex = (at, value, digits) => {
    for (let k = at + digits - 1; k >= at; k--, value >>>= 4) bytes[k] = digitCodes[value & 15];
  };
  const putDecimal = (at, value, digits) => {
    for (let k = at + digits - 1; k >= at; k--) {
      const rest = (value / 10) | 0;
      bytes[k] = digitCodes[value - rest * 10];
      value = rest;
    }
  };
  return {
    traceId: (at, run, n, first, end) => {
      putHex(at, run, 8);
      putHex(at + 8, n, 8);
      putHex(at + 16, first, 8);
      putHex(at + 24, end, 8);
    },
    spanId: (at, run, n, number) => {
      putHex(at, run, 4);
      putHex(at + 4, n, 8);
      putHex(at + 12, number, 4);
    },
    time: (at, agoNs) => {
      const agoMs = Math.ceil(agoNs / 1e6);
      const thenMs = nowMs - agoMs;
      putDecimal(at, Math.floor(thenMs / 1e6), 7);
      putDecimal(at + 7, thenMs % 1e6, 6);
      putDecimal(at + 13, agoMs * 1e6 - agoNs, 6);
    },
  };
}
