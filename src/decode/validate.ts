import type { Rejection } from './batch.ts';

/** How deep array and kvlist values may nest; deeper is refused rather than followed down the stack. */
export const maxValueDepth = 64;

const zeroTraceId = '0'.repeat(32);
const zeroSpanId = '0'.repeat(16);

/** Why a span is refused; undefined where it is fine. */
export type SpanProblem =
  | 'trace id must be 16 bytes, not all zero'
  | 'span id must be 8 bytes, not all zero'
  | 'parent span id must be 8 bytes';

/**
 * The one rule for both wire formats (opentelemetry-proto trace.proto, Span.trace_id, span_id and parent_span_id).
 * Only ids are judged: an empty name, an end before the start (clocks step) or no end at all is kept as received.
 *
 * @param parentSpanId hex as received, '' where there is none
 */
export function spanProblem(traceId: string, spanId: string, parentSpanId: string): SpanProblem | undefined {
  if (!isTraceId(traceId)) return 'trace id must be 16 bytes, not all zero';
  if (!isSpanId(spanId)) return 'span id must be 8 bytes, not all zero';
  if (parentSpanId.length !== 16 && parentSpanId !== '') return 'parent span id must be 8 bytes';
  return undefined;
}

/** The end of a span that says its duration; the wire's clock starts in 1970, whatever a duration below zero says. */
export function endOf(startUnixNano: bigint, durationNs: bigint): bigint {
  const end = startUnixNano + durationNs;
  return end < 0n ? 0n : end;
}

/** Of lower-case hex. */
export function isTraceId(hex: string): boolean {
  return hex.length === 32 && hex !== zeroTraceId;
}

/** Of lower-case hex. */
export function isSpanId(hex: string): boolean {
  return hex.length === 16 && hex !== zeroSpanId;
}

/** Counts refusals by their reason. */
export class RejectionCounter {
  readonly #counts = new Map<string, number>();

  add(reason: SpanProblem): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  list(): Rejection[] {
    return [...this.#counts].map(([reason, count]) => ({ reason, count }));
  }
}
