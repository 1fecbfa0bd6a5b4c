import type { StackFrame } from '../../../src/locate/stack/stackFrame.ts';

/** A frame on one line: `class::function file:line:column`, a dash for what it has not. */
export function shown(frames: readonly StackFrame[] | undefined): string[] | undefined {
  return frames?.map(({ className, functionName, file, line, column }) => {
    const name = className === undefined ? (functionName ?? '-') : `${className}::${functionName ?? '-'}`;
    return `${name} ${[file ?? '-', line, column].filter((each) => each !== undefined).join(':')}`;
  });
}
