/** One frame of a stack's text. Line and column are 1-based. */
export interface StackFrame {
  /**
   * As the runtime writes it, without the marks a compiler adds for closures and coroutines, and without its class where
   * `className` has that; undefined for what has no name of its own. For `explain` and for symbols: a minified program has minified names.
   */
  readonly functionName: string | undefined;
  /**
   * The qualified class, for runtimes whose frames name only the base name of a file (Java, PHP's SDK) or no file (.NET without
   * symbols): `com.acme.Orders$Item` with the JVM's `$` between nested classes, `Acme.Shop.Orders` in .NET, `App\Shop\Cart` in PHP.
   * PHP's SDK writes a function of a namespace just so: `App\Shop` is the namespace then.
   */
  readonly className?: string;
  /** Absolute, relative to where the program was built (Rust, Go), or a base name; undefined where the frame has no file (native code, evaluated text). */
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** Of evaluated text, where the stack says both: the position in it, and where in which file it is evaluated. */
  readonly evaluated?: EvaluatedPlace;
  /** Of another exception or thread that is printed with this one: what led to it, was suppressed by it, or ran beside it. */
  readonly isBeside?: true;
}

/** As frames of another exception or thread than the one that the stack is of. */
export function beside(frames: readonly StackFrame[]): StackFrame[] {
  return frames.map((frame) => ({ ...frame, isBeside: true }));
}

export interface EvaluatedPlace {
  /** As the text calls itself (`webpack-internal:///./src/x.ts`); undefined where it does not. */
  readonly name: string | undefined;
  readonly line: number;
  readonly column: number | undefined;
  readonly by: { readonly file: string; readonly line: number; readonly column: number | undefined };
}

/** What is read of a stack's text at most. */
export const maxStackLength = 65_536;
export const maxStackFrames = 200;
