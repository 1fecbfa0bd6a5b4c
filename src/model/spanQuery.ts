/**
 * The language of the search boxes: terms parted by blanks, all of which must hold.
 *
 *   service=orders duration>50ms http.response.status_code>=500 -name~health "timeout"
 *
 * `field op value` compares; a word or a quoted text is looked for anywhere; a `-` in front turns a term round.
 */
export type QueryOperator = '=' | '!=' | '>=' | '<=' | '>' | '<' | '~';

export interface ComparisonTerm {
  readonly kind: 'comparison';
  /** In lower case where it is one of `queryFields`, else an attribute's key as written. */
  readonly field: string;
  readonly operator: QueryOperator;
  readonly value: string;
  readonly negated: boolean;
}

export interface TextTerm {
  readonly kind: 'text';
  /** In lower case; never empty. */
  readonly text: string;
  readonly negated: boolean;
}

export type QueryTerm = ComparisonTerm | TextTerm;

export interface SpanQuery {
  readonly terms: readonly QueryTerm[];
  /** What could not be understood, for a person; those terms are left out. */
  readonly problem: string | undefined;
}

/** What a span has besides its attributes; every other field is an attribute of the span, its resource or its scope. */
export const queryFields = ['name', 'service', 'kind', 'status', 'duration', 'self', 'file', 'function', 'event', 'log'] as const;
export type QueryField = (typeof queryFields)[number];

const numberFields: ReadonlySet<string> = new Set(['duration', 'self']);
const operators: readonly QueryOperator[] = ['!=', '>=', '<=', '=', '>', '<', '~'];
/** A person types no more; a pasted book must not hold the page. */
const maxTerms = 50;

/** Never throws. One pass over the text. */
export function parseSpanQuery(text: string): SpanQuery {
  const terms: QueryTerm[] = [];
  let problem: string | undefined;
  let at = 0;
  while (at < text.length && terms.length < maxTerms) {
    if (isBlank(text[at])) {
      at++;
      continue;
    }
    const negated = text[at] === '-' && at + 1 < text.length && !isBlank(text[at + 1]);
    if (negated) at++;
    if (text[at] === '"') {
      const { value, end } = readQuoted(text, at);
      at = end;
      if (value !== '') terms.push({ kind: 'text', text: value.toLowerCase(), negated });
      continue;
    }
    const wordEnd = endOfWord(text, at);
    const field = text.slice(at, wordEnd);
    const operator = operators.find((candidate) => text.startsWith(candidate, wordEnd));
    if (operator === undefined || field === '') {
      // An operator with nothing before it is text like any other.
      const end = operator === undefined ? wordEnd : endOfValue(text, wordEnd);
      terms.push({ kind: 'text', text: text.slice(at, end).toLowerCase(), negated });
      at = end;
      continue;
    }
    const valueAt = wordEnd + operator.length;
    const { value, end } = text[valueAt] === '"' ? readQuoted(text, valueAt) : { value: text.slice(valueAt, endOfValue(text, valueAt)), end: endOfValue(text, valueAt) };
    at = end;
    const known = queryFields.find((name) => name === field.toLowerCase());
    if (value === '') problem ??= `${field}${operator} needs a value`;
    else if (known !== undefined && numberFields.has(known) && (operator === '~' || parseDurationNs(value) === undefined)) problem ??= `${field} is compared with a duration, such as ${known}>50ms`;
    else terms.push({ kind: 'comparison', field: known ?? field, operator, value, negated });
  }
  return { terms, problem };
}

const unitNs: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, min: 60e9, h: 3600e9 };

/** `50ms`, `1.5s`, `2m`; a bare number is milliseconds. undefined for anything else. */
export function parseDurationNs(text: string): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,15})?) ?([a-zµμ]{0,3})$/i.exec(text.trim());
  if (match === null) return undefined;
  const unit = match[2] === '' ? 1e6 : unitNs[(match[2] ?? '').toLowerCase()];
  return unit === undefined ? undefined : Number(match[1]) * unit;
}

/** Compares numbers; `~` never holds of one. */
export function compareNumbers(actual: number, operator: QueryOperator, wanted: number): boolean {
  switch (operator) {
    case '=': return actual === wanted;
    case '!=': return actual !== wanted;
    case '>': return actual > wanted;
    case '>=': return actual >= wanted;
    case '<': return actual < wanted;
    case '<=': return actual <= wanted;
    case '~': return false;
  }
}

/**
 * Compares a text with a term's value: `=` and `!=` whole and in any case, `~` a part of it in any case; the others as numbers
 * where both are numbers (and never hold where one is not).
 */
export function compareText(actual: string, operator: QueryOperator, wanted: string): boolean {
  if (operator === '~') return actual.toLowerCase().includes(wanted.toLowerCase());
  const actualNumber = numberOf(actual);
  const wantedNumber = numberOf(wanted);
  if (actualNumber !== undefined && wantedNumber !== undefined) return compareNumbers(actualNumber, operator, wantedNumber);
  if (operator === '=') return actual.toLowerCase() === wanted.toLowerCase();
  if (operator === '!=') return actual.toLowerCase() !== wanted.toLowerCase();
  return false;
}

function numberOf(text: string): number | undefined {
  return text.length <= 30 && /^[-+]?\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r' || character === '\u00a0';
}

/** A field or a word ends at a blank or an operator. */
function endOfWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isBlank(text[at]) && !operators.some((operator) => text.startsWith(operator, at))) at++;
  return at;
}

function endOfValue(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isBlank(text[at])) at++;
  return at;
}

/** From a quote to the next; `\"` and `\\` stand for themselves. A quote that is not closed reaches to the end: it is being typed. */
function readQuoted(text: string, from: number): { readonly value: string; readonly end: number } {
  let value = '';
  let at = from + 1;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) at++;
    value += text[at] ?? '';
  }
  return { value, end: at + 1 };
}
