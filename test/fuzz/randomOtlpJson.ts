import { mutatedBytes } from './mutations.ts';
import type { Random } from './random.ts';
import { type AnyValue, type KeyValue, randomRequest, type RequestSpan, seldom } from './randomRequest.ts';

/** An object as its members, so that one may come twice and in any order; a list; or the text of anything else. */
type Json = Member[] | { readonly list: readonly Json[] } | string;
type Member = readonly [string, Json];

/** How far a text is from what SDKs write: each a "once in so many", Infinity for never. */
interface Style {
  readonly space: number;
  readonly shuffle: number;
  readonly odd: number;
  readonly escape: number;
}

const styles: readonly Style[] = [
  { space: Infinity, shuffle: Infinity, odd: Infinity, escape: Infinity },
  { space: 2, shuffle: Infinity, odd: Infinity, escape: Infinity },
  { space: Infinity, shuffle: 4, odd: 200, escape: Infinity },
  { space: Infinity, shuffle: Infinity, odd: Infinity, escape: 60 },
  { space: 6, shuffle: 6, odd: 60, escape: 300 },
];
const unknown = ['1', '-0.5e+3', '"x"', 'null', '[1,[2,{"a":null}]]', '{"key":"code.file.path","value":{"stringValue":"/b"}}', '[[[[]]]]', '"\\u00e9\\n"'];
const oddValues = ['null', '1', '"1"', '-1', '1.0', '1e0', '1E2', '01', '-0', '-', '1.', '.5', '+1', '""', '"1790000379031774587"', '1790000379031774587', '18446744073709551615', '"18446744073709551616"', '" 1"', '"1e3"', '[]', '{}', 'true', 'True', '"NaN"', 'NaN', '"SPAN_KIND_SERVER"', '4294967296', '"-0"', '- 5', '1e999'];

const quoted = (text: string) => JSON.stringify(text);
const without = <T>(list: readonly (T | false)[]): T[] => list.filter((each): each is T => each !== false);

/** Texts of OTLP/JSON, most of them valid and in all the forms JSON has for the same thing. */
export function randomOtlpJson(random: Random): Buffer {
  const style = random.of(styles);
  let text = requestText(random, style);
  switch (random.below(12)) {
    case 0: case 1: return mutatedBytes(random, Buffer.from(text), Buffer.from(requestText(random, style)));
    case 2: case 3: text = otherTokens(random, text, requestText(random, style)); break;
    case 4: {
      const bytes = Buffer.from(text);
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      return bytes;
    }
    default:
  }
  return Buffer.from(text);
}

/** Tokens changed for others of it or of another text, doubled, or taken out. */
function otherTokens(random: Random, text: string, other: string): string {
  const tokensOf = (json: string) => json.match(/"(?:[^"\\]|\\.)*"|[\d.eE+-]+|\w+|\s+|./gsu) ?? [];
  const tokens = tokensOf(text);
  const others = tokensOf(other);
  for (let times = 1 + random.below(2); times > 0 && tokens.length > 0 && others.length > 0; times--) {
    const [at, to] = [random.below(tokens.length), random.below(tokens.length)];
    switch (random.below(5)) {
      case 0: [tokens[at], tokens[to]] = [tokens[to] as string, tokens[at] as string]; break;
      case 1: tokens[at] = random.of(others); break;
      case 2: tokens.splice(at, 1); break;
      case 3: tokens.splice(at, 0, tokens[to] as string); break;
      default: tokens.splice(at, tokens.length, ...others.slice(random.below(others.length)));
    }
  }
  return tokens.join('');
}

function requestText(random: Random, style: Style): string {
  const list = (items: readonly Json[]): Json => ({ list: items });
  const attributes = (all: readonly KeyValue[]) => list(all.map((each) => keyValue(random, each)));
  const span = (each: RequestSpan): Json => without<Member>([
    ['traceId', quoted(each.traceId)], ['spanId', quoted(each.spanId)], (each.parentSpanId !== '' || seldom(random, 3)) && ['parentSpanId', quoted(each.parentSpanId)], each.traceState !== '' && ['traceState', quoted(each.traceState)],
    ['name', quoted(each.name)], ['kind', String(each.kind)], ['startTimeUnixNano', unixNano(random, each.startUnixNano)], ['endTimeUnixNano', unixNano(random, each.endUnixNano)], ['attributes', attributes(each.attributes)],
    each.dropped > 0 && ['droppedAttributesCount', String(each.dropped)],
    ['events', list(each.events.map((event): Json => [['attributes', attributes(event.attributes)], ['name', quoted(event.name)], ['timeUnixNano', unixNano(random, event.timeUnixNano)], ['droppedAttributesCount', '0']]))],
    ['links', list(each.links.map((link): Json => [['traceId', quoted(link.traceId)], ['spanId', quoted(link.spanId)], ['attributes', attributes(link.attributes)], ['flags', '257']]))],
    each.status !== undefined && ['status', [['message', quoted(each.status.message)], ['code', String(each.status.code)]]],
  ]);
  return write(random, style, [['resourceSpans', list(randomRequest(random).map((group) => without<Member>([
    group.resource !== undefined && ['resource', [['attributes', attributes(group.resource)], ['droppedAttributesCount', '0']]],
    ['scopeSpans', list(group.scopes.map((scope) => without<Member>([
      scope.name !== undefined && ['scope', [['name', quoted(scope.name)], ['version', '"1"'], ['attributes', attributes(scope.attributes)]]], ['spans', list(scope.spans.map(span))],
    ])))],
    group.schemaUrl !== '' && ['schemaUrl', quoted(group.schemaUrl)],
  ])))]]);
}

function keyValue(random: Random, { key, value }: KeyValue): Json {
  return [['key', quoted(key)], ['value', anyValue(random, value)]];
}

function anyValue(random: Random, value: AnyValue): Json {
  switch (value.kind) {
    case 'string': return [['stringValue', quoted(value.value)]];
    case 'bytes': return [['bytesValue', quoted(value.value)]];
    case 'bool': return [['boolValue', String(value.value)]];
    case 'int': return [['intValue', random.below(2) === 0 ? String(value.value) : `"${value.value}"`]];
    case 'double': return [['doubleValue', Number.isFinite(value.value) ? String(value.value) : `"${value.value}"`]];
    case 'array': return [['arrayValue', [['values', { list: value.value.map((each) => anyValue(random, each)) }]]]];
    case 'map': return [['kvlistValue', [['values', { list: value.value.map((each) => keyValue(random, each)) }]]]];
    case 'none': return [];
  }
}

function unixNano(random: Random, value: bigint): string {
  return seldom(random, 100) ? String(value) : seldom(random, 50) ? `"${String(value).padStart(20, '0')}"` : `"${value}"`;
}

function write(random: Random, style: Style, json: Json): string {
  const once = (often: number) => often !== Infinity && seldom(random, often);
  const space = () => (once(style.space) ? random.of([' ', '\n', '\t', '\r', '  ']) : '');
  if (once(style.odd)) return space() + random.of(oddValues) + space();
  if (typeof json === 'string') return space() + (json.startsWith('"') ? escaped(random, style, json) : json) + space();
  if (!Array.isArray(json)) return `${space()}[${json.list.length === 0 ? space() : json.list.map((each) => write(random, style, each)).join(',')}]${space()}`;
  const members = [...json];
  if (once(style.shuffle)) members.sort(() => random.below(3) - 1);
  if (members.length > 0 && once(style.odd)) members.push(random.of(members));
  if (once(style.odd)) members.splice(random.below(members.length + 1), 0, [random.of(['unknown', 'name', 'value', 'attributes', '__proto__', 'flags', 'intValue', 'stringValue']), random.of(unknown)]);
  return `${space()}{${members.length === 0 ? space() : members.map(([name, value]) => `${space()}${escaped(random, style, quoted(name))}${space()}:${write(random, style, value)}`).join(',')}}${space()}`;
}

/** The same string, some of its letters as escapes. */
function escaped(random: Random, style: Style, text: string): string {
  if (style.escape === Infinity) return text;
  return `"${text.slice(1, -1).replace(/\\.[\da-f]{0,4}|[^\\]/gs, (part) => (part.length === 1 && seldom(random, style.escape) ? `\\u${part.charCodeAt(0).toString(16).padStart(4, '0')}` : part === '/' && seldom(random, style.escape) ? '\\/' : part))}"`;
}
