/** Names a function to a command, also from a hover's link: plain JSON. */
export interface FunctionTarget {
  readonly file: string;
  /** 1-based, in the text as it is now. */
  readonly line: number;
  readonly functionName?: string;
}

/** Commands are called by anyone, with anything. */
export function isFunctionTarget(value: unknown): value is FunctionTarget {
  if (typeof value !== 'object' || value === null) return false;
  const { file, line, functionName } = value as Record<string, unknown>;
  return typeof file === 'string' && Number.isSafeInteger(line) && (functionName === undefined || typeof functionName === 'string');
}
