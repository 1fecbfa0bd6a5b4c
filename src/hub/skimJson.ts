import { isUtf8 } from 'node:buffer';
import { checkJsonSize, ItemBudget } from '../decode/limits.ts';
import { isTraceId, maxValueDepth } from '../decode/validate.ts';
import type { Attribute, AttributeValue } from '../model/attributes.ts';
import type { Resource, Scope, SpanEvent, SpanStatus } from '../model/span.ts';
import { fieldTable, JsonScan } from './jsonScan.ts';
import { digits, hexWord, traceIdText } from './jsonTexts.ts';
import { type PlainKey, plainKeyValueEnd } from './plainKeyValue.ts';
import { isWanted, leaveIt, ofResources, ofSpans, type WantedKeys } from './skimAttributes.ts';
import { SkimmedSpan, type SpanShape } from './skimmedSpan.ts';
import { SpanOrigins } from './spanOrigins.ts';
import { attributeMark, eventAttributeMark, eventMark, nameMark, shapeOf, type SkimmedTraces, SpanShapes } from './spanShapes.ts';
import { TraceIdSlots } from './traceIdSlots.ts';
import { ofSeconds } from './unixNano.ts';

const list = 0x5b, object = 0x7b, quote = 0x22;

const requestFields = fieldTable('resourceSpans');
const resourceGroupFields = fieldTable('resource', 'scopeSpans', 'schemaUrl');
const resourceFields = fieldTable('attributes', 'droppedAttributesCount');
const scopeGroupFields = fieldTable('scope', 'spans', 'schemaUrl');
const scopeFields = fieldTable('name', 'version', 'attributes', 'droppedAttributesCount');
const spanFields = fieldTable(
  'traceId', 'spanId', 'traceState', 'parentSpanId', 'name', 'kind', 'startTimeUnixNano', 'endTimeUnixNano', 'attributes', 'droppedAttributesCount', 'events', 'droppedEventsCount',
  'links', 'droppedLinksCount', 'status', 'flags',
);
const eventFields = fieldTable('timeUnixNano', 'name', 'attributes', 'droppedAttributesCount');
const linkFields = fieldTable('traceId', 'spanId', 'traceState', 'attributes', 'droppedAttributesCount', 'flags');
const statusFields = fieldTable('code', 'message');
const keyValueFields = fieldTable('key', 'value');
const valueFields = fieldTable('stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue', 'kvlistValue', 'bytesValue');
const arrayFields = fieldTable('values');

const statusUnset: SpanStatus = { code: 0, message: '' };

const shapes = new SpanShapes();
const origins = new SpanOrigins();

/** An ExportTraceServiceRequest in OTLP/JSON (skim.ts). @throws Error where it is left to the decoder */
export function skimJson(bytes: Uint8Array): SkimmedTraces {
  if (!isUtf8(bytes)) throw leaveIt;
  checkJsonSize(bytes);
  return new Skim(bytes).read();
}

/** Objects are read member by member, in any order; each of theirs comes once. */
class Skim {
  readonly #scan: JsonScan;
  readonly #items = new ItemBudget();
  readonly #spans: SkimmedSpan[] = [];
  readonly #sizes: number[] = [];
  /** Of the span being read: mark, start and end of each wanted attribute. Emptied by the count alone: an array that is cut to nothing gives its memory up. */
  readonly #pieces: number[] = [];
  #pieceCount = 0;
  readonly #view: DataView;
  readonly #plainKey: PlainKey = { start: 0, end: 0 };
  readonly #traceIds: TraceIdSlots;

  constructor(bytes: Uint8Array) {
    this.#scan = new JsonScan(bytes);
    this.#traceIds = new TraceIdSlots(bytes, 32);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): SkimmedTraces {
    const scan = this.#scan;
    this.#members(requestFields, () => this.#each(() => this.#resourceGroup()));
    if (scan.next() !== -1) throw leaveIt;
    return { spans: this.#spans, sizes: this.#sizes };
  }

  #resourceGroup(): void {
    const scan = this.#scan;
    let resource: Resource | undefined;
    this.#members(resourceGroupFields, (field) => {
      if (field === 1) {
        // One that comes behind its spans.
        if (resource !== undefined) throw leaveIt;
        resource = this.#resource();
      } else if (field === 2) {
        const ofGroup = (resource ??= origins.none);
        this.#each(() => this.#scopeGroup(ofGroup));
      } else {
        scan.text();
      }
    });
  }

  /** The same object for the same bytes. */
  #resource(): Resource {
    const scan = this.#scan;
    scan.next();
    const start = scan.pos;
    scan.value();
    const end = scan.pos;
    const known = origins.resource(scan.bytes, start, end);
    if (known !== undefined) {
      this.#items.take(known.items);
      return known.resource;
    }
    const itemsBefore = this.#items.left;
    scan.pos = start;
    const attributes: Attribute[] = [];
    this.#members(resourceFields, (field) => {
      if (field === 2) {
        scan.smallInteger();
        return;
      }
      this.#each(() => {
        const at = scan.pos;
        if (this.#keyValue(ofResources)) attributes.push(readKeyValue(scan.bytes, at, scan.pos));
      });
    });
    return origins.addResource(scan.bytes, start, end, attributes, itemsBefore - this.#items.left);
  }

  #scopeGroup(resource: Resource): void {
    const scan = this.#scan;
    let scope: Scope | undefined;
    this.#members(scopeGroupFields, (field) => {
      if (field === 1) {
        if (scope !== undefined) throw leaveIt;
        scope = this.#scope();
      } else if (field === 2) {
        const ofGroup = (scope ??= origins.scope(''));
        this.#each(() => {
          const start = scan.pos;
          this.#spans.push(this.#span(resource, ofGroup));
          this.#sizes.push(scan.pos - start);
        });
      } else {
        scan.text();
      }
    });
  }

  #scope(): Scope {
    const scan = this.#scan;
    let name = '';
    this.#members(scopeFields, (field) => {
      if (field === 1) name = this.#string();
      else if (field === 2) scan.text();
      else if (field === 3) this.#each(() => this.#keyValue(undefined));
      else scan.smallInteger();
    });
    return origins.scope(name);
  }

  #span(resource: Resource, scope: Scope): SkimmedSpan {
    const scan = this.#scan;
    let traceId = '';
    let idFirst = 0, idLast = 0, parentFirst = 0, parentLast = 0;
    let kind = 0, nameStart = -1, nameEnd = -1;
    let startUnixNano = 0n, endUnixNano = 0n;
    let status = statusUnset;
    this.#pieceCount = 0;
    let seen = 0;
    if (scan.open(object)) {
      let field = 0;
      do {
        field = scan.field(spanFields, field);
        seen = once(seen, field);
        switch (field) {
          case 0: scan.value(); break;
          case 1: traceId = this.#traceId(); break;
          case 2: {
            const at = this.#id(16);
            if (at < 0) throw leaveIt;
            idFirst = hexWord(scan.bytes, at);
            idLast = hexWord(scan.bytes, at + 8);
            break;
          }
          case 4: {
            const at = this.#id(16);
            if (at < 0) break;
            parentFirst = hexWord(scan.bytes, at);
            parentLast = hexWord(scan.bytes, at + 8);
            break;
          }
          case 3: scan.text(); break;
          case 5:
            scan.text();
            nameStart = scan.textStart - 1;
            nameEnd = scan.textEnd + 1;
            break;
          case 6: kind = scan.smallInteger(); break;
          case 7: startUnixNano = this.#unixNano(); break;
          case 8: endUnixNano = this.#unixNano(); break;
          case 9:
            if (!scan.open(list)) break;
            do {
              this.#items.take();
              scan.next();
              const start = scan.pos;
              if (this.#keyValue(ofSpans)) this.#addPiece(attributeMark, start, scan.pos);
            } while (scan.more(list));
            break;
          case 11: this.#each(() => this.#event()); break;
          case 13: this.#each(() => this.#link()); break;
          case 15: status = this.#status(); break;
          default: scan.smallInteger();
        }
      } while (scan.more(object));
    }
    if (!isTraceId(traceId) || (idFirst | idLast) === 0) throw leaveIt;
    shapes.begin(kind, resource, scope);
    const pieces = this.#pieces;
    for (let at = 0; at < this.#pieceCount; at += 3) shapes.put(pieces[at] as number, this.#view, pieces[at + 1] as number, pieces[at + 2] as number);
    if (nameStart >= 0) shapes.put(nameMark, this.#view, nameStart, nameEnd);
    const shape = shapes.find() ?? this.#newShape(nameStart < 0 ? '' : (parse(scan.bytes, nameStart, nameEnd) as string), kind, resource, scope);
    return new SkimmedSpan(traceId, idFirst, idLast, parentFirst, parentLast, startUnixNano, endUnixNano, status, shape);
  }

  #newShape(name: string, kind: number, resource: Resource, scope: Scope): SpanShape {
    const attributes: Attribute[] = [];
    const events: SpanEvent[] = [];
    let ofEvent: Attribute[] = [];
    const pieces = this.#pieces;
    for (let at = 0; at < this.#pieceCount; at += 3) {
      const attribute = readKeyValue(this.#scan.bytes, pieces[at + 1] as number, pieces[at + 2] as number);
      if (pieces[at] === eventMark) events.push({ timeUnixNano: 0n, name: '', attributes: (ofEvent = []), droppedAttributesCount: 0 });
      (pieces[at] === attributeMark ? attributes : ofEvent).push(attribute);
    }
    const shape = shapeOf(name, kind, attributes, events, resource, scope);
    shapes.add(shape);
    return shape;
  }

  #event(): void {
    const scan = this.#scan;
    let mark = eventMark;
    this.#members(eventFields, (field) => {
      if (field === 1) this.#unixNano();
      else if (field === 2) scan.text();
      else if (field === 4) scan.smallInteger();
      else this.#each(() => {
        const start = scan.pos;
        if (!this.#keyValue(ofSpans)) return;
        this.#addPiece(mark, start, scan.pos);
        mark = eventAttributeMark;
      });
    });
  }

  #addPiece(mark: number, start: number, end: number): void {
    const pieces = this.#pieces;
    let at = this.#pieceCount;
    pieces[at++] = mark;
    pieces[at++] = start;
    pieces[at++] = end;
    this.#pieceCount = at;
  }

  #link(): void {
    const scan = this.#scan;
    this.#members(linkFields, (field) => {
      if (field <= 3) scan.text();
      else if (field === 4) this.#each(() => this.#keyValue(undefined));
      else scan.smallInteger();
    });
  }

  #status(): SpanStatus {
    let code = 0, message = '';
    this.#members(statusFields, (field) => {
      if (field === 1) code = this.#scan.smallInteger();
      else message = this.#string();
    });
    return code === 0 && message === '' ? statusUnset : { code, message };
  }

  /** Goes over a KeyValue. True where its key is wanted and its value is one text, number or truth value. */
  #keyValue(wanted: WantedKeys | undefined): boolean {
    const scan = this.#scan;
    const start = scan.pos;
    const key = this.#plainKey;
    const end = plainKeyValueEnd(scan.bytes, this.#view, start, key);
    if (end > 0) {
      scan.pos = end;
      return wanted !== undefined && isWanted(wanted, scan.bytes, key.start, key.end - key.start);
    }
    let isOne = false, isPlain = false;
    let seen = 0;
    if (scan.open(object)) {
      let field = 0;
      do {
        field = scan.field(keyValueFields, field);
        seen = once(seen, field);
        if (field === 1) {
          scan.text();
          if (scan.isEscaped) throw leaveIt;
          isOne = wanted !== undefined && isWanted(wanted, scan.bytes, scan.textStart, scan.textEnd - scan.textStart);
        } else if (field === 2) {
          isPlain = this.#value(1);
        } else {
          scan.value();
        }
      } while (scan.more(object));
    }
    if (isOne && !isPlain) throw leaveIt;
    return isOne;
  }

  /** Goes over an AnyValue. True where it is one text, number or truth value. */
  #value(depth: number): boolean {
    const scan = this.#scan;
    if (depth > maxValueDepth) throw leaveIt;
    if (!scan.open(object)) return false;
    const field = scan.field(valueFields, 0);
    switch (field) {
      case 1: scan.text(); break;
      case 2: scan.bool(); break;
      case 3: this.#int64(); break;
      case 4: scan.number(); break;
      case 5: this.#members(arrayFields, () => this.#each(() => this.#value(depth + 1))); break;
      // Maps and bytes, and what a later version may bring.
      default: throw leaveIt;
    }
    if (scan.more(object)) throw leaveIt;
    return field < 5;
  }

  /** Each member of an object; what the table does not name is gone over. */
  #members(table: Parameters<JsonScan['field']>[0], visit: (field: number) => void): void {
    const scan = this.#scan;
    if (!scan.open(object)) return;
    let seen = 0;
    let field = 0;
    do {
      field = scan.field(table, field);
      seen = once(seen, field);
      if (field === 0) scan.value();
      else visit(field);
    } while (scan.more(object));
  }

  /** Each item of a list, which begins at the next byte. */
  #each(visit: () => void): void {
    const scan = this.#scan;
    if (!scan.open(list)) return;
    do {
      this.#items.take();
      scan.next();
      visit();
    } while (scan.more(list));
  }

  #string(): string {
    const scan = this.#scan;
    scan.text();
    return parse(scan.bytes, scan.textStart - 1, scan.textEnd + 1) as string;
  }

  #traceId(): string {
    const start = this.#id(32);
    return start < 0 ? '' : this.#traceIds.of(start, traceIdText);
  }

  /** Goes over an id of so many digits, which are not looked at. @returns where they are; -1 for an empty one */
  #id(length: number): number {
    const scan = this.#scan;
    if (scan.next() !== quote) throw leaveIt;
    const start = scan.pos + 1;
    const isEmpty = scan.bytes[start] === quote;
    const end = isEmpty ? start : start + length;
    if (scan.bytes[end] !== quote) throw leaveIt;
    scan.pos = end + 1;
    return isEmpty ? -1 : start;
  }

  /** Nanoseconds as digits in quotes, as SDKs write them. */
  #unixNano(): bigint {
    const scan = this.#scan;
    const { bytes } = scan;
    const first = scan.next() === quote ? scan.pos + 1 : -1;
    // As all of them are from 2001 to 2286: then no end has to be looked for.
    if (first > 0 && bytes[first + 19] === quote) {
      const seconds = digits(bytes, first, first + 10), rest = digits(bytes, first + 10, first + 19);
      if (seconds >= 0 && rest >= 0) {
        scan.pos = first + 20;
        return ofSeconds(seconds, rest);
      }
    }
    scan.text();
    const { textStart, textEnd } = scan;
    if (textEnd - textStart > 18 + 1 || textEnd === textStart) throw leaveIt;
    const split = Math.max(textStart, textEnd - 9);
    const seconds = digits(bytes, textStart, split), rest = digits(bytes, split, textEnd);
    if (seconds < 0 || rest < 0) throw leaveIt;
    return ofSeconds(seconds, rest);
  }

  /** As a number, or as one in quotes. */
  #int64(): void {
    const scan = this.#scan;
    if (scan.next() !== quote) {
      if (scan.bytes[scan.pos] === 0x2d) scan.pos++;
      // No space comes behind a sign.
      if (!isDigit(scan.bytes[scan.pos])) throw leaveIt;
      scan.smallInteger();
      return;
    }
    scan.text();
    const { bytes, textEnd } = scan;
    const start = scan.textStart + (bytes[scan.textStart] === 0x2d ? 1 : 0);
    if (textEnd - start > 18 || textEnd === start) throw leaveIt;
    if (digits(bytes, start, textEnd) < 0) throw leaveIt;
  }
}

/** Of two members with the same name the last one holds, which is left to the decoder. */
function once(seen: number, field: number): number {
  if (field === 0) return seen;
  if ((seen & (1 << field)) !== 0) throw leaveIt;
  return seen | (1 << field);
}

/** One that was gone over, with a value that is plain. */
function readKeyValue(bytes: Uint8Array, start: number, end: number): Attribute {
  const { key, value } = parse(bytes, start, end) as { readonly key: string; readonly value: Readonly<Record<string, AttributeValue>> };
  const plain = value['stringValue'] ?? value['boolValue'] ?? value['doubleValue'];
  return { key, value: plain ?? BigInt(value['intValue'] as string | number) };
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function parse(bytes: Uint8Array, start: number, end: number): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8'));
}
