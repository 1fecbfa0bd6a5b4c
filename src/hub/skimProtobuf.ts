import { FieldReader } from '../decode/fieldReader.ts';
import { ItemBudget } from '../decode/limits.ts';
import { isTraceId } from '../decode/validate.ts';
import type { Attribute } from '../model/attributes.ts';
import type { Resource, Scope, SpanEvent, SpanStatus } from '../model/span.ts';
import { leaveIt, ofResources, ofSpans, SkimAttributes } from './skimAttributes.ts';
import { SkimmedSpan, type SpanShape } from './skimmedSpan.ts';
import { SpanOrigins } from './spanOrigins.ts';
import { attributeMark, eventAttributeMark, eventMark, nameMark, shapeOf, type SkimmedTraces, SpanShapes } from './spanShapes.ts';
import { TraceIdSlots } from './traceIdSlots.ts';

const varint = 0;
const bits64 = 1;
const delimited = 2;
const bits32 = 5;

const statusUnset: SpanStatus = { code: 0, message: '' };

/** An ExportTraceServiceRequest in protobuf (skim.ts). @throws Error where it is left to the decoder */
export function skimProtobuf(bytes: Uint8Array): SkimmedTraces {
  return new Skim(bytes).read();
}

const shapes = new SpanShapes();
const origins = new SpanOrigins();

class Skim {
  readonly #fields: FieldReader;
  readonly #bytes: Uint8Array;
  /** Of the same bytes. */
  readonly #view: DataView;
  readonly #attributes: SkimAttributes;
  readonly #spans: SkimmedSpan[] = [];
  readonly #sizes: number[] = [];
  readonly #traceIds: TraceIdSlots;
  /** Of the span being read: mark, start and end of each wanted attribute. Emptied by the count alone: an array that is cut to nothing gives its memory up. */
  readonly #pieces: number[] = [];
  #pieceCount = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fields = new FieldReader(bytes, new ItemBudget());
    this.#traceIds = new TraceIdSlots(bytes, 16);
    this.#attributes = new SkimAttributes(this.#fields, bytes);
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
    let resource: Resource | undefined;
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      if (tag === (1 << 3 | delimited)) {
        // The decoder joins the pieces of one that comes apart, or behind its spans.
        if (resource !== undefined) throw leaveIt;
        resource = this.#resource();
      } else if (tag === (2 << 3 | delimited)) {
        const outer = fields.enter();
        fields.items.take();
        this.#scopeGroup((resource ??= origins.none));
        fields.leave(outer);
      } else {
        fields.skip(tag);
      }
    }
  }

  /** The same object for the same bytes. */
  #resource(): Resource {
    const fields = this.#fields;
    const { reader } = fields;
    const outer = fields.enter();
    const start = reader.pos;
    const known = origins.resource(this.#bytes, start, reader.len);
    if (known !== undefined) {
      fields.items.take(known.items);
      reader.pos = reader.len;
      fields.leave(outer);
      return known.resource;
    }
    const itemsBefore = fields.items.left;
    const attributes: Attribute[] = [];
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      if (tag === (1 << 3 | delimited)) {
        const at = reader.pos;
        if (this.#attributes.pass(ofResources)) attributes.push(this.#attributes.read(at));
      } else if (tag === (2 << 3 | varint)) {
        reader.uint32();
      } else {
        fields.skip(tag);
      }
    }
    fields.leave(outer);
    return origins.addResource(this.#bytes, start, reader.pos, attributes, itemsBefore - fields.items.left);
  }

  #scopeGroup(resource: Resource): void {
    const fields = this.#fields;
    let scope: Scope | undefined;
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      if (tag === (1 << 3 | delimited)) {
        if (scope !== undefined) throw leaveIt;
        const outer = fields.enter();
        let name = '';
        for (let inner = fields.nextTag(); inner !== 0; inner = fields.nextTag()) {
          if (inner === (1 << 3 | delimited)) name = fields.string();
          else if (inner === (3 << 3 | delimited)) this.#attributes.pass(undefined);
          else if (inner === (4 << 3 | varint)) fields.reader.uint32();
          else fields.skip(inner);
        }
        fields.leave(outer);
        scope = origins.scope(name);
      } else if (tag === (2 << 3 | delimited)) {
        const outer = fields.enter();
        fields.items.take();
        const start = fields.reader.pos;
        this.#spans.push(this.#span(resource, (scope ??= origins.scope(''))));
        this.#sizes.push(fields.reader.pos - start);
        fields.leave(outer);
      } else {
        fields.skip(tag);
      }
    }
  }

  /** The fields are those of decode/otlpProtobuf.ts. */
  #span(resource: Resource, scope: Scope): SkimmedSpan {
    const fields = this.#fields;
    const { reader } = fields;
    let traceId = '';
    let idFirst = 0, idLast = 0, parentFirst = 0, parentLast = 0;
    let kind = 0, nameAt = -1, nameEnd = -1;
    let startUnixNano = 0n, endUnixNano = 0n;
    let status = statusUnset;
    this.#pieceCount = 0;
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      switch (tag) {
        case 1 << 3 | delimited: traceId = this.#traceId(); break;
        case 2 << 3 | delimited: {
          const at = this.#spanId();
          if (at < 0) throw leaveIt;
          idFirst = this.#view.getInt32(at);
          idLast = this.#view.getInt32(at + 4);
          break;
        }
        case 3 << 3 | delimited: reader.skip(reader.size()); break;
        case 4 << 3 | delimited: {
          const at = this.#spanId();
          parentFirst = at < 0 ? 0 : this.#view.getInt32(at);
          parentLast = at < 0 ? 0 : this.#view.getInt32(at + 4);
          break;
        }
        case 5 << 3 | delimited:
          nameAt = reader.pos;
          reader.skip(reader.size());
          nameEnd = reader.pos;
          break;
        case 6 << 3 | varint: kind = reader.int32(); break;
        case 7 << 3 | bits64: startUnixNano = fields.fixed64(); break;
        case 8 << 3 | bits64: endUnixNano = fields.fixed64(); break;
        case 9 << 3 | delimited: {
          const start = reader.pos;
          if (this.#attributes.pass(ofSpans)) this.#addPiece(attributeMark, start, reader.pos);
          break;
        }
        case 11 << 3 | delimited: this.#event(); break;
        case 13 << 3 | delimited: this.#link(); break;
        case 15 << 3 | delimited: status = this.#status(status); break;
        case 10 << 3 | varint: case 12 << 3 | varint: case 14 << 3 | varint: reader.uint32(); break;
        case 16 << 3 | bits32: reader.fixed32(); break;
        default: fields.skip(tag);
      }
    }
    if (!isTraceId(traceId) || (idFirst | idLast) === 0) throw leaveIt;
    shapes.begin(kind, resource, scope);
    const pieces = this.#pieces;
    for (let at = 0; at < this.#pieceCount; at += 3) shapes.put(pieces[at] as number, this.#view, pieces[at + 1] as number, pieces[at + 2] as number);
    if (nameAt >= 0) shapes.put(nameMark, this.#view, nameAt, nameEnd);
    const shape = shapes.find() ?? this.#newShape(nameAt, kind, resource, scope);
    return new SkimmedSpan(traceId, idFirst, idLast, parentFirst, parentLast, startUnixNano, endUnixNano, status, shape);
  }

  #newShape(nameAt: number, kind: number, resource: Resource, scope: Scope): SpanShape {
    const { reader } = this.#fields;
    const attributes: Attribute[] = [];
    const events: SpanEvent[] = [];
    let ofEvent: Attribute[] = [];
    const pieces = this.#pieces;
    for (let at = 0; at < this.#pieceCount; at += 3) {
      const mark = pieces[at];
      const attribute = this.#attributes.read(pieces[at + 1] as number);
      if (mark === eventMark) events.push({ timeUnixNano: 0n, name: '', attributes: (ofEvent = []), droppedAttributesCount: 0 });
      (mark === attributeMark ? attributes : ofEvent).push(attribute);
    }
    let name = '';
    if (nameAt >= 0) {
      const end = reader.pos;
      reader.pos = nameAt;
      name = this.#fields.string();
      reader.pos = end;
    }
    const shape = shapeOf(name, kind, attributes, events, resource, scope);
    shapes.add(shape);
    return shape;
  }

  #addPiece(mark: number, start: number, end: number): void {
    const pieces = this.#pieces;
    let at = this.#pieceCount;
    pieces[at++] = mark;
    pieces[at++] = start;
    pieces[at++] = end;
    this.#pieceCount = at;
  }

  #traceId(): string {
    const { reader } = this.#fields;
    const length = reader.size();
    if (length !== 16) throw leaveIt;
    const at = reader.pos;
    reader.skip(length);
    return this.#traceIds.of(at, traceIdText);
  }

  /** Goes over a span id. @returns where it is; -1 for an empty one */
  #spanId(): number {
    const { reader } = this.#fields;
    const length = reader.size();
    const at = reader.pos;
    reader.skip(length);
    if (length === 8) return at;
    if (length === 0) return -1;
    throw leaveIt;
  }

  #status(before: SpanStatus): SpanStatus {
    const fields = this.#fields;
    const outer = fields.enter();
    let { code, message } = before;
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      if (tag === (2 << 3 | delimited)) message = fields.string();
      else if (tag === (3 << 3 | varint)) code = fields.reader.int32();
      else fields.skip(tag);
    }
    fields.leave(outer);
    return code === 0 && message === '' ? statusUnset : { code, message };
  }

  /** Event: 3 attributes, 4 dropped_attributes_count. Those that are wanted are added to the pieces, the first with another mark than those that follow. */
  #event(): void {
    const fields = this.#fields;
    const { reader } = fields;
    const outer = fields.enter();
    fields.items.take();
    let mark = eventMark;
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      if (tag !== (3 << 3 | delimited)) {
        this.#pass(tag, 4 << 3 | varint);
        continue;
      }
      const start = reader.pos;
      if (!this.#attributes.pass(ofSpans)) continue;
      this.#addPiece(mark, start, reader.pos);
      mark = eventAttributeMark;
    }
    fields.leave(outer);
  }

  /** Link: 4 attributes, 5 dropped_attributes_count. */
  #link(): void {
    const fields = this.#fields;
    const outer = fields.enter();
    fields.items.take();
    for (let tag = fields.nextTag(); tag !== 0; tag = fields.nextTag()) {
      if (tag === (4 << 3 | delimited)) this.#attributes.pass(undefined);
      else this.#pass(tag, 5 << 3 | varint);
    }
    fields.leave(outer);
  }

  /** Goes over a field. A count that is read may not be as long as one that is skipped. */
  #pass(tag: number, count: number): void {
    const fields = this.#fields;
    if (tag === count) fields.reader.uint32();
    else fields.skip(tag);
  }
}

function traceIdText(bytes: Uint8Array, start: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, 16).toString('hex');
}
