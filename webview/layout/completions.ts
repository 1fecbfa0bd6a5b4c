import { queryFields } from '../../src/model/spanQuery.ts';

/** What can be completed; all of it as it is written. */
export interface Vocabulary {
  readonly services: readonly string[];
  readonly names: readonly string[];
  readonly files: readonly string[];
  readonly functions: readonly string[];
  /** Keys of attributes. */
  readonly keys: readonly string[];
}

export interface Completion {
  /** What is put in the place of the word. */
  readonly text: string;
  /** What it is, in a word or two. */
  readonly what: string;
}

export interface Completions {
  /** The word that is completed: [from, to) of the text. */
  readonly from: number;
  readonly to: number;
  readonly offers: readonly Completion[];
}

const mostOffers = 12;
const kinds = ['internal', 'server', 'client', 'producer', 'consumer'];
const statuses = ['error', 'ok', 'unset'];
const fieldMeaning: Readonly<Record<string, string>> = {
  name: 'operation', service: 'service', kind: 'server, client, …', status: 'error, ok, unset', duration: 'such as >50ms', self: 'self time, such as >50ms',
  file: 'source file', function: 'source function', event: 'name of an event', log: 'text of a log',
};

/**
 * What the word before the caret may become: a field or attribute key while none is there, one of a field's values after its operator.
 *
 *   service=orders dur|          dur  → duration
 *   service=or|                  or   → orders
 */
export function completionsAt(text: string, caret: number, vocabulary: Vocabulary): Completions {
  const from = startOfWord(text, caret);
  const word = text.slice(from, caret);
  const to = endOfWord(text, caret);
  const negation = word.startsWith('-') ? '-' : '';
  const [, field, operator, value] = /^([^=!<>~"]*)(!=|>=|<=|=|>|<|~)(.*)$/s.exec(word.slice(negation.length)) ?? [];
  if (field === undefined || operator === undefined || value === undefined) {
    if (word.startsWith('"') || word.startsWith('-"')) return { from, to, offers: [] };
    const typed = word.slice(negation.length);
    const fields = queryFields.map((name) => ({ text: `${negation}${name}${name === 'duration' || name === 'self' ? '>' : '='}`, what: fieldMeaning[name] ?? '', key: name }));
    const keys = vocabulary.keys.map((key) => ({ text: `${negation}${key}=`, what: 'attribute', key }));
    return { from, to, offers: best([...fields, ...keys], typed).map(({ text: offer, what }) => ({ text: offer, what })) };
  }
  const typed = value.replace(/^"/, '').replace(/"$/, '');
  const offers = best(valuesOf(field.toLowerCase(), vocabulary).map((key) => ({ key })), typed).map(({ key }) => ({ text: `${negation}${field}${operator}${quoted(key)}`, what: field }));
  return { from, to, offers: offers.length === 1 && offers[0]?.text === word ? [] : offers };
}

function valuesOf(field: string, vocabulary: Vocabulary): readonly string[] {
  switch (field) {
    case 'service': return vocabulary.services;
    case 'name': return vocabulary.names;
    case 'file': return vocabulary.files;
    case 'function': return vocabulary.functions;
    case 'kind': return kinds;
    case 'status': return statuses;
    default: return [];
  }
}

/** Those that begin with what was typed, then those that hold it. */
function best<T extends { readonly key: string }>(candidates: readonly T[], typed: string): readonly T[] {
  const wanted = typed.toLowerCase();
  const beginning: T[] = [];
  const holding: T[] = [];
  for (const candidate of candidates) {
    const at = candidate.key.toLowerCase().indexOf(wanted);
    if (at === 0) beginning.push(candidate);
    else if (at > 0 && holding.length < mostOffers) holding.push(candidate);
    if (beginning.length >= mostOffers) break;
  }
  return [...beginning, ...holding].slice(0, mostOffers);
}

/** As the search language reads it back. */
export function quoted(value: string): string {
  return /^[^\s"\\]+$/.test(value) ? value : `"${value.replace(/[\\"]/g, (character) => `\\${character}`)}"`;
}

function startOfWord(text: string, caret: number): number {
  let from = 0;
  let inQuotes = false;
  for (let at = 0; at < caret; at++) {
    if (text[at] === '\\' && inQuotes) at++;
    else if (text[at] === '"') inQuotes = !inQuotes;
    else if (!inQuotes && /\s/.test(text[at] ?? '')) from = at + 1;
  }
  return from;
}

function endOfWord(text: string, caret: number): number {
  let to = caret;
  while (to < text.length && !/\s/.test(text[to] ?? '')) to++;
  return to;
}
