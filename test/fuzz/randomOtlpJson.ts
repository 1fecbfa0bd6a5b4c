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
  readonly escape: number;
  /** How many places of the text, at most, say something that SDKs never do. */
  readonly odd: number;
}

const styles: readonly Style[] = [
  { space: Infinity, shuffle: Infinity, escape: Infinity, odd: 0 },
  { space: Infinity, shuffle: Infinity, escape: Infinity, odd: 1 },
  { space: 2, shuffle: Infinity, escape: Infinity, odd: 0 },
  { space: Infinity, shuffle: 12, escape: Infinity, odd: 0 },
  { space: Infinity, shuffle: 12, escape: Infinity, odd: 2 },
  { space: Infinity, shuffle: Infinity, escape: 60, odd: 0 },
  { space: 6, shuffle: 20, escape: 300, odd: 1 },
];
const unknown = ['1', '-0.5e+3', '"x"', 'null', '[1,[2,{"a":null}]]', '{"key":"code.file.path","value":{"stringValue":"/b"}}', '[[[[]]]]', '"\\u00e9\\n"'];
const oddNumbers: readonly ((digits: string) => string)[] = [
  (n) => `0${n}`, (n) => `${n}.0`, (n) => `${n}.5`, (n) => `${n}e0`, (n) => `${n}E+1`, (n) => `-${n}`, (n) => `- ${n}`, (n) => `+${n}`, (n) => `${n}.`, (n) => `.${n}`, (n) => `"${n}"`, (n) => `${n}0000000000`, () => '-', () => '1e999', () => 'NaN', () => '""',
];
const oddDigits: readonly ((digits: string) => string)[] = [
  (n) => n, (n) => `"${n.padStart(20, '0')}"`, (n) => `"${n.padEnd(20, '9')}"`, (n) => `"${n.padEnd(21, '9')}"`, (n) => `" ${n}"`, (n) => `"-${n}"`, (n) => `"${n}e0"`, (n) => `"${n}.0"`, (n) => `"0x${n}"`, () => '""', () => '"18446744073709551616"', () => '"9223372036854775808"', () => '"-"', () => '"/"', () => '":"',
];
const oddTexts: readonly ((inner: string) => string)[] = [
  (t) => `"${t}\\u12g4"`, (t) => `"${t}\\u00"`, (t) => `"${t}\\x"`, (t) => `"${t}\\"`, (t) => `"${t}\n"`, (t) => `"${t}"a"`, (t) => `"${t}\\ud83d"`, (t) => `"${t.toUpperCase()}"`, (t) => `"${t} "`, (t) => `'${t}'`, (t) => `"${t}`, (t) => t, (t) => `"${t.slice(1)}"`, () => '""', () => '1', () => '"SPAN_KIND_SERVER"',
];
const oddValues = ['null', 'true', 'false', 'True', 'nul', '0', '[]', '{}', '[{}]', '[null]', '{"values":[]}', ''];

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
    ['name', quoted(each.name)], ['kind', String(each.kind)], ['startTimeUnixNano', `"${each.startUnixNano}"`], ['endTimeUnixNano', `"${each.endUnixNano}"`], ['attributes', attributes(each.attributes)],
    each.dropped > 0 && ['droppedAttributesCount', String(each.dropped)],
    ['events', list(each.events.map((event): Json => [['attributes', attributes(event.attributes)], ['name', quoted(event.name)], ['timeUnixNano', `"${event.timeUnixNano}"`], ['droppedAttributesCount', '0']]))],
    ['links', list(each.links.map((link): Json => [['traceId', quoted(link.traceId)], ['spanId', quoted(link.spanId)], ['attributes', attributes(link.attributes)], ['flags', '257']]))],
    each.status !== undefined && ['status', [['message', quoted(each.status.message)], ['code', String(each.status.code)]]],
  ]);
  return new TextWriter(random, style).write([['resourceSpans', list(randomRequest(random).map((group) => without<Member>([
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

class TextWriter {
  readonly #random: Random;
  readonly #style: Style;
  /** Values by the name they stand under. */
  readonly #values = new Map<string, Json[]>();
  #places = 0;
  readonly #oddPlaces = new Set<number>();

  constructor(random: Random, style: Style) {
    this.#random = random;
    this.#style = style;
  }

  write(json: Json): string {
    this.#visit(json);
    for (let odd = this.#style.odd; odd > 0; odd--) this.#oddPlaces.add(this.#random.below(this.#places) + 1);
    this.#places = 0;
    return this.#text(json);
  }

  #visit(json: Json): void {
    this.#places++;
    if (typeof json === 'string') return;
    if (!Array.isArray(json)) {
      json.list.forEach((each) => this.#visit(each));
      return;
    }
    for (const [name, value] of json) {
      const same = this.#values.get(name);
      if (same === undefined) this.#values.set(name, [value]);
      else same.push(value);
      this.#visit(value);
    }
  }

  #text(json: Json): string {
    const isOdd = this.#oddPlaces.has(++this.#places);
    const random = this.#random;
    if (isOdd && seldom(random, 4)) return random.of(oddValues);
    if (typeof json === 'string') return this.#space() + (isOdd ? random.of(/^"/.test(json) ? (/^"-?\d+"$/.test(json) ? oddDigits : oddTexts) : oddNumbers)(json.replace(/^"|"$/g, '')) : json.startsWith('"') ? this.#escaped(json) : json) + this.#space();
    if (!Array.isArray(json)) return `${this.#space()}[${json.list.length === 0 ? this.#space() : json.list.map((each) => this.#text(each)).join(',')}${isOdd ? ',' : ''}]${this.#space()}`;
    const members = [...json];
    if (this.#once(this.#style.shuffle)) members.sort(() => random.below(3) - 1);
    const isEndOdd = isOdd && seldom(random, 3);
    if (isOdd && !isEndOdd) members.splice(random.below(members.length + 1), 0, this.#oddMember(members));
    return `${this.#space()}{${members.length === 0 ? this.#space() : members.map(([name, value]) => `${this.#space()}${seldom(random, 60) ? this.#escaped(quoted(name)) : quoted(name)}${this.#space()}:${this.#text(value)}`).join(',')}${isEndOdd ? random.of([']', '', ',}', '}}', '|']) : '}'}${this.#space()}`;
  }

  /** One that is there already, with another value, or that belongs elsewhere, or nowhere. */
  #oddMember(members: readonly Member[]): Member {
    const random = this.#random;
    const isValue = members[0]?.[0].endsWith('Value') === true;
    const names = [...this.#values.keys()].filter((name) => name.endsWith('Value') === isValue);
    const name = members.length > 0 && random.below(3) > 0 && !isValue ? random.of(members)[0] : random.of([...names, 'unknown', '__proto__', 'flags', 'version']);
    return [name, seldom(random, 4) ? random.of(unknown) : random.of(this.#values.get(name) ?? ['5'])];
  }

  #space(): string {
    return this.#once(this.#style.space) ? this.#random.of([' ', '\n', '\t', '\r', '  ']) : '';
  }

  #escaped(text: string): string {
    return this.#style.escape === Infinity ? text : escaped(this.#random, this.#style, text);
  }

  #once(often: number): boolean {
    return often !== Infinity && seldom(this.#random, often);
  }
}

/** The same string, some of its letters as escapes. */
function escaped(random: Random, style: Style, text: string): string {
  return `"${text.slice(1, -1).replace(/\\.[\da-f]{0,4}|[^\\]/gs, (part) => (part.length === 1 && seldom(random, style.escape) ? `\\u${part.charCodeAt(0).toString(16).padStart(4, '0')}` : part === '/' && seldom(random, style.escape) ? '\\/' : part))}"`;
}
