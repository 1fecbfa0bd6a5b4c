import type { Span } from './span.ts';

type Method = (this: unknown, ...parameters: unknown[]) => unknown;

/** A program that forgets to end its spans must not keep them all through us. */
const maxOpen = 4096;
/** Sampled (trace context specification, trace-flags): the others never come to the hub. */
const sampledFlag = 1;

/** Spans that are recorded and have not ended, oldest first. */
const open = new Set<Span>();
const watchedTypes = new WeakSet<object>();
/** Nearly all spans are of one. */
let lastType: object | undefined;
let onOpen: (() => void) | undefined;
let onClosed: ((span: Span) => void) | undefined;

/** From now on spans are kept while they are open. `opened` hears of the first one after there was none; `closed` of each. */
export function keepOpenSpans(opened: () => void, closed: (span: Span) => void): void {
  onOpen = opened;
  onClosed = closed;
}

/** Of a span that was just started. `watchEnd` puts `noticeEnd` around the `end` of its class. All that a span costs is here and there. */
export function noticeStart(span: Span, watchEnd: (type: object) => void): void {
  if (onOpen === undefined || span.isRecording?.() !== true) return;
  if (((span.spanContext() as { readonly traceFlags: number }).traceFlags & sampledFlag) === 0) return;
  const type = Object.getPrototypeOf(span) as object;
  if (type !== lastType && !watchedTypes.has(type)) {
    // Whose end we would not hear of would be open for ever.
    if (Object.hasOwn(span, 'end')) return;
    watchEnd(span);
    watchedTypes.add(type);
  }
  lastType = type;
  if (open.size >= maxOpen) forgetOldest();
  open.add(span);
  if (open.size === 1) onOpen();
}

export function noticeEnd(original: Method): Method {
  return function (this: unknown, ...parameters) {
    if (open.delete(this as Span)) onClosed?.(this as Span);
    return Reflect.apply(original, this, parameters);
  };
}

/** Oldest first. */
export function openSpans(): ReadonlySet<Span> {
  return open;
}

/** Half of them at once, so that it costs nothing for each. */
function forgetOldest(): void {
  let left = maxOpen / 2;
  for (const span of open) {
    if (left-- <= 0) return;
    open.delete(span);
  }
}
