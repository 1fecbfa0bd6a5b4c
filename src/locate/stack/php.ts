import { javaFrameParts } from './java.ts';
import type { StackFrame } from './stackFrame.ts';
import { beside, maxStackFrames, maxStackLength } from './stackFrame.ts';
import { firstLines, lastLines, wholeNumber } from './stackText.ts';

type Place = Pick<StackFrame, 'file' | 'line' | 'column'>;
type Name = Pick<StackFrame, 'className' | 'functionName'>;

const nowhere: Place = { file: undefined, line: undefined, column: undefined };
const noName: Name = { functionName: undefined };

interface Call {
  readonly name: Name;
  /** undefined for `{main}`, which nothing called. */
  readonly place: Place | undefined;
}

interface NativeTrace {
  /** Where the exception was made; undefined where the text has only the calls. */
  readonly place: Place | undefined;
  readonly calls: Call[];
}

/**
 * The frames of PHP's own text of an exception (or of `getTraceAsString`), or of the one that OpenTelemetry's SDK writes, innermost first:
 * those of the exception itself, then those of the previous ones, the nearest first. Reads at most `maxStackLength` characters and gives at most
 * `maxStackFrames` frames, in linear time.
 */
export function parsePhpStack(text: string): StackFrame[] {
  const native = parseNative(text);
  return native.length > 0 ? native : parseSdk(text);
}

/**
 * `#0 /x.php(4): Cart->price()` says that price was CALLED at that place: the place is in the function of the next line, and the first
 * function's own place, where the exception was made, ends its header. The exception itself is printed last.
 */
function parseNative(text: string): StackFrame[] {
  const isLong = text.length > maxStackLength && text.includes('\nNext ');
  const traces: NativeTrace[] = [];
  let before = '';
  for (const line of isLong ? lastLines(text) : firstLines(text)) {
    const content = line.trim();
    const call = parseCall(content);
    if (content === 'Stack trace:') traces.push({ place: headerPlace(before), calls: [] });
    else if (call !== undefined) {
      if (traces.length === 0) traces.push({ place: undefined, calls: [] });
      traces.at(-1)!.calls.push(call);
    }
    before = content;
  }
    const [thrown = [], ...previous] = traces.reverse().map(framesOf);
  return [...thrown, ...beside(previous.flat())].slice(0, maxStackFrames);
}

function framesOf({ place, calls }: NativeTrace): StackFrame[] {
  const frames: StackFrame[] = place === undefined ? [] : [{ ...(calls[0]?.name ?? noName), ...place }];
  for (const [i, call] of calls.entries()) {
    if (call.place !== undefined) frames.push({ ...(calls[i + 1]?.name ?? noName), ...call.place });
  }
  return frames;
}

/** The end of `RuntimeException: a message in /x.php:6`. */
function headerPlace(line: string): Place | undefined {
  const colon = line.lastIndexOf(':');
  // A message may hold ` in ` as well, a path hardly.
  const start = line.lastIndexOf(' in ', colon);
  return start < 0 || colon < start ? undefined : placeOf(line.slice(start + ' in '.length, colon), line.slice(colon + 1));
}

/** `#0 /x.php(4): App\Cart->price('a')`, `#1 [internal function]: array_map()`, `#2 {main}`. */
function parseCall(line: string): Call | undefined {
  const number = /^#\d{1,6} /.exec(line)?.[0];
  if (number === undefined) return undefined;
  const rest = line.slice(number.length);
  if (rest === '{main}') return { name: noName, place: undefined };
  const colon = rest.indexOf('): ');
  if (rest.startsWith('[internal function]: ')) return { name: nameOf(rest.slice('[internal function]: '.length)), place: nowhere };
  const open = colon < 0 ? -1 : rest.lastIndexOf('(', colon);
  const place = open <= 0 ? undefined : placeOf(rest.slice(0, open), rest.slice(open + 1, colon));
  return place === undefined ? undefined : { name: nameOf(rest.slice(colon + '): '.length)), place };
}

function placeOf(file: string, digits: string): Place | undefined {
  const line = wholeNumber(digits);
  if (line === undefined || file === '') return undefined;
  // `/x.php(3) : eval()'d code`, `/x.php(3) : runtime-created function`.
  return line === 0 || file.includes(') : ') ? nowhere : { file, line, column: undefined };
}

/** What runs a text: the frame is in none of its functions. */
const fileCalls: ReadonlySet<string> = new Set(['include', 'include_once', 'require', 'require_once', 'eval']);

/** `App\Cart->price(…)`, `App\Cart::price(…)`, `App\price(…)`, `App\Cart->App\{closure}(…)`, `App\Cart->{closure:App\Cart::total():4}(…)`. */
function nameOf(call: string): Name {
  const closure = call.indexOf('{closure');
  const open = closure < 0 ? call.indexOf('(') : closure;
  const qualified = call.slice(0, open < 0 ? undefined : open);
  const arrow = qualified.search(/->|::/);
  const functionName = closure >= 0 ? undefined : qualified.slice(arrow < 0 ? 0 : arrow + 2);
  const className = arrow < 0 ? '' : qualified.slice(0, arrow);
  // A class without a name is written `App\Base@anonymous`.
  return { functionName: functionName === '' || fileCalls.has(functionName ?? '') ? undefined : functionName, className: className === '' || className.includes('@') ? undefined : className };
}

/** As the JVM writes it, with dots for `\` and base names for files; each place is in its own function here. */
function parseSdk(text: string): StackFrame[] {
  const frames: StackFrame[] = [];
  const causes: StackFrame[] = [];
  let target = frames;
  for (const line of firstLines(text)) {
    if (line.startsWith('Caused by: ')) target = causes;
    const parts = javaFrameParts(line.trim());
    if (parts !== undefined) target.push({ ...sdkName(parts.qualified), ...parts.position });
  }
  return [...frames, ...beside(causes)].slice(0, maxStackFrames);
}

function sdkName(qualified: string): Name {
  if (qualified === '{main}') return noName;
  const closure = qualified.indexOf('{closure');
  const name = closure < 0 ? qualified : qualified.slice(0, closure).replace(/\.$/, '');
  if (closure >= 0) return { functionName: undefined, className: className(withoutNamespace(name.split('.'))) };
  const dot = name.lastIndexOf('.');
  return { functionName: name.slice(dot + 1), className: dot < 0 ? undefined : className(name.slice(0, dot).split('.')) };
}

/** A closure is named with its namespace behind its class: `App.Shop.Cart.App.Shop.{closure}`. */
function withoutNamespace(segments: readonly string[]): readonly string[] {
  // class = namespace + one name, so that the whole is twice the namespace and one.
  const length = (segments.length - 1) / 2;
  const isDoubled = Number.isInteger(length) && length > 0 && segments.slice(0, length).every((each, i) => each === segments[length + 1 + i]);
  return isDoubled ? segments.slice(0, length + 1) : segments;
}

function className(segments: readonly string[]): string | undefined {
  const name = segments.join('\\');
  return name === '' || name.includes('@') ? undefined : name;
}
