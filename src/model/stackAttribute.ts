import { attribute, type Attributes, type AttributeValue, KeyValueList, stringAttribute } from './attributes.ts';

/** A stack has no more frames than this; a list may. */
const maxItems = 1000;
/** A longer message is left in its stack: taking it out would cost more than it saves. */
const maxMessageLength = 1000;

/**
 * The text of a stack under `key`. It may be sent as a list: of lines, which are joined, or of frames as maps, each of which is written
 * as the language prints it, in the order given. undefined where there is none, or where nothing in the list is a line or a frame.
 */
export function stackAttribute(attributes: Attributes, key: string, language: string | undefined): string | undefined {
  const value = attribute(attributes, key);
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (!Array.isArray(value)) return undefined;
  const lines: string[] = [];
  for (const [i, item] of (value as readonly AttributeValue[]).slice(0, maxItems).entries()) {
    const line = typeof item === 'string' ? item : item instanceof KeyValueList ? frameLine(item.entries, language, i) : undefined;
    if (line !== undefined) lines.push(line);
  }
  return lines.length === 0 ? undefined : lines.join('\n');
}

/**
 * The stack of an exception (semantic conventions, registry "exception"), without its message: that has what differs from one
 * exception to the next, and may look like a frame.
 */
export function exceptionStack(attributes: Attributes, language: string | undefined): string | undefined {
  const stack = stackAttribute(attributes, 'exception.stacktrace', language);
  const message = stringAttribute(attributes, 'exception.message');
  // Every runtime prints it after a colon, and none has that in a frame.
  return message === undefined || message.length > maxMessageLength ? stack : stack?.replaceAll(`: ${message}`, ': ');
}

/** What the parts of a frame are called, in lower case and without what divides words; the more telling name first. */
const names = {
  file: ['abspath', 'filepath', 'filename', 'file', 'path', 'source', 'url'],
  line: ['linenumber', 'lineno', 'line'],
  column: ['columnnumber', 'colno', 'column', 'col'],
  function: ['functionname', 'methodname', 'function', 'method', 'func', 'fn', 'name', 'label'],
  owner: ['declaringclass', 'classname', 'class'],
} as const;

/** A frame that is a map, on the line or lines that its language has for it; undefined where it names neither a file nor a function. */
function frameLine(entries: Attributes, language: string | undefined, index: number): string | undefined {
  const parts = new Map(entries.map(({ key, value }) => [key.toLowerCase().replaceAll('_', '').replaceAll('.', ''), partText(value)]));
  const part = (wanted: readonly string[]) => wanted.map((name) => parts.get(name)).find((text) => text !== undefined);
  const [file, line, column, owner] = [part(names.file), part(names.line), part(names.column), part(names.owner)];
  const name = part(names.function) ?? '';
  if (file === undefined && name === '') return undefined;
  const qualified = owner === undefined ? name : `${owner}.${name}`;
  const place = [file, line, column].filter((each) => each !== undefined).join(':');
  const fileAndLine = [file, line].filter((each) => each !== undefined).join(':');
  switch (language) {
    case 'python':
      return `  File "${file ?? '<unknown>'}", line ${line ?? 0}, in ${name}`;
    case 'java':
      return `\tat ${qualified}(${fileAndLine === '' ? 'Unknown Source' : fileAndLine.slice(fileAndLine.lastIndexOf('/') + 1)})`;
    case 'dotnet':
      return `   at ${qualified}()${file === undefined ? '' : ` in ${file}:line ${line ?? 0}`}`;
    case 'go':
      return `${name}()\n\t${file ?? '<unknown>'}:${line ?? 0} +0x0`;
    case 'ruby':
      return `${file ?? '<unknown>'}:${line ?? 0}:in '${qualified}'`;
    case 'php':
      return `#${index} ${file === undefined ? '[internal function]' : `${file}(${line ?? 0})`}: ${owner === undefined ? '' : `${owner}${parts.get('type') ?? '->'}`}${name}()`;
    case 'rust':
      return `${String(index).padStart(4)}: ${name}\n             at ${place}`;
    default:
      return qualified === '' ? `    at ${place}` : `    at ${qualified} (${place === '' ? '<anonymous>' : place})`;
  }
}

/** On one line, as text; undefined for what is neither text nor a number. */
function partText(value: AttributeValue): string | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' && !value.includes('\n') ? value : undefined;
}
