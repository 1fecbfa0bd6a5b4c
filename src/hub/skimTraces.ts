import { FieldReader } from '../decode/fieldReader.ts';
import { ItemBudget } from '../decode/limits.ts';
import { isSpanId, maxValueDepth, spanProblem } from '../decode/validate.ts';
import type { Attribute, Attributes, AttributeValue } from '../model/attributes.ts';
import { captureAttribute, type Resource, type Scope, type Span, type SpanEvent, type SpanStatus } from '../model/span.ts';
import { KnownTexts } from './knownTexts.ts';

const varint = 0;
const bits64 = 1;
const delimited = 2;
const bits32 = 5;

const noAttributes: Attributes = [];
const noLinks: Span['links'] = [];
const noEvents: readonly SpanEvent[] = [];
const statusUnset: SpanStatus = { code: 0, message: '' };

/** What model/readSite.ts reads of a span and of its events. */
const spanKeys: ReadonlySet<string> = new Set([
  'code.file.path', 'code.filepath', 'code.line.number', 'code.lineno', 'code.column.number', 'code.column', 'code.function.name', 'code.function', 'code.namespace', 'code.module.name',
  'code.stacktrace', 'exception.stacktrace', 'exception.message', 'http.route', 'http.request.method', 'http.method', 'rpc.service', 'rpc.method',
]);
/** What is read of a resource: who made the spans (spanFacts.ts, processes.ts, model/readSite.ts). */
const resourceKeys: ReadonlySet<string> = new Set(['service.name', 'service.instance.id', 'process.pid', 'telemetry.sdk.language', captureAttribute]);

/** Keys that are wanted, and by which first letters they begin: most others begin with none of them. */
interface Wanted {
  readonly keys: ReadonlySet<string>;
  readonly letters: Uint8Array;
}

const known = new KnownTexts();

const ofSpans = wanted(spanKeys);
const ofResources = wanted(resourceKeys);

function wanted(keys: ReadonlySet<string>): Wanted {
  const letters = new Uint8Array(256);
  for (const key of keys) letters[key.charCodeAt(0)] = 1;
  return { keys, letters };
}

/** Spans with no more than the hub counts them by: of attributes, events, resource and scope only what says where a span belongs, and no links. */
export interface SkimmedTraces {
  readonly spans: readonly Span[];
  /** Of each span: its bytes in the request. */
  readonly sizes: readonly number[];
}

/** Something the skim leaves to the decoder: an error, or a form that hardly anyone sends. */
class LeaveIt extends Error {}
const leaveIt = new LeaveIt();

/**
 * Reads an ExportTraceServiceRequest as the decoder does (decode/otlpProtobuf.ts), without what is only looked at later: a third of its work, and of the
 * objects. All of the request is gone through. undefined for what the decoder has to judge: it is no such request, a span is
 * to be refused, or a value that counts comes in a form that SDKs do not write.
 */
export function skimTraces(bytes: Uint8Array): SkimmedTraces | undefined {
  try {
    return new Skim(bytes).read();
  } catch (error) {
    // protobufjs reports every malformed input by Error or RangeError.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** Of a request: how many trace ids are told apart at a time, so that each is one string for all its spans. */
const idSlots = 64;

class Skim {
  readonly #fields: FieldReader;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #spans: Span[] = [];
  readonly #sizes: number[] = [];
  readonly #traceIds = new Array<string>(idSlots).fill('');
  readonly #traceIdAt = new Int32Array(idSlots).fill(-1);

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fields = new FieldReader(bytes, new ItemBudget());
  }

  read(): SkimmedTraces {
    const fields = this.#fields;
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      if (tag !== (1 << 3 | delimited)) throw leaveIt;
      const outer = fields.enter();
      fields.items.take();
      this.#resourceGroup();
      fields.leave(outer);
    }
    return { spans: this.#spans, sizes: this.#sizes };
  }

  #resourceGroup(): void {
    const fields = this.#fields;
    const attributes: Attribute[] = [];
    const resource: Resource = { attributes, droppedAttributesCount: 0, schemaUrl: '' };
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      if (tag === (1 << 3 | delimited)) {
        const outer = fields.enter();
        for (let inner = fields.nextTag(); inner !== 0; inner = fields.nextTag()) {
          if (inner === (1 << 3 | delimited)) {
            const wanted = this.#keyValue(ofResources);
            if (wanted !== undefined) attributes.push(wanted);
          } else if (inner === (2 << 3 | varint)) {
            fields.reader.uint32();
          } else {
            fields.skip(inner);
          }
        }
        fields.leave(outer);
      } else if (tag === (2 << 3 | delimited)) {
        const outer = fields.enter();
        fields.items.take();
        this.#scopeGroup(resource);
        fields.leave(outer);
      } else {
        fields.skip(tag);
      }
    }
  }

  #scopeGroup(resource: Resource): void {
    const fields = this.#fields;
    let scope: Scope = { name: '', version: '', attributes: noAttributes, droppedAttributesCount: 0, schemaUrl: '' };
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      if (tag === (1 << 3 | delimited)) {
        // The decoder joins pieces of a scope that come apart.
        if (scope.name !== '') throw leaveIt;
        const outer = fields.enter();
        for (let inner = fields.nextTag(); inner !== 0; inner = fields.nextTag()) {
          if (inner === (1 << 3 | delimited)) scope = { ...scope, name: this.#text() };
          else if (inner === (3 << 3 | delimited)) this.#keyValue(undefined);
          else if (inner === (4 << 3 | varint)) fields.reader.uint32();
          else fields.skip(inner);
        }
        fields.leave(outer);
      } else if (tag === (2 << 3 | delimited)) {
        const outer = fields.enter();
        fields.items.take();
        const start = fields.reader.pos;
        this.#spans.push(this.#span(resource, scope));
        this.#sizes.push(fields.reader.pos - start);
        fields.leave(outer);
      } else {
        fields.skip(tag);
      }
    }
  }

  /** The fields are those of decode/otlpProtobuf.ts. */
  #span(resource: Resource, scope: Scope): Span {
    const fields = this.#fields;
    const { reader } = fields;
    let traceId = '', spanId = '', parentSpanId = '', name = '';
    let kind = 0;
    let startUnixNano = 0n, endUnixNano = 0n;
    let attributes: Attribute[] | undefined;
    let events: SpanEvent[] | undefined;
    let status = statusUnset;
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      switch (tag) {
        case 1 << 3 | delimited: traceId = this.#traceId(); break;
        case 2 << 3 | delimited: spanId = fields.hex(); break;
        case 3 << 3 | delimited: this.#skipBytes(); break;
        case 4 << 3 | delimited: parentSpanId = fields.hex(); break;
        case 5 << 3 | delimited: name = this.#text(); break;
        case 6 << 3 | varint: kind = reader.int32(); break;
        case 7 << 3 | bits64: startUnixNano = fields.fixed64(); break;
        case 8 << 3 | bits64: endUnixNano = fields.fixed64(); break;
        case 9 << 3 | delimited: {
          const wanted = this.#keyValue(ofSpans);
          if (wanted !== undefined) (attributes ??= []).push(wanted);
          break;
        }
        case 11 << 3 | delimited: {
          const wanted = this.#holder(3, ofSpans);
          if (wanted !== undefined) (events ??= []).push({ timeUnixNano: 0n, name: '', attributes: wanted, droppedAttributesCount: 0 });
          break;
        }
        case 13 << 3 | delimited: this.#holder(4, undefined); break;
        case 15 << 3 | delimited: status = this.#status(status); break;
        case 10 << 3 | varint: case 12 << 3 | varint: case 14 << 3 | varint: reader.uint32(); break;
        case 16 << 3 | bits32: reader.fixed32(); break;
        default: fields.skip(tag);
      }
    }
    if (spanProblem(traceId, spanId, parentSpanId) !== undefined) throw leaveIt;
    return {
      traceId,
      spanId,
      parentSpanId: isSpanId(parentSpanId) ? parentSpanId : undefined,
      traceState: '',
      flags: 0,
      name,
      kind,
      startUnixNano,
      endUnixNano,
      attributes: attributes ?? noAttributes,
      droppedAttributesCount: 0,
      events: events ?? noEvents,
      droppedEventsCount: 0,
      links: noLinks,
      droppedLinksCount: 0,
      status,
      resource,
      scope,
    };
  }

  /** One of the request's before where the bytes are the same: a string that was hashed once is not hashed again. */
  #traceId(): string {
    const { reader } = this.#fields;
    const start = reader.pos;
    const length = reader.size();
    const at = reader.pos;
    if (length !== 16) throw leaveIt;
    reader.skip(length);
    const bytes = this.#bytes;
    const slot = ((bytes[at + 14] as number) ^ (bytes[at + 15] as number) ^ (bytes[at + 7] as number) ^ (bytes[at + 11] as number)) % idSlots;
    const last = this.#traceIdAt[slot] as number;
    if (last >= 0) {
      let same = 0;
      while (same < 16 && bytes[last + same] === bytes[at + same]) same++;
      if (same === 16) return this.#traceIds[slot] as string;
    }
    reader.pos = start;
    const id = this.#fields.hex();
    this.#traceIds[slot] = id;
    this.#traceIdAt[slot] = at;
    return id;
  }

  #status(before: SpanStatus): SpanStatus {
    const fields = this.#fields;
    const outer = fields.enter();
    let { code, message } = before;
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      if (tag === (2 << 3 | delimited)) message = this.#text();
      else if (tag === (3 << 3 | varint)) code = fields.reader.int32();
      else fields.skip(tag);
    }
    fields.leave(outer);
    return code === 0 && message === '' ? statusUnset : { code, message };
  }

  /** An event or a link, whose attributes are in `field`: those that are wanted, undefined for none. */
  #holder(field: number, keys: Wanted | undefined): Attribute[] | undefined {
    const fields = this.#fields;
    const outer = fields.enter();
    fields.items.take();
    let attributes: Attribute[] | undefined;
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      if (tag === (field << 3 | delimited)) {
        const wanted = this.#keyValue(keys);
        if (wanted !== undefined) (attributes ??= []).push(wanted);
      } else {
        fields.skip(tag);
      }
    }
    fields.leave(outer);
    return attributes;
  }

  /** One that is wanted, with its value; of others the value is gone through. */
  #keyValue(keys: Wanted | undefined): Attribute | undefined {
    const fields = this.#fields;
    const { reader } = fields;
    const start = reader.pos;
    const end = this.#endOfShort(start, reader.len);
    if (end > 0) {
      fields.items.take();
      const found = keys !== undefined && keys.letters[this.#bytes[start + 3] as number] === 1 ? this.#shortValue(keys.keys, start) : undefined;
      reader.pos = end;
      return found;
    }
    const outer = fields.enter();
    fields.items.take();
    let key = '';
    let isWanted = false;
    let value: AttributeValue;
    let order = 0;
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      if (tag === (1 << 3 | delimited) && order === 0) {
        order = 1;
        key = this.#text();
        isWanted = keys?.keys.has(key) === true;
      } else if (tag === (2 << 3 | delimited) && order === 1) {
        order = 2;
        if (isWanted) value = this.#wantedValue();
        else this.#passValue(1);
      } else {
        // Another order, or twice: the last one holds.
        throw leaveIt;
      }
    }
    fields.leave(outer);
    return isWanted ? { key, value } : undefined;
  }

  /**
   * Most attributes are alike: shorter than 128 bytes, the key, then one text or number, every length a byte. The end of such a one, behind a look at
   * each of its bytes that says something; 0 for any other, which the reader goes through.
   *
   *     | length | 0A | length | key … | 12 | length | 0A | length | text …  or  18 | varint  or  21 | double  or  10 | bool |
   */
  #endOfShort(start: number, limit: number): number {
    const bytes = this.#bytes;
    const end = start + 1 + (bytes[start] as number);
    if (end > limit || end > start + 128 || end < start + 5) return 0;
    if (bytes[start + 1] !== 0x0a) return 0;
    const keyLength = bytes[start + 2] as number;
    const value = start + 3 + keyLength;
    if (value + 2 > end || keyLength >= 0x80 || keyLength === 0 || bytes[value] !== 0x12 || value + 2 + (bytes[value + 1] as number) !== end) return 0;
    const inner = value + 2;
    if (inner + 2 > end) return 0;
    switch (bytes[inner]) {
      case 0x0a: return inner + 2 + (bytes[inner + 1] as number) === end ? end : 0;
      case 0x18: {
        if (end - inner > 10) return 0;
        for (let at = inner + 1; at < end - 1; at++) if ((bytes[at] as number) < 0x80) return 0;
        return (bytes[end - 1] as number) < 0x80 ? end : 0;
      }
      case 0x10: return end === inner + 2 && (bytes[inner + 1] as number) < 2 ? end : 0;
      case 0x21: return end === inner + 9 ? end : 0;
      default: return 0;
    }
  }

  /** Of an attribute of that form, where its key is wanted. */
  #shortValue(keys: ReadonlySet<string>, start: number): Attribute | undefined {
    const bytes = this.#bytes;
    const { reader } = this.#fields;
    const keyLength = bytes[start + 2] as number;
    const key = known.text(this.#view, start + 3, keyLength);
    if (key === undefined || !keys.has(key)) return undefined;
    const inner = start + 3 + keyLength + 2;
    reader.pos = inner + 1;
    switch (bytes[inner]) {
      case 0x0a: return { key, value: known.text(this.#view, inner + 2, bytes[inner + 1] as number) };
      case 0x18: return { key, value: this.#fields.int64() };
      case 0x21: return { key, value: reader.double() };
      default: return { key, value: bytes[inner + 1] === 1 };
    }
  }

  /** Of an AnyValue: a text or a number. */
  #wantedValue(): AttributeValue {
    const fields = this.#fields;
    const outer = fields.enter();
    const tag = fields.nextTag();
    let value: AttributeValue;
    if (tag === (1 << 3 | delimited)) value = this.#text();
    else if (tag === (3 << 3 | varint)) value = fields.int64();
    else if (tag === (4 << 3 | bits64)) value = fields.reader.double();
    else throw leaveIt;
    if (fields.nextTag() !== 0) throw leaveIt;
    fields.leave(outer);
    return value;
  }

  /** AnyValue: what it holds is not wanted, and has to be well-formed all the same. */
  #passValue(depth: number): void {
    if (depth > maxValueDepth) throw leaveIt;
    const fields = this.#fields;
    const outer = fields.enter();
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      switch (tag) {
        case 1 << 3 | delimited: case 7 << 3 | delimited: this.#skipBytes(); break;
        case 2 << 3 | varint: fields.reader.bool(); break;
        case 3 << 3 | varint: fields.int64(); break;
        case 4 << 3 | bits64: fields.reader.double(); break;
        case 5 << 3 | delimited: this.#passList(depth, false); break;
        case 6 << 3 | delimited: this.#passList(depth, true); break;
        default: fields.skip(tag);
      }
    }
    fields.leave(outer);
  }

  /** ArrayValue and KeyValueList: 1 values. */
  #passList(depth: number, isKeyed: boolean): void {
    const fields = this.#fields;
    const outer = fields.enter();
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      if (tag !== (1 << 3 | delimited)) {
        fields.skip(tag);
        continue;
      }
      fields.items.take();
      if (!isKeyed) {
        this.#passValue(depth + 1);
        continue;
      }
      const entry = fields.enter();
      for (let inner = fields.nextTag(); inner !== 0; inner = fields.nextTag()) {
        if (inner === (1 << 3 | delimited)) this.#skipBytes();
        else if (inner === (2 << 3 | delimited)) this.#passValue(depth + 1);
        else fields.skip(inner);
      }
      fields.leave(entry);
    }
    fields.leave(outer);
  }

  #text(): string {
    const { reader } = this.#fields;
    const start = reader.pos;
    const length = reader.size();
    const at = reader.pos;
    reader.skip(length);
    const text = known.text(this.#view, at, length);
    if (text !== undefined) return text;
    reader.pos = start;
    return this.#fields.string();
  }

  #skipBytes(): void {
    const { reader } = this.#fields;
    reader.skip(reader.size());
  }
}
