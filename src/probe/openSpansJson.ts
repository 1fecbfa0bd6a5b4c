import { environmentAttributes } from './environmentAttributes.ts';
import type { Span } from './span.ts';

/** A span as the SDKs have it (ReadableSpan of SDK 1 and 2). All of it is checked: another's span may look otherwise. */
interface Readable extends Span {
  readonly name?: unknown;
  readonly kind?: unknown;
  /** Seconds and nanoseconds since the epoch. */
  readonly startTime?: unknown;
  readonly resource?: { readonly attributes?: Readonly<Record<string, unknown>>; readonly asyncAttributesPending?: boolean };
}

interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
}

const maxAttributes = 64;
const maxTextLength = 1000;
/** A stack is told whole: what it is cut to would be another site. */
const maxStackLength = 16_000;

export function keyOf(span: Span): SpanContext {
  const { traceId, spanId } = span.spanContext() as SpanContext;
  return { traceId, spanId };
}

/** Milliseconds since the epoch; undefined where the span does not say when it began. */
export function startUnixMs(span: Span): number | undefined {
  const time = (span as Readable).startTime;
  return Array.isArray(time) && typeof time[0] === 'number' && typeof time[1] === 'number' ? time[0] * 1000 + time[1] / 1e6 : undefined;
}

/**
 * The spans as `resourceSpans` of an OTLP/JSON request, each in a group of its own, without an end. Newest first, until `maxLength`
 * characters are full; `told` are those that are in.
 */
export function openSpansJson(spans: readonly Span[], maxLength: number): { readonly groups: readonly string[]; readonly told: readonly Span[] } {
  const groups: string[] = [];
  const told: Span[] = [];
  let length = 0;
  for (const span of [...spans].reverse()) {
    let text;
    try {
      text = JSON.stringify(group(span as Readable));
    } catch {
      // Some value of its that cannot be read.
      continue;
    }
    length += text.length + 1;
    if (length > maxLength) break;
    groups.push(text);
    told.push(span);
  }
  return { groups, told };
}

function group(span: Readable): object {
  const { resource, startTime, parentSpanContext, kind } = span;
  const [seconds, nanos] = startTime as [number, number];
  // Asking before they have settled would make the SDK complain.
  const resourceAttributes = resource === undefined || resource.asyncAttributesPending === true ? environmentAttributes() : (resource.attributes ?? {});
  return {
    resource: { attributes: keyValues(resourceAttributes) },
    scopeSpans: [{
      scope: { name: (span.instrumentationScope ?? span.instrumentationLibrary)?.name ?? '' },
      spans: [{
        ...keyOf(span),
        parentSpanId: (parentSpanContext as { readonly spanId?: string } | undefined)?.spanId ?? span.parentSpanId,
        name: text(span.name),
        // OTLP counts from 1: there, 0 is "unspecified".
        kind: typeof kind === 'number' ? kind + 1 : 0,
        startTimeUnixNano: (BigInt(seconds) * 1_000_000_000n + BigInt(Math.round(nanos))).toString(),
        attributes: keyValues(span.attributes ?? {}),
      }],
    }],
  };
}

function keyValues(attributes: Readonly<Record<string, unknown>>): readonly object[] {
  return Object.entries(attributes).slice(0, maxAttributes).flatMap(([key, value]) => {
    const any = anyValue(value, key === 'code.stacktrace' ? maxStackLength : maxTextLength);
    return any === undefined ? [] : [{ key, value: any }];
  });
}

function anyValue(value: unknown, maxLength: number): object | undefined {
  if (typeof value === 'string') return { stringValue: value.slice(0, maxLength) };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.slice(0, maxAttributes).flatMap((item) => anyValue(item, maxTextLength) ?? []) } };
  return undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, maxTextLength) : '';
}
