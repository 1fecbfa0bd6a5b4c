/** One frame of a stack's text. Line and column are 1-based. */
export interface StackFrame {
  /** As the runtime writes it, for `explain` only: a minified program has minified names. */
  readonly functionName: string | undefined;
  /** undefined where the frame has no file (native code, evaluated text). */
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
}

/** What is read of a stack's text at most. */
export const maxStackLength = 65_536;
export const maxStackFrames = 200;
