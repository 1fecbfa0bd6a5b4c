import type { StackFrame } from './stackFrame.ts';
import { parseV8Stack } from './v8.ts';

/** The grammar of each `telemetry.sdk.language`. */
const grammars: ReadonlyMap<string, (text: string) => StackFrame[]> = new Map([
  ['nodejs', parseV8Stack],
  ['webjs', parseV8Stack],
  // Deno's own exporter.
  ['deno-rust', parseV8Stack],
]);

/** The frames of a stack's text, innermost first; undefined where its language has no grammar yet. A span that names no language is read as V8's. */
export function stackFrames(text: string, language: string | undefined): readonly StackFrame[] | undefined {
  return (language === undefined ? parseV8Stack : grammars.get(language))?.(text);
}
