import type { Attributes, AttributeValue } from './attributes.ts';
import { KeyValueList } from './attributes.ts';
import type { LogRecord, Span } from './span.ts';
import { compareText, type QueryTerm } from './spanQuery.ts';

/** Of a value no more than this is searched, so that one span of megabytes does not hold up all the others. */
const maxValueLength = 20_000;

const keyEnd = '\u0001';

/**
 * What of a span can be searched beyond its columns, in lower case: a line for each attribute of the span, its resource and scope, its
 * events (`event` and their attributes) and its logs (`log` and their attributes), as key, U+0001, value.
 */
export function spanText(span: Span, logs: readonly LogRecord[]): string {
  const lines: string[] = [];
  addAttributes(lines, span.attributes);
  if (span.status.message !== '') lines.push(line('status.message', span.status.message));
  for (const event of span.events) {
    lines.push(line('event', event.name));
    addAttributes(lines, event.attributes);
  }
  for (const record of logs) {
    lines.push(line('log', `${record.severityText} ${record.eventName} ${valueText(record.body, 0)}`));
    addAttributes(lines, record.attributes);
  }
  lines.push(line('otel.scope.name', span.scope.name));
  addAttributes(lines, span.resource.attributes);
  return `\n${lines.join('\n')}\n`;
}

/** Whether a term holds of a span's text; `negated` is left to the caller. `!=` wants a value that differs, not a missing one. */
export function textMatches(text: string, term: QueryTerm): boolean {
  if (term.kind === 'text') return text.includes(term.text);
  const head = `\n${term.field.toLowerCase()}${keyEnd}`;
  for (let at = text.indexOf(head); at >= 0; at = text.indexOf(head, at + 1)) {
    const valueAt = at + head.length;
    if (compareText(text.slice(valueAt, text.indexOf('\n', valueAt)), term.operator, term.value)) return true;
  }
  return false;
}

function addAttributes(lines: string[], attributes: Attributes): void {
  for (const { key, value } of attributes) lines.push(line(key, valueText(value, 0)));
}

function line(key: string, value: string): string {
  return `${plain(key)}${keyEnd}${plain(value)}`;
}

/** On one line, and without what parts keys from values. */
function plain(text: string): string {
  const cut = text.length > maxValueLength ? text.slice(0, maxValueLength) : text;
  return cut.replaceAll('\n', ' ').replaceAll(keyEnd, ' ').toLowerCase();
}

function valueText(value: AttributeValue, depth: number): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value instanceof Uint8Array || depth > 8) return '';
  if (value instanceof KeyValueList) return value.entries.map((entry) => `${entry.key}=${valueText(entry.value, depth + 1)}`).join(' ');
  return Array.isArray(value) ? value.map((item: AttributeValue) => valueText(item, depth + 1)).join(' ') : String(value);
}
