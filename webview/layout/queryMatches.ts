import { spanKindName } from '../../src/model/span.ts';
import { compareNumbers, compareText, parseDurationNs, type QueryTerm } from '../../src/model/spanQuery.ts';
import type { TraceColumns } from '../../src/protocol/hub.ts';
import type { Place } from '../../src/protocol/waterfall.ts';
import { spanLengthNs } from './spanTimes.ts';
import { type TraceTree } from './traceTree.ts';

/** What the columns do not say of their spans. */
export interface QueryContext {
  readonly places: ReadonlyMap<number, Place>;
  /** By node; asked for only where a term needs it. */
  readonly selfNs: () => Float64Array;
  /** By term: 1 by row where its attributes, events or logs match; undefined where the answer is not there yet. */
  readonly remote: (term: QueryTerm) => Uint8Array | undefined;
}

/** Whether a term can only be told, or told whole, by whoever has the attributes. */
export function needsRemote(term: QueryTerm): boolean {
  return term.kind === 'text' || !localFields.has(term.field);
}

const localFields: ReadonlySet<string> = new Set(['name', 'service', 'kind', 'status', 'duration', 'self', 'file', 'function']);

/**
 * The nodes for which every term holds, ascending. Every distinct text is compared once, every span by number. Of a term whose remote
 * part has not come, the local part counts (a term without one matches nothing yet, whether it is negated or not).
 */
export function queryMatches(columns: TraceColumns, tree: TraceTree, terms: readonly QueryTerm[], context: QueryContext): Int32Array {
  if (terms.length === 0) return new Int32Array(0);
  const tests = terms.map((term) => testOf(columns, term, context));
  const matches = new Int32Array(tree.nodeCount);
  let count = 0;
  for (let node = 0; node < tree.nodeCount; node++) {
    const row = tree.row[node] ?? -1;
    if (row >= 0 && tests.every((test) => test(row, node))) matches[count++] = node;
  }
  return matches.subarray(0, count);
}

type Test = (row: number, node: number) => boolean;

function testOf(columns: TraceColumns, term: QueryTerm, context: QueryContext): Test {
  const remote = needsRemote(term) ? context.remote(term) : undefined;
  const local = localTest(columns, term, context);
  if (local === undefined && remote === undefined) return () => false;
  return (row, node) => (local?.(row, node) === true || remote?.[row] === 1) !== term.negated;
}

function localTest(columns: TraceColumns, term: QueryTerm, { places, selfNs }: QueryContext): Test | undefined {
  if (term.kind === 'text') {
    const holds = Uint8Array.from(columns.strings, (text) => (text.toLowerCase().includes(term.text) ? 1 : 0));
    const sites = sitesWhere(places, (place) => `${place.label}\n${place.functionName ?? ''}`.toLowerCase().includes(term.text));
    return (row) => holds[columns.name[row] ?? 0] === 1 || holds[columns.service[row] ?? 0] === 1 || sites.has(columns.site[row] ?? -1);
  }
  const { operator, value } = term;
  const compared = (text: string): boolean => compareText(text, operator, value);
  switch (term.field) {
    case 'name':
    case 'service': {
      const holds = Uint8Array.from(columns.strings, (text) => (compared(text) ? 1 : 0));
      const column = term.field === 'name' ? columns.name : columns.service;
      return (row) => holds[column[row] ?? 0] === 1;
    }
    case 'kind': return (row) => compared(spanKindName(columns.kind[row] ?? 0));
    case 'status': return (row) => compared(statusNames[columns.statusCode[row] ?? 0] ?? 'unset');
    case 'duration': {
      const wantedNs = parseDurationNs(value) ?? NaN;
      return (row) => compareNumbers(spanLengthNs(columns, row), operator, wantedNs);
    }
    case 'self': {
      const wantedNs = parseDurationNs(value) ?? NaN;
      const ownNs = selfNs();
      return (_row, node) => compareNumbers(ownNs[node] ?? 0, operator, wantedNs);
    }
    case 'file': {
      const sites = sitesWhere(places, (place) => compared(place.file) || compared(place.file.slice(place.file.lastIndexOf('/') + 1)));
      return (row) => sites.has(columns.site[row] ?? -1);
    }
    case 'function': {
      const sites = sitesWhere(places, (place) => place.functionName !== undefined && compared(place.functionName));
      return (row) => sites.has(columns.site[row] ?? -1);
    }
    default: return undefined;
  }
}

const statusNames = ['unset', 'ok', 'error'];

function sitesWhere(places: ReadonlyMap<number, Place>, wanted: (place: Place) => boolean): ReadonlySet<number> {
  const sites = new Set<number>();
  for (const [site, place] of places) if (wanted(place)) sites.add(site);
  return sites;
}
