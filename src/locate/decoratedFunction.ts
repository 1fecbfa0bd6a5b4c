import type { FunctionRange } from './location.ts';

const maxLines = 20;

/**
 * The function that a line decorates: Python says of a decorated function, and Rust of an `#[instrument]`ed one, the line of the decorator, which
 * is not in the function. undefined where the line is none, or a class comes first. Lines are 1-based.
 */
export function decoratedFunction(functions: readonly FunctionRange[], lines: readonly string[], line: number): FunctionRange | undefined {
  if (!/^\s*(?:@[\p{L}_]|#\[)/u.test(lines[line - 1] ?? '')) return undefined;
  for (let at = line; at <= line + maxLines && at <= lines.length; at++) {
    const found = functions.find((each) => each.startLine === at);
    if (found !== undefined) return found;
    if (/^\s*(?:(?:pub(?:\([^)]*\))?|abstract|export|final|public)\s+)*(?:class|struct|enum|trait|impl|mod|interface)\b/.test(lines[at - 1] ?? '')) return undefined;
  }
  return undefined;
}
