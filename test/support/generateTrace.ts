import type { SpanKindName } from '../../src/model/span.ts';
import { spanKinds } from '../../src/model/span.ts';
import { type JsonKeyValue, type OpenState, openStates, type SpanDetails, type TraceColumns } from '../../src/protocol/hub.ts';
import type { CodeLines, Place } from '../../src/protocol/waterfall.ts';

/** One span to be, times from the trace's start. */
export interface PlannedSpan {
  readonly name: string;
  readonly service: string;
  readonly kind?: SpanKindName;
  readonly startMs: number;
  readonly durationMs: number;
  /** Index in the plan; 'missing' for an orphan; absent for a root. */
  readonly parent?: number | 'missing';
  readonly error?: string;
  readonly place?: PlannedPlace;
  readonly eventsMs?: readonly number[];
  /** When the debugger held it, from the trace's start. */
  readonly heldMs?: readonly (readonly [number, number])[];
  /** It has not ended; `durationMs` is until now, or until it was given up. */
  readonly open?: OpenState;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly logs?: readonly { readonly atMs: number; readonly level: string; readonly text: string }[];
  readonly links?: readonly string[];
  /** The number its id is made of, where the plan is a part of a larger one; else its index in the plan. */
  readonly id?: number;
}

export interface PlannedPlace {
  readonly file: string;
  readonly line: number;
  readonly functionName?: string;
  readonly inferred?: boolean;
}

/** A trace as the hub would give it, with what the host knows besides. */
export interface TestTrace {
  readonly columns: TraceColumns;
  readonly places: readonly Place[];
  /** The span id of a span of the plan. */
  spanIdOf(plannedIndex: number): string;
  details(spanId: string): SpanDetails | undefined;
  codeLines(site: number): CodeLines | undefined;
}

const baseUnixNano = 1_784_037_751_564_218_943n;

/** Builds the columns of a plan in tree order: a parent before its children, siblings by start. */
export function traceOf(plan: readonly PlannedSpan[], options: { readonly traceId?: string; readonly version?: number; readonly startUnixNano?: bigint } = {}): TestTrace {
  const traceId = options.traceId ?? '4bf92f3577b34da6a3ce929d0e0e4736';
  const startUnixNano = options.startUnixNano ?? baseUnixNano;
  const order = treeOrder(plan);
  const rowOf = new Int32Array(plan.length);
  order.forEach((planned, row) => (rowOf[planned] = row));
  const strings: string[] = [];
  const indexOf = new Map<string, number>();
  const intern = (text: string): number => {
    const known = indexOf.get(text);
    if (known !== undefined) return known;
    indexOf.set(text, strings.length);
    return strings.push(text) - 1;
  };
  const places = new Map<string, Place>();
  const siteOf = (place: PlannedPlace | undefined): number => {
    if (place === undefined) return -1;
    const key = `${place.file}:${place.line}:${place.inferred === true}`;
    const known = places.get(key);
    if (known !== undefined) return known.site;
    const site = places.size;
    places.set(key, {
      site,
      label: `${place.file.split('/').at(-1) ?? ''}:${place.line}`,
      file: place.file,
      line: place.line,
      column: 24,
      functionName: place.functionName,
      inferred: place.inferred === true,
      via: ['stack', 'sourceMap'],
    });
    return site;
  };
  const count = plan.length;
  const columns = {
    traceId,
    version: options.version ?? 1,
    startUnixNano: String(startUnixNano),
    durationNs: plan.reduce((end, span) => Math.max(end, (span.startMs + span.durationMs) * 1e6), 0),
    spanCount: count,
    strings,
    spanId: new Uint8Array(count * 8),
    parentRow: new Int32Array(count),
    depth: new Uint16Array(count),
    startNs: new Float64Array(count),
    durationsNs: new Float64Array(count),
    name: new Uint32Array(count),
    service: new Uint32Array(count),
    kind: new Uint8Array(count),
    statusCode: new Uint8Array(count),
    site: new Int32Array(count),
    eventCount: new Uint16Array(count),
    eventNs: new Float64Array(plan.reduce((sum, span) => sum + eventsOf(span).length, 0)),
    logCount: new Uint16Array(count),
    ...(plan.some((span) => span.heldMs !== undefined)
      ? { heldCount: new Uint16Array(count), heldNs: Float64Array.from(order.flatMap((planned) => (plan[planned]?.heldMs ?? []).flat().map((ms) => ms * 1e6))) }
      : {}),
    ...(plan.some((span) => span.open !== undefined) ? { open: Uint8Array.from(order, (planned) => stateNumber(plan[planned]?.open)) } : {}),
  };
  let event = 0;
  order.forEach((planned, row) => {
    const span = plan[planned] as PlannedSpan;
    const parent = typeof span.parent === 'number' ? (rowOf[span.parent] ?? -1) : span.parent === 'missing' ? -2 : -1;
    columns.spanId.set(idBytes(span.id ?? planned), row * 8);
    columns.parentRow[row] = parent;
    columns.depth[row] = parent >= 0 ? (columns.depth[parent] ?? 0) + 1 : 0;
    columns.startNs[row] = span.startMs * 1e6;
    columns.durationsNs[row] = span.durationMs * 1e6;
    columns.name[row] = intern(span.name);
    columns.service[row] = intern(span.service);
    columns.kind[row] = spanKinds.indexOf(span.kind ?? 'internal');
    columns.statusCode[row] = span.error === undefined ? 0 : 2;
    columns.site[row] = siteOf(span.place);
    columns.eventCount[row] = eventsOf(span).length;
    columns.logCount[row] = span.logs?.length ?? 0;
    if (columns.heldCount !== undefined) columns.heldCount[row] = span.heldMs?.length ?? 0;
    for (const atMs of eventsOf(span)) columns.eventNs[event++] = atMs * 1e6;
  });
  const spanIdOf = (planned: number): string => hexOf(idBytes(plan[planned]?.id ?? planned));
  return {
    columns,
    places: [...places.values()],
    spanIdOf,
    details(spanId) {
      const number = parseInt(spanId.slice(8), 16);
      const planned = plan.findIndex(({ id }, index) => (id ?? index) === number);
      const span = plan[planned];
      return span === undefined || spanIdOf(planned) !== spanId ? undefined : detailsOf(span, traceId, spanId, startUnixNano, typeof span.parent === 'number' ? spanIdOf(span.parent) : undefined);
    },
    codeLines(site) {
      const place = [...places.values()].find((candidate) => candidate.site === site);
      return place === undefined ? undefined : { firstLine: place.line - 1, lines: ['  for (const line of order.lines) {', "    const item = await db.query('SELECT * FROM stock.items WHERE sku = $1', [line.sku]);", '    if (item.free < line.qty) throw new OutOfStock(line);'] };
    },
  };
}

function stateNumber(state: OpenState | undefined): number {
  return state === undefined ? 0 : openStates[state];
}

function eventsOf(span: PlannedSpan): readonly number[] {
  return [...(span.eventsMs ?? []), ...(span.error === undefined ? [] : [span.startMs + span.durationMs * 0.8])];
}

function treeOrder(plan: readonly PlannedSpan[]): number[] {
  const children = new Map<number, number[]>();
  const tops: number[] = [];
  plan.forEach((span, index) => {
    if (typeof span.parent !== 'number') tops.push(index);
    else if (children.has(span.parent)) children.get(span.parent)?.push(index);
    else children.set(span.parent, [index]);
  });
  const byStart = (a: number, b: number): number => (plan[a]?.startMs ?? 0) - (plan[b]?.startMs ?? 0);
  const order: number[] = [];
  const stack = tops.sort(byStart).reverse();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    order.push(next);
    const below = (children.get(next) ?? []).sort(byStart);
    for (let index = below.length - 1; index >= 0; index--) stack.push(below[index] as number);
  }
  return order;
}

function idBytes(planned: number): Uint8Array {
  const mixed = Math.imul(planned + 1, 0x9e3779b1) >>> 0;
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(0, mixed);
  new DataView(bytes.buffer).setUint32(4, planned);
  return bytes;
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function detailsOf(span: PlannedSpan, traceId: string, spanId: string, startUnixNano: bigint, parentSpanId: string | undefined): SpanDetails {
  const at = (ms: number): string => String(startUnixNano + BigInt(Math.round(ms * 1e6)));
  const attributes = Object.entries(span.attributes ?? defaultAttributes(span)).map(([key, value]) => keyValue(key, value));
  const message = span.error ?? '';
  return {
    traceId,
    spanId,
    parentSpanId,
    name: span.name,
    kind: span.kind ?? 'internal',
    service: span.service,
    startUnixNano: at(span.startMs),
    endUnixNano: at(span.startMs + span.durationMs),
    ...(span.open === undefined ? {} : { open: span.open }),
    ...(span.heldMs === undefined ? {} : { heldNs: span.heldMs.reduce((sum, [from, to]) => sum + (to - from), 0) * 1e6 }),
    status: { code: span.error === undefined ? 0 : 2, message },
    traceState: '',
    attributes,
    events: [
      ...(span.eventsMs ?? []).map((ms) => ({ timeUnixNano: at(ms), name: 'pool.wait', attributes: [keyValue('pool.size', 10)] })),
      ...(span.error === undefined ? [] : [{ timeUnixNano: at(span.startMs + span.durationMs * 0.8), name: 'exception', attributes: exceptionAttributes(message) }]),
    ],
    links: (span.links ?? []).map((linked) => ({ traceId: linked, spanId: '00f067aa0ba902b7', attributes: [] })),
    resource: [keyValue('service.name', span.service), keyValue('process.pid', 48213), keyValue('traceline.capture', 'shop-1401')],
    scope: { name: '@opentelemetry/instrumentation-http', version: '0.223.0' },
    logs: (span.logs ?? []).map((log) => ({ timeUnixNano: at(log.atMs), severityText: log.level, severityNumber: log.level === 'ERROR' ? 17 : 13, eventName: '', body: { stringValue: log.text }, attributes: [] })),
    dropped: { attributes: 0, events: 0, links: 0 },
    captureId: 'shop-1401',
    site: undefined,
  };
}

function keyValue(key: string, value: string | number | boolean): JsonKeyValue {
  return { key, value: typeof value === 'string' ? { stringValue: value } : typeof value === 'boolean' ? { boolValue: value } : Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } };
}

function exceptionAttributes(message: string): JsonKeyValue[] {
  const stack = [
    `CardDeclined: ${message}`,
    '    at CardGateway.authorize (/srv/payments/dist/charge.js:41:11)',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
    '    at async charge (/srv/payments/dist/charge.js:24:18)',
    '    at async file:///srv/payments/dist/server.mjs:16:9',
  ];
  return [keyValue('exception.type', 'CardDeclined'), keyValue('exception.message', message), keyValue('exception.stacktrace', stack.join('\n'))];
}

function defaultAttributes(span: PlannedSpan): Record<string, string | number> {
  if (span.name.startsWith('SELECT') || span.name.startsWith('UPDATE')) {
    return { 'db.system.name': 'postgresql', 'db.query.text': `${span.name.replace(' ', ' * FROM ')} WHERE sku = $1 AND warehouse = $2`, 'db.namespace': 'stock', 'server.address': '127.0.0.1', 'server.port': 5433 };
  }
  if (span.kind === 'server' || span.kind === 'client') {
    return { 'http.request.method': span.name.split(' ')[0] ?? 'GET', 'url.full': `http://127.0.0.1:4300${span.name.split(' ')[1] ?? '/'}`, 'http.response.status_code': span.error === undefined ? 200 : 402, 'server.port': 4300 };
  }
  return { 'code.function.name': span.place?.functionName ?? span.name };
}

/** The trace of the drawing: a checkout over four services, with a failed charge and a mail that outlived its parent. */
export function checkoutTrace(options: { readonly version?: number; readonly without?: readonly string[] } = {}): TestTrace {
  const at = (file: string, line: number, functionName?: string, inferred?: boolean): PlannedPlace => ({ file, line, functionName, inferred });
  const plan: PlannedSpan[] = [
    { name: 'POST /checkout', service: 'gateway', kind: 'server', startMs: 0, durationMs: 1240, place: at('gateway/src/server.ts', 31, 'checkout') },
    { name: 'request handler - /checkout', service: 'gateway', startMs: 4, durationMs: 1228, parent: 0, place: at('gateway/src/server.ts', 31, 'checkout') },
    { name: 'validate cart', service: 'gateway', startMs: 11, durationMs: 46, parent: 1, place: at('gateway/src/cart.ts', 18, 'validateCart') },
    { name: 'POST', service: 'gateway', kind: 'client', startMs: 61, durationMs: 806, parent: 1, place: at('gateway/src/client.ts', 12, 'post') },
    { name: 'POST /orders', service: 'orders', kind: 'server', startMs: 75, durationMs: 786, parent: 3, place: at('orders/src/orders.ts', 27, 'OrderService.create', true) },
    { name: 'OrderService.reserve', service: 'orders', startMs: 83, durationMs: 520, parent: 4, place: at('orders/src/orders.ts', 38, 'OrderService.reserve'), eventsMs: [140, 390] },
    ...Array.from({ length: 12 }, (_, index): PlannedSpan => ({
      name: 'SELECT stock.items', service: 'orders', kind: 'client', startMs: 98 + index * 40, durationMs: 31 + (index % 4) * 2, parent: 5, place: at('orders/src/orders.ts', 42, 'OrderService.reserve'),
      ...(index === 3 ? { logs: [{ atMs: 230, level: 'WARN', text: 'pool wait 4 ms' }], eventsMs: [222], links: ['0af7651916cd43dd8448eb211c80319c'] } : {}),
    })),
    { name: 'cache.set', service: 'orders', startMs: 580, durationMs: 9, parent: 4, place: at('orders/src/cache.ts', 9, 'Cache.set') },
    { name: 'GET', service: 'orders', kind: 'client', startMs: 611, durationMs: 180, parent: 4, place: at('orders/src/orders.ts', 55, 'OrderService.create') },
    { name: 'GET /stock/:sku', service: 'inventory', kind: 'server', startMs: 622, durationMs: 164, parent: 19, place: at('inventory/index.mjs', 20, 'handle') },
    { name: 'stock.lookup', service: 'inventory', startMs: 635, durationMs: 140, parent: 20, place: at('inventory/index.mjs', 33, 'lookup') },
    { name: 'UPDATE stock.items', service: 'orders', kind: 'client', startMs: 796, durationMs: 22, parent: 4, place: at('orders/src/orders.ts', 61, 'OrderService.create') },
    { name: 'publish order.created', service: 'orders', kind: 'producer', startMs: 822, durationMs: 31, parent: 4, place: at('orders/src/events.ts', 14, 'publish') },
    { name: 'POST', service: 'gateway', kind: 'client', startMs: 873, durationMs: 290, parent: 1, place: at('gateway/src/client.ts', 12, 'post') },
    { name: 'POST /charge', service: 'payments', kind: 'server', startMs: 884, durationMs: 272, parent: 24, error: 'card declined', place: at('payments/src/charge.ts', 16, 'charge') },
    { name: 'card.authorize', service: 'payments', startMs: 903, durationMs: 180, parent: 25, error: 'The issuer declined the card (code 51)', place: at('payments/src/charge.ts', 24, 'CardGateway.authorize'), logs: [{ atMs: 1047, level: 'ERROR', text: 'issuer said no: 51' }] },
    { name: 'card.authorize (retry)', service: 'payments', startMs: 1090, durationMs: 60, parent: 25, place: at('payments/src/charge.ts', 24, 'CardGateway.authorize') },
    { name: 'render receipt', service: 'gateway', startMs: 1172, durationMs: 48, parent: 1, place: at('gateway/src/receipt.ts', 7, 'render') },
    { name: 'format price', service: 'gateway', startMs: 1175, durationMs: 6, parent: 28 },
    { name: 'format price', service: 'gateway', startMs: 1186, durationMs: 5, parent: 28 },
    { name: 'mail.send', service: 'orders', startMs: 1190, durationMs: 210, parent: 'missing', place: at('orders/src/mail.ts', 11, 'send') },
  ];
  // A trace that is still arriving: some spans are not there yet, and their children are orphans.
  const gone = new Set(plan.flatMap((span, index) => (options.without?.includes(span.name) === true ? [index] : [])));
  return traceOf(plan.map((span, index) => (gone.has(index) ? undefined : typeof span.parent === 'number' && gone.has(span.parent) ? { ...span, parent: 'missing' as const } : span)).reduce(compact, { spans: [], moved: new Map() }).spans, options);
}

interface Compacted {
  readonly spans: PlannedSpan[];
  readonly moved: Map<number, number>;
}

function compact(state: Compacted, span: PlannedSpan | undefined, index: number): Compacted {
  if (span === undefined) return state;
  state.moved.set(index, state.spans.length);
  state.spans.push(typeof span.parent === 'number' ? { ...span, parent: state.moved.get(span.parent) ?? 'missing' } : span);
  return state;
}

const verbs = ['GET', 'POST', 'PUT', 'SELECT', 'INSERT', 'cache.get', 'publish', 'render', 'validate', 'lookup'];
const nouns = ['/orders/:id', '/stock/:sku', '/users', 'items', 'invoices', 'session', 'price', 'basket', 'order.created', 'report'];

/** A deep and wide trace of many services, the same for the same seed. */
export function generateTrace(options: { readonly spanCount: number; readonly seed?: number; readonly serviceCount?: number; readonly version?: number }): TestTrace {
  const random = randomNumbers(options.seed ?? 1);
  const services = Array.from({ length: options.serviceCount ?? 24 }, (_, index) => `service-${String(index + 1).padStart(2, '0')}`);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const plan: PlannedSpan[] = [{ name: 'POST /import', service: services[0] ?? 'service', kind: 'server', startMs: 0, durationMs: 60_000 }];
  const depths = [0];
  while (plan.length < options.spanCount) {
    // Half of the spans go under a recent one, so that the tree is deep as well as wide.
    const parent = Math.max(0, Math.floor(random() < 0.5 ? plan.length - 1 - random() * 12 : random() * plan.length));
    const above = plan[parent] as PlannedSpan;
    if ((depths[parent] ?? 0) > 12) continue;
    const startMs = above.startMs + random() * above.durationMs * 0.7;
    plan.push({
      name: `${pick(verbs)} ${pick(nouns)}`,
      service: random() < 0.75 ? above.service : pick(services),
      kind: pick(['internal', 'client', 'server']),
      startMs,
      durationMs: Math.max(0.001, (above.startMs + above.durationMs - startMs) * (0.2 + random() * 0.7)),
      parent: random() < 0.0005 ? 'missing' : parent,
      place: { file: `src/file${Math.floor(random() * 40)}.ts`, line: 1 + Math.floor(random() * 200), functionName: 'work' },
      ...(random() < 0.004 ? { error: 'it failed' } : {}),
    });
    depths.push((depths[parent] ?? 0) + 1);
  }
  return traceOf(plan, { version: options.version });
}

// mulberry32: small, seeded, good enough to look at.
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
