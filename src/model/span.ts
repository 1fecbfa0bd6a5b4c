import type { Attributes } from './attributes.ts';
import { attribute, stringAttribute } from './attributes.ts';

/** What made the telemetry (a service instance). Shared by reference among the spans of one request. */
export interface Resource {
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly schemaUrl: string;
}

/** The instrumentation scope. Shared by reference among the spans of one request. */
export interface Scope {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly schemaUrl: string;
}

/** SpanKind of opentelemetry-proto trace/v1/trace.proto; unknown numbers are kept as received. */
export const spanKinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
export type SpanKindName = (typeof spanKinds)[number];

/** The kind in lower case; a number outside the enum reads 'unspecified'. */
export function spanKindName(kind: number): SpanKindName {
  return spanKinds[kind] ?? 'unspecified';
}

const server = 2;
const consumer = 5;

/** Work begins at these spans: they have no code of the program around them. */
export function isEntryKind(kind: number): boolean {
  return kind === server || kind === consumer;
}

export const statusError = 2;

export interface SpanStatus {
  /** 0 unset, 1 ok, 2 error; unknown numbers are kept as received. */
  readonly code: number;
  readonly message: string;
}

export interface SpanEvent {
  readonly timeUnixNano: bigint;
  readonly name: string;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly flags: number;
}

/** One span, as received. Ids are lower-case hex; times are nanoseconds since the Unix epoch. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** undefined for a root (absent, empty or all-zero on the wire). */
  readonly parentSpanId: string | undefined;
  readonly traceState: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly events: readonly SpanEvent[];
  readonly droppedEventsCount: number;
  readonly links: readonly SpanLink[];
  readonly droppedLinksCount: number;
  readonly status: SpanStatus;
  readonly resource: Resource;
  readonly scope: Scope;
}

export interface LogRecord {
  readonly timeUnixNano: bigint;
  readonly observedTimeUnixNano: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: import('./attributes.ts').AttributeValue;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly flags: number;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly resource: Resource;
  readonly scope: Scope;
}

/** A record without a time of its own goes by when it was seen (logs data model, field Timestamp). */
export function logTimeUnixNano({ timeUnixNano, observedTimeUnixNano }: LogRecord): bigint {
  return timeUnixNano !== 0n ? timeUnixNano : observedTimeUnixNano;
}

/** `service.name`, or the SDKs' own fallback where a resource does not say it (resource semantic conventions). */
export function serviceName(resource: Resource): string {
  return stringAttribute(resource.attributes, 'service.name') ?? 'unknown_service';
}

/** The resource attribute that says which capture a span belongs to. */
export const captureAttribute = 'traceline.capture';

/** Spans that no capture of ours asked for. */
export const externalCaptureId = 'external';

export function captureId(resource: Resource): string {
  const value = attribute(resource.attributes, captureAttribute);
  return typeof value === 'string' && /^[\w.:-]{1,100}$/.test(value) ? value : externalCaptureId;
}
