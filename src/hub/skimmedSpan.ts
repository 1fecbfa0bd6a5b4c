import type { Attributes } from '../model/attributes.ts';
import type { Resource, Scope, Span, SpanEvent, SpanStatus } from '../model/span.ts';

/** What the spans of one place have in common, as far as they are counted by it. */
export type SpanShape = Pick<Span, 'name' | 'kind' | 'attributes' | 'events' | 'resource' | 'scope'>;

const noLinks: Span['links'] = [];

/**
 * A span with no more than the hub counts it by: of attributes, events, resource and scope only what says where it belongs, and no links. Its ids are numbers
 * (idWords.ts): few spans are ever asked for the text, and the memory is told apart by numbers.
 */
export class SkimmedSpan implements Span {
  readonly traceId: string;
  readonly idFirst: number;
  readonly idLast: number;
  /** Both zero where there is none. */
  readonly parentFirst: number;
  readonly parentLast: number;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly status: SpanStatus;
  /** The same object for all spans that are alike in it, of many requests. */
  readonly shape: SpanShape;

  constructor(
    traceId: string, idFirst: number, idLast: number, parentFirst: number, parentLast: number, startUnixNano: bigint, endUnixNano: bigint, status: SpanStatus, shape: SpanShape,
  ) {
    this.traceId = traceId;
    this.idFirst = idFirst;
    this.idLast = idLast;
    this.parentFirst = parentFirst;
    this.parentLast = parentLast;
    this.startUnixNano = startUnixNano;
    this.endUnixNano = endUnixNano;
    this.status = status;
    this.shape = shape;
  }

  get spanId(): string {
    return idText(this.idFirst, this.idLast);
  }

  get parentSpanId(): string | undefined {
    return this.isRoot ? undefined : idText(this.parentFirst, this.parentLast);
  }

  get isRoot(): boolean {
    return (this.parentFirst | this.parentLast) === 0;
  }

  get name(): string {
    return this.shape.name;
  }

  get kind(): number {
    return this.shape.kind;
  }

  get attributes(): Attributes {
    return this.shape.attributes;
  }

  get events(): readonly SpanEvent[] {
    return this.shape.events;
  }

  get resource(): Resource {
    return this.shape.resource;
  }

  get scope(): Scope {
    return this.shape.scope;
  }

  get traceState(): string {
    return '';
  }

  get flags(): number {
    return 0;
  }

  get links(): Span['links'] {
    return noLinks;
  }

  get droppedAttributesCount(): number {
    return 0;
  }

  get droppedEventsCount(): number {
    return 0;
  }

  get droppedLinksCount(): number {
    return 0;
  }
}

/** The 16 hex digits of a span id. */
export function idText(first: number, last: number): string {
  return wordText(first) + wordText(last);
}

function wordText(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
