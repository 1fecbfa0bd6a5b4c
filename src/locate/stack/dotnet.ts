import type { StackFrame } from './stackFrame.ts';
import { beside, maxStackFrames, maxStackLength } from './stackFrame.ts';
import { firstLines, lastLines, positive, wholeNumber } from './stackText.ts';

/**
 * The frames of .NET's or Mono's `Exception.ToString()`, innermost first: those of the exception itself, which is printed after the ones
 * in it, then those of the inner exceptions, the nearest first. .NET Framework writes the words of the system's language, so that no word is relied on.
 * Reads at most `maxStackLength` characters and gives at most `maxStackFrames` frames, in linear time.
 */
export function parseDotnetStack(text: string): StackFrame[] {
  const isLong = text.length > maxStackLength && text.includes(' ---> ');
  const exceptions: StackFrame[][] = [[]];
  const others: StackFrame[] = [];
  let target = exceptions[0]!;
  for (const line of isLong ? lastLines(text) : firstLines(text)) {
    const trimmed = line.trim();
    // How the text of an exception of an aggregate ends.
    const content = trimmed.endsWith('<---') ? trimmed.slice(0, -'<---'.length) : trimmed;
    if (isInnerEnd(line, content)) {
      target = [];
      exceptions.push(target);
    } else if (/^---> ?\(.*#\d+\)/.test(content)) {
      // Each exception of an AggregateException is printed again after it.
      target = others;
    } else {
      const frame = parseFrame(content, line);
      if (frame !== undefined) target.push(frame);
    }
  }
  // Of a text that is too long the beginning is missing, and with it the frames that matter of the first exception.
  if (isLong && exceptions.length > 1) exceptions.shift();
    const [thrown = [], ...inner] = exceptions.reverse();
  return [...thrown, ...beside([...inner.flat(), ...others])].slice(0, maxStackFrames);
}

/** `   --- End of inner exception stack trace ---` is indented in every language, `--- End of stack trace from previous location ---` in none. */
function isInnerEnd(line: string, content: string): boolean {
  if (!content.startsWith('--- ') || !content.endsWith(' ---') || content.includes('previous location')) return false;
  return line.startsWith(' ') || content.includes('inner exception');
}

/** `at Acme.Orders.Total(Int32 n) in C:\x.cs:line 20`: words, name, arguments, and a place with words around it. */
function parseFrame(content: string, line: string): StackFrame | undefined {
  const open = content.indexOf('(');
  const close = open < 0 ? -1 : closingParenthesis(content, open);
  if (close < 0) return undefined;
  // Mono has a space before the parenthesis.
  const head = content.slice(0, open).trimEnd();
  const space = head.lastIndexOf(' ');
  const qualified = head.slice(space + 1);
  // The type parameters of a method stand in brackets: `Cache.Get[TKey,TValue]`.
  const isName = qualified.includes('.') && !/[\\/"',;=]/.test(qualified.replace(/\[[\w,`]*\]/g, ''));
  if (space < 0 || !isName || head.split(' ').length > 5) return undefined;
  // `Orders.Lines(Int32 id)+MoveNext()` is how .NET writes the body of an iterator, with symbols and without.
  const rest = content.slice(close + 1).replace(/^\+MoveNext\(\)/, '').trim();
  const place = rest === '' ? undefined : parsePlace(rest);
  // Without a place it could be a message that mentions a name.
  if (place === undefined && (rest !== '' || !/^\s/.test(line))) return undefined;
  return { ...cleanName(qualified), ...(place ?? { file: undefined, line: undefined, column: undefined }) };
}

function closingParenthesis(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return i;
  }
  return -1;
}

/**
 * `in C:\x.cs:line 20`, `in C:\x.cs:Zeile 20.`, `hely: C:\x.cs, sor: 20`, `C:\x.cs içinde: satır 20`, and Mono's `[0x00216] in /x.cs:20`;
 * undefined for what is none.
 */
function parsePlace(text: string): Pick<StackFrame, 'file' | 'line' | 'column'> | undefined {
  const ilOffset = /^[[<]0x[0-9a-f]+(?: \+ 0x[0-9a-f]+)?[\]>]/i.exec(text)?.[0] ?? '';
  const place = text.slice(ilOffset.length).trimStart();
  if (place === '') return { file: undefined, line: undefined, column: undefined };
  const digits = /(?<!\d)(\d{1,9})\.?$/.exec(place);
  if (digits === null) return undefined;
  const before = withoutLineWord(place.slice(0, digits.index).trimEnd());
  const root = before.search(/(?:^|[\s])(?:[A-Za-z]:[\\/]|\/|\\\\)/);
  // A path that is not absolute comes after one word.
  const path = root >= 0 ? before.slice(root).trimStart() : before.slice(before.indexOf(' ') + 1);
  const line = positive(wholeNumber(digits[1]!));
  if (path === '' || line === undefined || path.startsWith('<')) return { file: undefined, line: undefined, column: undefined };
  return { file: path, line, column: undefined };
}

/** Without the words between a path and its line's number. */
function withoutLineWord(text: string): string {
  const colon = text.lastIndexOf(':');
  const after = text.slice(colon + 1);
  if (after === '') {
    // `C:\x.cs, sor:`, or Mono's `/x.cs:`.
    const comma = text.lastIndexOf(', ');
    return comma >= 0 && /^, [^\s,\\/.]+:$/.test(text.slice(comma)) ? text.slice(0, comma) : text.slice(0, colon);
  }
  if (/[\\/.]/.test(after)) return text;
  // `C:\x.cs içinde: satır`.
  if (after.startsWith(' ')) return text.slice(0, Math.max(0, text.slice(0, colon).lastIndexOf(' ')));
  return text.slice(0, colon);
}

/**
 * The class and the method as the source has them: `Orders.<Total>d__3.MoveNext` (async, iterators), `Orders.<>c.<Total>b__0_0` (lambdas),
 * `Orders.<Total>g__Add|0_0` (a local function), `Orders..ctor`.
 */
function cleanName(qualified: string): Pick<StackFrame, 'className' | 'functionName'> {
  const marked = qualified.search(/[.+]</);
  if (marked >= 0) {
    const className = classOf(qualified.slice(0, marked));
    const generated = qualified.slice(marked + 1);
    const local = generated.indexOf('>g__');
    const bar = local < 0 ? -1 : generated.indexOf('|', local);
    // The first name in brackets: of `<>c__DisplayClass1_0.<<Total>b__0>d` it is Total.
    return { className, functionName: bar >= 0 ? generated.slice(local + '>g__'.length, bar) : /<([^<>.]+)>/.exec(generated)?.[1] };
  }
  const constructor = /\.(\.c?ctor)$/.exec(qualified);
  const dot = constructor?.index ?? qualified.lastIndexOf('.');
  const functionName = withoutTypes(qualified.slice(dot + 1));
  return { className: classOf(qualified.slice(0, dot)), functionName: functionName === '' ? undefined : functionName };
}

/** `Repository`1[System.Int32]` is Repository in the source; `+` stands before a nested class in Mono. */
function classOf(className: string): string | undefined {
  const name = withoutTypes(className).replaceAll('+', '.');
  return name === '' ? undefined : name;
}

function withoutTypes(name: string): string {
  const bracket = name.indexOf('[');
  return (bracket < 0 ? name : name.slice(0, bracket)).replace(/`\d+/g, '');
}
