import { writeFile } from 'node:fs/promises';

const serviceNames = ['gateway', 'checkout', 'orders', 'inventory', 'pricing', 'payments', 'shipping', 'search', 'catalog', 'profile', 'session', 'mailer'];
const operations = [
  ['SELECT stock.items', 3, 'db'], ['UPDATE stock.items', 3, 'db'], ['INSERT orders.lines', 3, 'db'], ['GET session', 3, 'cache'], ['SET session', 3, 'cache'],
  ['POST /orders', 2, 'http'], ['GET /stock/:sku', 2, 'http'], ['POST /charge', 2, 'http'], ['GET', 3, 'http'], ['POST', 3, 'http'],
  ['OrderService.reserve', 1, 'code'], ['PriceList.lookup', 1, 'code'], ['Cart.validate', 1, 'code'], ['render receipt', 1, 'code'], ['publish order.created', 4, 'code'],
];
const startUnixNano = 1_784_037_751_564_218_943n;

/**
 * Writes one trace as OTLP/JSON, as a collector's file exporter does: 24 services, up to 13 levels, wide as well as deep (half of the spans go
 * under one of the last twelve), some hundred places in the code, ten attributes a span, one span in 250 failed with an exception's event. The same every time.
 * With `withPrevious` the file holds another trace of an hour before too: the same calls, a little longer or shorter, some of them not made.
 * @param {string} file
 * @param {{ spanCount: number, withPrevious?: boolean }} options
 */
export async function writeTraceFile(file, { spanCount, withPrevious = false }) {
  const random = randomNumbers(1);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const services = Array.from({ length: 24 }, (_, index) => `${serviceNames[index % serviceNames.length]}${index < serviceNames.length ? '' : '-worker'}`);
  const planned = [{ service: 0, depth: 0, startMs: 0, durationMs: 60_000 }];
  while (planned.length < spanCount) {
    const parent = Math.max(0, Math.floor(random() < 0.5 ? planned.length - 1 - random() * 12 : random() * planned.length));
    const above = planned[parent];
    if (above.depth > 12) continue;
    const startMs = above.startMs + random() * above.durationMs * 0.7;
    planned.push({
      parent,
      depth: above.depth + 1,
      service: random() < 0.75 ? above.service : Math.floor(random() * services.length),
      startMs,
      durationMs: Math.max(0.001, (above.startMs + above.durationMs - startMs) * (0.2 + random() * 0.7)),
    });
  }
  const spansOf = services.map(() => []);
  const isParent = new Set(planned.map(({ parent }) => parent));
  const vary = randomNumbers(2);
  planned.forEach((span, index) => {
    const made = otlpSpan(span, index, pick, random);
    spansOf[span.service].push(made);
    if (withPrevious && (isParent.has(index) || index % 50 !== 0)) spansOf[span.service].push(anHourBefore(made, 0.7 + vary() * 0.6));
  });
  const resourceSpans = services.map((name, index) => ({
    resource: { attributes: [attribute('service.name', name), attribute('host.name', `host-${index}`), attribute('process.pid', 4000 + index)] },
    scopeSpans: [{ scope: { name: '@opentelemetry/instrumentation-http', version: '0.223.0' }, spans: spansOf[index] }],
  }));
  await writeFile(file, JSON.stringify({ resourceSpans }));
}

function otlpSpan({ parent, service, startMs, durationMs }, index, pick, random) {
  const [name, kind, family] = index === 0 ? ['POST /checkout', 2, 'http'] : pick(operations);
  const startNs = startUnixNano + BigInt(Math.round(startMs * 1e6));
  const failed = random() < 0.004;
  return {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: idOf(index),
    ...(parent === undefined ? {} : { parentSpanId: random() < 0.0005 ? 'ffffffff00000000' : idOf(parent) }),
    name,
    kind,
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(startNs + BigInt(Math.round(durationMs * 1e6))),
    attributes: [...attributesOf(family, name, service, index), attribute('thread.id', index % 8), attribute('tenant.id', `tenant-${index % 97}`), attribute('deployment.environment.name', 'test')],
    ...(failed ? { status: { code: 2, message: 'declined' }, events: [{ name: 'exception', timeUnixNano: String(startNs), attributes: [attribute('exception.type', 'CardDeclined'), attribute('exception.message', 'code 51')] }] } : {}),
  };
}

function anHourBefore(span, times) {
  const [startNs, endNs] = [BigInt(span.startTimeUnixNano), BigInt(span.endTimeUnixNano)];
  const earlierNs = startNs - 3_600_000_000_000n;
  return { ...span, traceId: '0af7651916cd43dd8448eb211c80319c', startTimeUnixNano: String(earlierNs), endTimeUnixNano: String(earlierNs + BigInt(Math.round(Number(endNs - startNs) * times))) };
}

/** Each operation of each service is made in one place. */
function attributesOf(family, name, service, index) {
  const code = [attribute('code.function.name', name), attribute('code.file.path', `/srv/shop/src/service${service}.ts`), attribute('code.line.number', 10 + 7 * operations.findIndex(([each]) => each === name))];
  if (family === 'db') return [...code, attribute('db.system.name', 'postgresql'), attribute('db.query.text', `${name} WHERE sku = $1 AND warehouse = $2`), attribute('db.namespace', 'stock'), attribute('server.port', 5433)];
  if (family === 'cache') return [...code, attribute('db.system.name', 'redis'), attribute('db.operation.name', name.slice(0, 3)), attribute('server.address', '127.0.0.1'), attribute('server.port', 6379)];
  if (family === 'http') return [...code, attribute('http.request.method', name.split(' ')[0]), attribute('url.path', `/orders/${index}`), attribute('http.response.status_code', index % 50 === 0 ? 503 : 200), attribute('server.port', 4300)];
  return [...code, attribute('cart.size', index % 12), attribute('cart.currency', 'EUR'), attribute('user.id', `user-${index % 1000}`), attribute('feature.flag', index % 2 === 0 ? 'on' : 'off')];
}

function attribute(key, value) {
  return { key, value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value } };
}

function idOf(index) {
  return (Math.imul(index + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0') + index.toString(16).padStart(8, '0');
}

// mulberry32: small, seeded, good enough to look at.
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
