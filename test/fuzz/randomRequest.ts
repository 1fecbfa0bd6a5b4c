import { captureAttribute } from '../../src/model/span.ts';
import type { Random } from './random.ts';

/** An AnyValue: which of its fields is set, and to what. */
export type AnyValue =
  | { readonly kind: 'string' | 'bytes'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'array'; readonly value: readonly AnyValue[] }
  | { readonly kind: 'map'; readonly value: readonly KeyValue[] }
  | { readonly kind: 'none' };

export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

export interface RequestEvent {
  readonly timeUnixNano: bigint;
  readonly name: string;
  readonly attributes: readonly KeyValue[];
}

export interface RequestLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: readonly KeyValue[];
}

/** Ids are hex digits, most of the right number. */
export interface RequestSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: number;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly attributes: readonly KeyValue[];
  readonly dropped: number;
  readonly events: readonly RequestEvent[];
  readonly links: readonly RequestLink[];
  readonly status: { readonly code: number; readonly message: string } | undefined;
}

export interface RequestGroup {
  readonly resource: readonly KeyValue[] | undefined;
  readonly schemaUrl: string;
  readonly scopes: readonly { readonly name: string | undefined; readonly attributes: readonly KeyValue[]; readonly spans: readonly RequestSpan[] }[];
}

const keys = [
  'code.file.path', 'code.filepath', 'code.line.number', 'code.lineno', 'code.column.number', 'code.column', 'code.function.name', 'code.function', 'code.namespace', 'code.module.name', 'code.stacktrace',
  'exception.stacktrace', 'exception.message', 'http.route', 'http.request.method', 'http.method', 'rpc.service', 'rpc.method', 'http.response.status_code', 'code.line.numbes', 'http.routf', 'a', '', 'é', 'k'.repeat(127), 'k'.repeat(128),
];
const resourceKeys = ['service.name', 'service.instance.id', 'process.pid', 'telemetry.sdk.language', captureAttribute, 'host.name', 'service.namf'];
const words = [
  '', 'a', 'GET', 'GET /cart/:id', '/home/me/app/src/cart.js', 'nodejs', 'python', '7', '12.0', ' 5 ', '0', '-1', 'é😀', '\ud83d', '"', '\\', 'a"b\\c\n', '\u0000', '\u007f', 'x'.repeat(99), 'x'.repeat(127), 'x'.repeat(300), 'x'.repeat(9000),
  'Error: x\n    at f (/a.js:1:2)', 'Error: GET\n    at g (/b.js:3:4)', '9b2d4c1e-5f3a-4d2b-8c1a-0123456789ab', 'NaN', '}}', '"}}', '{"key":"', '__proto__',
];
/** What mostly stands under a key, so that what belongs together comes together. */
const usual: Readonly<Record<string, readonly string[]>> = {
  'exception.stacktrace': ['Error: x\n    at f (/a.js:1:2)', 'Error: GET\n    at g (/b.js:3:4)'], 'exception.message': ['x', 'GET'], 'service.name': ['shop', 'till'], [captureAttribute]: ['one', 'two'], 'telemetry.sdk.language': ['nodejs', 'java'],
  'service.instance.id': ['9b2d4c1e-5f3a-4d2b-8c1a-0123456789ab'],
};
const wantedKey = /^(?:code|exception|http|rpc|service|process|telemetry|traceline)\./;
const eventKeys = ['exception.stacktrace', 'exception.message', 'exception.type', 'code.file.path'];
const integers = [0n, 1n, 7n, 42n, -1n, 127n, 128n, 200n, 999_999_999n];
const rareIntegers = [1_000_000_000n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 53n + 1n, 10n ** 15n, 10n ** 17n, 10n ** 18n, 2n ** 63n - 1n, -(2n ** 63n), -(2n ** 31n)];
const doubles = [0, 0.5, 7, -1, 1e21, 5e-324];
const rareDoubles = [-0, NaN, Infinity, -Infinity, 1e308, 2 ** 53];
const times = [0n, 1n, 999_999_999n, 10n ** 9n, 1_790_000_379_031_774_587n, 1_790_000_379_031_774_999n];
const rareTimes = [2n ** 63n - 1n, 2n ** 63n, 10n ** 19n - 1n, 2n ** 64n - 1n];
const kinds = [0, 1, 2, 3, 4, 5];
// The third is told from the first by its last byte alone, also by a table of 64 slots.
const traceIds = ['5b8efff798038103d269b633813fc60c', '5b8efff798038103d269b633813fc60d', '5b8efff798038103d269b633813fc64c', '00000000000000000000000000000001', 'ffffffffffffffffffffffffffffffff', '5b8efff798038103d269b633813fc6ff'];
const spanIds = ['eee19b7ec3c1b174', 'eee19b7ec3c1b175', '0000000000000001', 'ffffffffffffffff'];
const badIds = ['', '00', '0000000000000000', '00000000000000000000000000000000', 'eee19b7ec3c1b17', 'eee19b7ec3c1b1744', '5b8efff798038103d269b633813fc6', 'ab'.repeat(80)];

/** Once in so many. */
export function seldom(random: Random, often: number): boolean {
  return random.below(often) === 0;
}

/** What SDKs do not write is rare: a request has many places, and one such in it may be all that is looked at. */
const rarely = 200;

function oneOf<T>(random: Random, usualOnes: readonly T[], rareOnes: readonly T[]): T {
  return random.of(seldom(random, rarely) ? rareOnes : usualOnes);
}

function some<T>(random: Random, most: number, make: () => T): T[] {
  return Array.from({ length: random.below(most + 1) }, make);
}

/** One at least, but rarely. */
function few<T>(random: Random, most: number, make: () => T): T[] {
  return Array.from({ length: seldom(random, rarely) ? 0 : 1 + random.below(most) }, make);
}

function anyValue(random: Random, depth: number): AnyValue {
  if (depth < 4 && seldom(random, rarely)) {
    switch (random.below(6)) {
      case 0: case 1: return { kind: 'map', value: some(random, 3, () => keyValue(random, keys, depth + 1)) };
      case 2: return { kind: 'bytes', value: 'AQID' };
      case 3: return { kind: 'none' };
      // So deep that it is at the limit, or past it.
      case 4: return nested(58 + random.below(9));
      default: return { kind: 'array', value: some(random, 3, () => anyValue(random, depth + 1)) };
    }
  }
  switch (random.below(8)) {
    case 0: case 1: return { kind: 'int', value: oneOf(random, integers, rareIntegers) };
    case 2: return { kind: 'bool', value: random.below(2) === 0 };
    case 3: return { kind: 'double', value: oneOf(random, doubles, rareDoubles) };
    default: return { kind: 'string', value: random.of(words) };
  }
}

function nested(depth: number): AnyValue {
  let value: AnyValue = { kind: 'bool', value: true };
  for (let at = 0; at < depth; at++) value = { kind: 'array', value: [value] };
  return value;
}

function keyValue(random: Random, from: readonly string[], depth = 1): KeyValue {
  const key = random.of(from);
  const texts = seldom(random, 3) ? undefined : usual[key];
  // A list counts for nothing elsewhere.
  if (!wantedKey.test(key) && seldom(random, 4)) return { key, value: { kind: 'array', value: some(random, 3, () => anyValue(random, depth + 3)) } };
  return { key, value: texts === undefined ? anyValue(random, depth) : { kind: 'string', value: random.of(texts) } };
}

function id(random: Random, good: readonly string[]): string {
  return seldom(random, 300) ? random.of(badIds) : random.of(good);
}

function span(random: Random): RequestSpan {
  return {
    traceId: id(random, traceIds), spanId: id(random, spanIds), parentSpanId: random.below(2) === 0 ? '' : id(random, spanIds), traceState: seldom(random, 8) ? 'a=b' : '',
    name: random.of(words), kind: oneOf(random, kinds, [6, 99, 2 ** 31 - 1, -1, -(2 ** 31)]),
    startUnixNano: oneOf(random, times, rareTimes), endUnixNano: oneOf(random, times, rareTimes), dropped: oneOf(random, [0, 0, 1, 300], [2 ** 31, 2 ** 32 - 1]),
    attributes: some(random, 5, () => keyValue(random, keys)),
    events: seldom(random, 3) ? some(random, 3, () => ({ timeUnixNano: oneOf(random, times, rareTimes), name: random.of(words), attributes: some(random, 3, () => keyValue(random, eventKeys)) })) : [],
    links: seldom(random, 5) ? some(random, 2, () => ({ traceId: id(random, traceIds), spanId: id(random, spanIds), attributes: some(random, 2, () => keyValue(random, keys)) })) : [],
    status: seldom(random, 3) ? { code: random.below(4), message: random.of(words) } : undefined,
  };
}

/** What an ExportTraceServiceRequest may say: out of few ids, keys and words, so that much of it comes again in another one. */
export function randomRequest(random: Random): readonly RequestGroup[] {
  return few(random, 2, () => ({
    resource: seldom(random, 10) ? undefined : some(random, 4, () => keyValue(random, resourceKeys)),
    schemaUrl: seldom(random, 8) ? 'https://opentelemetry.io/schemas/1.30.0' : '',
    scopes: few(random, 2, () => ({ name: seldom(random, 10) ? undefined : random.of(words), attributes: some(random, 1, () => keyValue(random, keys)), spans: few(random, 3, () => span(random)) })),
  }));
}
