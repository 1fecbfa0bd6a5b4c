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
  /** `telemetry.sdk.language`, which tells the stack's grammar and how names are joined. */
  readonly language?: string;
}
