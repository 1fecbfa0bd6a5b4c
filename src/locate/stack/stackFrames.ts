import { parseDotnetStack } from './dotnet.ts';
import { parseGeckoJscStack } from './geckoJsc.ts';
import { parseGoStack } from './go.ts';
import { parseJavaStack } from './java.ts';
import { parsePhpStack } from './php.ts';
import { parsePythonStack } from './python.ts';
import { parseRubyStack } from './ruby.ts';
import { parseRustStack } from './rust.ts';
import type { StackFrame } from './stackFrame.ts';
import { parseV8Stack } from './v8.ts';

type Parser = (text: string) => StackFrame[];

/** The grammar of each `telemetry.sdk.language`. cpp, erlang and swift have no form of their own to read. */
const grammars: ReadonlyMap<string, Parser> = new Map([
  ['nodejs', parseJavascriptStack],
  ['webjs', parseJavascriptStack],
  // Deno's own exporter.
  ['deno-rust', parseJavascriptStack],
  ['python', parsePythonStack],
  ['java', parseJavaStack],
  ['go', parseGoStack],
  ['dotnet', parseDotnetStack],
  ['ruby', parseRubyStack],
  ['php', parsePhpStack],
  ['rust', parseRustStack],
]);

/** Each grammar once, in the order that decides where two read the same number of frames. */
const sniffed: readonly Parser[] = [
  parseRustStack, parseV8Stack, parsePythonStack, parseGoStack, parseRubyStack, parseJavaStack, parsePhpStack, parseDotnetStack, parseGeckoJscStack,
];

export interface StackReading {
  readonly frames: readonly StackFrame[];
  /** Why there are none. */
  readonly reason: string | undefined;
}

/**
 * The frames of what a span calls a stack trace, as `stackFrames` has them. It may be a list: of lines, or of error messages, which
 * tracing-opentelemetry sends for Rust and which are no stack.
 */
export function readStack(stack: string | readonly unknown[], language: string | undefined): StackReading {
  const isText = typeof stack === 'string';
  const frames = stackFrames(isText ? stack : stack.filter((line) => typeof line === 'string').join('\n'), language);
  if (frames === undefined) return { frames: [], reason: `stacks of ${language ?? ''} are not read` };
  if (frames.length > 0) return { frames, reason: undefined };
  if (!isText) return { frames, reason: `it is a list of ${stack.length} messages, not a stack` };
  return { frames, reason: `it has no frame ${language === undefined ? 'of a language that is read' : `as ${language} writes them`}, or its first ones were cut off` };
}

/**
 * The frames of a stack's text, those of the exception itself first and innermost first, then those of its causes; undefined where its
 * language has no grammar. A text whose language is unknown is read by the grammar that finds the most frames in it.
 */
export function stackFrames(text: string, language: string | undefined): readonly StackFrame[] | undefined {
  if (language !== undefined) return grammars.get(language)?.(text);
  let best: readonly StackFrame[] = [];
  for (const parse of sniffed) {
    const frames = parse(text);
    if (weight(frames) > weight(best)) best = frames;
  }
  return best;
}

/** Frames that have a place tell more than ones that only have a name. */
function weight(frames: readonly StackFrame[]): number {
  return frames.reduce((sum, { line }) => sum + (line === undefined ? 1 : 1_000), 0);
}

/** A browser is V8's or not; no text is read by both. */
function parseJavascriptStack(text: string): StackFrame[] {
  const frames = parseV8Stack(text);
  return frames.length > 0 ? frames : parseGeckoJscStack(text);
}
