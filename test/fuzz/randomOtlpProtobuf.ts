import { mutatedBytes } from './mutations.ts';
import type { Random } from './random.ts';
import { type AnyValue, type KeyValue, randomRequest, type RequestEvent, type RequestLink, type RequestSpan, seldom } from './randomRequest.ts';

/** A field: its number, its wire type, and its bytes without tag and length. */
type Field = readonly [number, 0 | 1 | 2 | 5, Buffer];

/** How often ("once in so many", Infinity for never) a writer does what SDKs do not. */
interface Style {
  readonly shuffle: number;
  readonly odd: number;
  readonly long: number;
}

const styles: readonly Style[] = [
  { shuffle: Infinity, odd: Infinity, long: Infinity }, { shuffle: Infinity, odd: Infinity, long: 100 }, { shuffle: 20, odd: Infinity, long: Infinity }, { shuffle: Infinity, odd: 60, long: Infinity }, { shuffle: 60, odd: 200, long: 900 },
];

const varint = 0, bits64 = 1, delimited = 2, bits32 = 5;

const without = <T>(list: readonly (T | false)[]): T[] => list.filter((each): each is T => each !== false);

/** ExportTraceServiceRequests in bytes, most of them valid and in all the forms that protobuf has for the same thing. */
export function randomOtlpProtobuf(random: Random): Buffer {
  const style = random.of(styles);
  const bytes = new Writer(random, style).request();
  const other = () => new Writer(random, style).request();
  switch (random.below(12)) {
    case 0: case 1: return mutatedBytes(random, bytes, other());
    // Two of one encoding, one behind the other, are one that holds both.
    case 2: return Buffer.concat([bytes, other()]);
    case 3: return bytes.subarray(0, random.below(bytes.length + 1));
    case 4: case 5: {
      if (bytes.length === 0) return bytes;
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      return bytes;
    }
    default: return bytes;
  }
}

class Writer {
  readonly #random: Random;
  readonly #style: Style;

  constructor(random: Random, style: Style) {
    this.#random = random;
    this.#style = style;
  }

  request(): Buffer {
    return this.#message(randomRequest(this.#random).map((group): Field => [1, delimited, this.#message([
      ...(group.resource === undefined ? [] : [[1, delimited, this.#message(this.#attributes(1, group.resource))] as const]),
      ...group.scopes.map((scope): Field => [2, delimited, this.#message([
        ...(scope.name === undefined ? [] : [[1, delimited, this.#message([this.#text(1, scope.name), this.#text(2, '1'), ...this.#attributes(3, scope.attributes)])] as const]),
        ...scope.spans.map((span): Field => [2, delimited, this.#span(span)]),
      ])]),
      ...(group.schemaUrl === '' ? [] : [this.#text(3, group.schemaUrl)]),
    ])]));
  }

  #span(span: RequestSpan): Buffer {
    return this.#message(without<Field>([
      this.#hex(1, span.traceId), this.#hex(2, span.spanId), span.traceState !== '' && this.#text(3, span.traceState), span.parentSpanId !== '' && this.#hex(4, span.parentSpanId),
      span.name !== '' && this.#text(5, span.name), span.kind !== 0 && this.#varint(6, BigInt(span.kind)), this.#fixed64(7, span.startUnixNano), this.#fixed64(8, span.endUnixNano), ...this.#attributes(9, span.attributes),
      span.dropped > 0 && this.#varint(10, BigInt(span.dropped)), ...span.events.map((event): Field => [11, delimited, this.#event(event)]), ...span.links.map((link): Field => [13, delimited, this.#link(link)]),
      ...(span.status === undefined ? [] : this.#status(span.status)), seldom(this.#random, 3) && [16, bits32, Buffer.from([1, 1, 0, 0])],
    ]));
  }

  /** At times in two pieces, which are one. */
  #status({ code, message }: { readonly code: number; readonly message: string }): Field[] {
    const [first, second] = [this.#text(2, message), this.#varint(3, BigInt(code))];
    const pieces = seldom(this.#random, 20) ? [[first], [second]] : [[first, second]];
    return pieces.map((piece) => [15, delimited, this.#message(piece)]);
  }

  #event(event: RequestEvent): Buffer {
    return this.#message([this.#fixed64(1, event.timeUnixNano), this.#text(2, event.name), ...this.#attributes(3, event.attributes), this.#varint(4, 1n)]);
  }

  #link(link: RequestLink): Buffer {
    return this.#message([this.#hex(1, link.traceId), this.#hex(2, link.spanId), this.#text(3, ''), ...this.#attributes(4, link.attributes), this.#varint(5, 300n), [6, bits32, Buffer.from([1, 1, 0, 0])]]);
  }

  #attributes(number: number, all: readonly KeyValue[]): Field[] {
    return all.map((each) => [number, delimited, this.#keyValue(each)]);
  }

  #keyValue({ key, value }: KeyValue): Buffer {
    return this.#message([this.#text(1, key), [2, delimited, this.#anyValue(value)]]);
  }

  #anyValue(value: AnyValue): Buffer {
    switch (value.kind) {
      case 'string': return this.#message([this.#text(1, value.value)]);
      case 'bytes': return this.#message([this.#text(7, value.value)]);
      case 'bool': return this.#message([this.#varint(2, value.value ? 1n : 0n)]);
      case 'int': return this.#message([this.#varint(3, value.value)]);
      case 'double': { const bytes = Buffer.alloc(8); bytes.writeDoubleLE(value.value); return this.#message([this.#bits64(4, bytes)]); }
      case 'array': return this.#message([[5, delimited, this.#message(value.value.map((each): Field => [1, delimited, this.#anyValue(each)]))]]);
      case 'map': return this.#message([[6, delimited, this.#message(this.#attributes(1, value.value))]]);
      case 'none': return Buffer.alloc(0);
    }
  }

  #text(number: number, text: string): Field {
    return [number, delimited, Buffer.from(text)];
  }

  #hex(number: number, hex: string): Field {
    return [number, delimited, Buffer.from(hex, 'hex')];
  }

  #fixed64(number: number, value: bigint): Field {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    return this.#bits64(number, bytes);
  }

  /** At times a byte short, or one too many. */
  #bits64(number: number, bytes: Buffer): Field {
    return [number, bits64, this.#once(this.#style.odd) ? this.#random.of([bytes.subarray(1), Buffer.concat([bytes, Buffer.from([5])])]) : bytes];
  }

  /** At times without an end. */
  #varint(number: number, value: bigint): Field {
    const bytes = this.#varintBytes(BigInt.asUintN(64, value));
    if (this.#once(this.#style.odd)) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    return [number, varint, bytes];
  }

  /** At times with zeros behind it that count for nothing, to ten bytes, which is the most, or past that. */
  #varintBytes(value: bigint): Buffer {
    const bytes: number[] = [];
    do {
      bytes.push(Number(value & 0x7fn) | 0x80);
      value >>= 7n;
    } while (value > 0n);
    if (this.#once(this.#style.long)) for (let more = 1 + this.#random.below(this.#random.of([2, 10, 16])); more > 0; more--) bytes.push(0x80);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) & 0x7f;
    return Buffer.from(bytes);
  }

  #message(fields: Field[]): Buffer {
    const random = this.#random;
    if (this.#once(this.#style.shuffle)) fields.sort(() => random.below(3) - 1);
    const parts: Buffer[] = [];
    for (const field of fields) {
      parts.push(this.#field(field));
      // A field twice, a message in two pieces.
      if (this.#once(this.#style.odd)) parts.push(this.#field(random.of([field, random.of(fields)])));
    }
    if (this.#once(this.#style.odd)) parts.splice(random.below(parts.length + 1), 0, this.#odd());
    return Buffer.concat(parts);
  }

  #field([number, wire, payload]: Field): Buffer {
    const tag = this.#varintBytes(BigInt(number << 3 | wire));
    return Buffer.concat(wire === delimited ? [tag, this.#varintBytes(BigInt(payload.length)), payload] : [tag, payload]);
  }

  /** A field no version knows, or one that is known under another wire type, groups among them. */
  #odd(): Buffer {
    const random = this.#random;
    const number = random.of([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 15, 16, 17, 100, 536_870_911]);
    switch (random.below(6)) {
      case 0: return this.#field([number, varint, this.#varintBytes(BigInt(random.below(1000)))]);
      case 1: return this.#field([number, bits64, random.bytes(8)]);
      case 2: return this.#field([number, bits32, random.bytes(4)]);
      case 3: return this.#field([number, delimited, random.bytes(random.below(20))]);
      case 4: return Buffer.concat([this.#varintBytes(BigInt(number) << 3n | 3n), this.#field([1, varint, Buffer.from([5])]), this.#varintBytes(BigInt(number) << 3n | 4n)]);
      default: return this.#field([number, delimited, Buffer.alloc(0)]);
    }
  }

  #once(often: number): boolean {
    return often !== Infinity && seldom(this.#random, often);
  }
}
