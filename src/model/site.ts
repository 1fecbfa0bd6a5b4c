import type { SpanKindName } from './span.ts';

/** What a span is called, for finding a place by name where the span itself says none. */
export interface SpanNaming {
  readonly name: string;
  readonly kind: SpanKindName;
  readonly scopeName: string;
  readonly httpRoute?: string;
  readonly httpMethod?: string;
  readonly rpcService?: string;
  readonly rpcMethod?: string;
  /** `service.name`: of places in several services one is its own. */
  readonly service?: string;
}

/**
 * Where a span says it was made, as the program saw it: generated code, another machine's paths.
 * Lines and columns are 1-based. Everything is optional: a span may say nothing at all.
 */
export interface Site {
  readonly filePath?: string;
  readonly line?: number;
  readonly column?: number;
  readonly functionName?: string;
  readonly namespace?: string;
  /** Text in the runtime's own stack format, innermost frame first for V8. */
  readonly stacktrace?: string;
  /**
   * Stacks of the spans beneath it, earliest first, for a server or consumer span: what starts such a span is no code of the
   * program's, but what it calls is. A place found through them is inferred.
   */
  readonly beneath?: readonly string[];
  /**
   * The stack of an exception that was recorded on the span, or logged with it, without its message; of a span that says no place. It was thrown
   * beneath the span, so a place found through it is inferred.
   */
  readonly exception?: string;
  /** For a span that names no file and no stack, and for every server and consumer span. */
  readonly naming?: SpanNaming;
  /** `telemetry.sdk.language`, which tells the stack's grammar and how names are joined. */
  readonly language?: string;
}

/** Whether the span itself says anything of its place. */
export function saysPlace(site: Site): boolean {
  return site.filePath !== undefined || site.functionName !== undefined || site.stacktrace !== undefined;
}

/** With the stack of an exception that is told of the span; as it is where the span says its place, or has one already. */
export function withException(site: Site, exception: string | undefined): Site {
  return exception === undefined || site.exception !== undefined || saysPlace(site) ? site : { ...site, exception };
}

/** The same text for equal sites, another for others. A field that holds a NUL, which parts them, loses it here. */
export function siteKey({ filePath, line, column, functionName, namespace, stacktrace, beneath, exception, naming, language }: Site): string {
  const { name, kind, scopeName, httpRoute, httpMethod, rpcService, rpcMethod, service } = naming ?? {};
  const fields = [filePath, line, column, functionName, namespace, language, name, kind, scopeName, httpRoute, httpMethod, rpcService, rpcMethod, service, exception, stacktrace];
  let key = '';
  for (const field of fields) key += `${withoutNul(field)}\0`;
  for (const stack of beneath ?? []) key += `${withoutNul(stack)}\0`;
  return key;
}

function withoutNul(field: string | number | undefined): string | number {
  return typeof field === 'string' && field.includes('\0') ? field.replaceAll('\0', '') : (field ?? '');
}
