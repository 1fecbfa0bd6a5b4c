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

/** Languages whose stacks are printed alike have one name. */
export type StackLanguage = 'javascript' | 'python' | 'java' | 'go' | 'dotnet' | 'ruby' | 'php' | 'rust';

interface Grammar {
  readonly language: StackLanguage;
  readonly parse: Parser;
}

/** The grammar of each `telemetry.sdk.language`. cpp, erlang and swift have no form of their own to read. */
const grammars: ReadonlyMap<string, Grammar> = new Map<string, Grammar>([
  ['nodejs', { language: 'javascript', parse: parseJavascriptStack }],
  ['webjs', { language: 'javascript', parse: parseJavascriptStack }],
  // Deno's own exporter.
  ['deno-rust', { language: 'javascript', parse: parseJavascriptStack }],
  ['python', { language: 'python', parse: parsePythonStack }],
  ['java', { language: 'java', parse: parseJavaStack }],
  ['go', { language: 'go', parse: parseGoStack }],
  ['dotnet', { language: 'dotnet', parse: parseDotnetStack }],
  ['ruby', { language: 'ruby', parse: parseRubyStack }],
  ['php', { language: 'php', parse: parsePhpStack }],
  ['rust', { language: 'rust', parse: parseRustStack }],
]);

/** Each grammar once, in the order that decides where two read the same number of frames. */
const sniffed: readonly Grammar[] = [
  { language: 'rust', parse: parseRustStack },
  { language: 'javascript', parse: parseV8Stack },
  { language: 'python', parse: parsePythonStack },
  { language: 'go', parse: parseGoStack },
  { language: 'ruby', parse: parseRubyStack },
  { language: 'java', parse: parseJavaStack },
  { language: 'php', parse: parsePhpStack },
  { language: 'dotnet', parse: parseDotnetStack },
  { language: 'javascript', parse: parseGeckoJscStack },
];

export type StackReading =
  | { readonly frames: readonly StackFrame[]; readonly language: StackLanguage }
  /** Why there are none. */
  | { readonly frames: readonly []; readonly language: undefined; readonly reason: string };

/**
 * The frames of a stack's text, those of the exception itself first and innermost first, then those of its causes. A text whose
 * language is unknown is read by the grammar that finds the most frames in it. What Rust's tracing-opentelemetry calls a stack
 * is a list of error messages, in which there are none.
 */
export function readStack(text: string, language: string | undefined): StackReading {
  const grammar = language === undefined ? undefined : grammars.get(language);
  if (language !== undefined && grammar === undefined) return { frames: [], language: undefined, reason: `stacks of ${language} are not read` };
  const reading = grammar === undefined ? sniff(text) : { frames: grammar.parse(text), language: grammar.language };
  if (reading !== undefined && reading.frames.length > 0) return reading;
  const reason = `it has no frame ${language === undefined ? 'of a language that is read' : `as ${language} writes them`}, or its first ones were cut off`;
  return { frames: [], language: undefined, reason };
}

function sniff(text: string): StackReading | undefined {
  let best: StackReading | undefined;
  for (const { language, parse } of sniffed) {
    const frames = parse(text);
    if (weight(frames) > weight(best?.frames ?? [])) best = { frames, language };
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
