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
  /** For a span that names no file and no stack, and for every server and consumer span. */
  readonly naming?: SpanNaming;
  /** `telemetry.sdk.language`, which tells the stack's grammar and how names are joined. */
  readonly language?: string;
}

/** Whether the span itself says anything of its place. */
export function saysPlace(site: Site): boolean {
  return site.filePath !== undefined || site.functionName !== undefined || site.stacktrace !== undefined;
}
