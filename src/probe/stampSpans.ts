import { controllerMethod, standsForFunction, takeRunning } from './frameworkSpans.ts';
import type { FunctionSite } from './functionSite.ts';
import { noticeEnd, noticeStart } from './openSpans.ts';
import { PlacedMark } from './placedMark.ts';
import { siteOfCall, type SiteOfCall } from './siteOfCall.ts';
import type { Span } from './span.ts';

type Method = (this: unknown, ...parameters: unknown[]) => unknown;

const wrapped = new WeakSet<Method>();

/**
 * Makes `startSpan` of this tracer, and of all that share it (it is found on the prototype), stamp the site of its call on
 * the spans it returns. Once per method; its `this`, parameters, result, exceptions, name and length stay.
 * `asked` tells the site of the call that a span is started for, where the program is no longer on the stack.
 */
export function stampSpans(tracer: object, asked?: () => SiteOfCall | undefined): void {
  wrapMethod(tracer, 'startSpan', (original) => {
    const startSpan: Method = function (this: unknown, ...parameters) {
      const span = Reflect.apply(original, this, parameters);
      try {
        noticeStart(span as Span, watchEnd);
        stamp(span as Span, startSpan, asked);
      } catch {
        // The program must not notice: its span stays as it was.
      }
      return span;
    };
    return startSpan;
  });
}

function watchEnd(span: object): void {
  wrapMethod(span, 'end', noticeEnd);
}

function stamp(span: Span, below: Method, asked: (() => SiteOfCall | undefined) | undefined): void {
  if (typeof span?.isRecording !== 'function' || !span.isRecording()) return;
  const set = span.attributes;
  if (set !== undefined && (set['code.file.path'] !== undefined || set['code.filepath'] !== undefined)) return;
  if (standsForFunction((span.instrumentationScope ?? span.instrumentationLibrary)?.name, set)) {
    const method = controllerMethod(set, span.spanContext(), span.parentSpanContext);
    const site = takeRunning();
    if (site !== undefined) place(span, site);
    else if (method !== undefined) span.setAttribute('code.function.name', method);
    return;
  }
  const site = siteOfCall(below, speaksForParent(span)) ?? asked?.();
  if (site === undefined) return;
  place(span, site);
  span.setAttribute('code.stacktrace', site.stack);
}

/** Sets what is known of a site. */
export function place(span: Span, site: FunctionSite | SiteOfCall): void {
  if (site.path !== undefined) span.setAttribute('code.file.path', site.path);
  if (site.line !== undefined) span.setAttribute('code.line.number', site.line);
  if (site.column !== undefined) span.setAttribute('code.column.number', site.column);
  if (site.functionName !== undefined) span.setAttribute('code.function.name', site.functionName);
  PlacedMark.put(span.spanContext());
}

/**
 * A server span is started by Node, not by the program, so it has no site: it takes the outermost frame found under it.
 * That is the deep end of the stack, which costs; only the spans right beneath one without a site look there.
 */
function speaksForParent(span: Span): boolean {
  const parent = span.parentSpanContext;
  if (parent === undefined) return span.parentSpanId !== undefined;
  return parent.isRemote !== true && !PlacedMark.isOn(parent);
}

/** Replaces a method where it is defined: on the object, else on the prototype that has it. Once per method. */
export function wrapMethod(target: object, name: string, wrap: (original: Method) => Method): void {
  let holder: object | null = target;
  while (holder !== null && !Object.hasOwn(holder, name)) holder = Object.getPrototypeOf(holder) as object | null;
  if (holder === null || holder === Object.prototype) return;
  const descriptor = Object.getOwnPropertyDescriptor(holder, name);
  const original: unknown = descriptor?.value;
  if (typeof original !== 'function' || wrapped.has(original as Method)) return;
  const replacement = wrap(original as Method);
  wrapped.add(replacement);
  for (const key of ['name', 'length'] as const) Object.defineProperty(replacement, key, { value: original[key], configurable: true });
  Object.defineProperty(holder, name, { ...descriptor, value: replacement });
}
