import type { Span } from '../model/span.ts';
import { SkimmedSpan } from './skimmedSpan.ts';

/**
 * A span id as two signed numbers of 32 bits, the first half of its 16 hex digits and the last: a list of such numbers costs the garbage collector
 * nothing, where a list of strings is gone through again and again.
 */
const digits = new Uint8Array(128);
for (const [value, digit] of [...'0123456789abcdef'].entries()) digits[digit.charCodeAt(0)] = value;

type Named = Pick<Span, 'spanId'>;
/** One that has a parent. */
type Child = Pick<Span, 'parentSpanId'>;

export function idFirst(span: Named): number {
  return span instanceof SkimmedSpan ? span.idFirst : wordOf(span.spanId, 0);
}

export function idLast(span: Named): number {
  return span instanceof SkimmedSpan ? span.idLast : wordOf(span.spanId, 8);
}

export function parentFirst(span: Child): number {
  return span instanceof SkimmedSpan ? span.parentFirst : wordOf(span.parentSpanId!, 0);
}

export function parentLast(span: Child): number {
  return span instanceof SkimmedSpan ? span.parentLast : wordOf(span.parentSpanId!, 8);
}

export function isRoot(span: Child): boolean {
  return span instanceof SkimmedSpan ? span.isRoot : span.parentSpanId === undefined;
}

/** Of eight lower-case hex digits. */
export function wordOf(hex: string, from: number): number {
  let value = 0;
  for (let at = from; at < from + 8; at++) value = (value << 4) | (digits[hex.charCodeAt(at)] as number);
  return value;
}
