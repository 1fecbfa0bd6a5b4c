import { parseSpanQuery, type QueryTerm, type SpanQuery } from '../../src/model/spanQuery.ts';
import type { TraceColumns } from '../../src/protocol/hub.ts';
import type { Place } from '../../src/protocol/waterfall.ts';
import { needsRemote, queryMatches } from './queryMatches.ts';
import { nextMatch } from './nextMatch.ts';
import { lastAtOrBefore, type TraceTree } from './traceTree.ts';

/** Each letter typed is a term of its own. */
const mostAnswers = 100;

export interface Searched {
  readonly columns: TraceColumns;
  readonly tree: TraceTree;
  readonly selfNs: () => Float64Array;
}

/** What is looked for in one snapshot of a trace, and where it is. What only the hub can tell is asked for by whoever owns this. */
export class SpanSearch {
  readonly #searched: Searched;
  /** By term, turned the right way: 1 by row where the hub found it. */
  readonly #remote = new Map<string, Uint8Array>();
  /** Terms whose answer is about an earlier snapshot. */
  readonly #old = new Set<string>();
  #places: ReadonlyMap<number, Place> = new Map();
  #text = '';
  #query: SpanQuery = { terms: [], problem: undefined };
  #matches: Int32Array = new Int32Array(0);

  constructor(searched: Searched) {
    this.#searched = searched;
  }

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    this.#text = text;
    this.#query = parseSpanQuery(text);
    this.#run();
  }

  set places(places: ReadonlyMap<number, Place>) {
    this.#places = places;
    if (this.isOn) this.#run();
  }

  /** Something that can be looked for was typed. */
  get isOn(): boolean {
    return this.#query.terms.length > 0;
  }

  get problem(): string | undefined {
    return this.#query.problem;
  }

  /** Nodes, ascending. */
  get matches(): Int32Array {
    return this.#matches;
  }

  /** Texts to be marked where they are shown, in lower case. */
  get marks(): readonly string[] {
    return this.#query.terms.flatMap((term) =>
      term.negated ? [] : term.kind === 'text' ? [term.text] : ['name', 'service', 'file'].includes(term.field) && (term.operator === '=' || term.operator === '~') ? [term.value.toLowerCase()] : [],
    );
  }

  /** The terms whose remote part has not come yet. */
  get unanswered(): readonly QueryTerm[] {
    return this.#query.terms.filter((term) => needsRemote(term) && (!this.#remote.has(keyOf(term)) || this.#old.has(keyOf(term))));
  }

  /**
   * What the hub found in the snapshot before holds until it has looked again; where `rowNow` is absent, the rows are the same ones and
   * nothing has to be looked for again. `rowNow` is by row there; -1 where that span is gone.
   */
  takeOver(before: SpanSearch, rowNow?: Int32Array): void {
    for (const [key, found] of before.#remote) {
      const isOld = rowNow !== undefined || before.#old.has(key);
      this.#remote.set(key, rowNow === undefined ? found : movedRows(found, rowNow, this.#searched.columns.spanCount));
      if (isOld) this.#old.add(key);
    }
    this.#run();
  }

  /** By term, the rows in which the hub found it. True where other spans match now. */
  answer(terms: readonly QueryTerm[], rows: readonly Uint32Array[]): boolean {
    const before = this.#matches;
    terms.forEach((term, at) => {
      const found = new Uint8Array(this.#searched.columns.spanCount);
      for (const row of rows[at] ?? []) found[row] = 1;
      this.#remote.set(keyOf(term), found);
      this.#old.delete(keyOf(term));
    });
    for (const [oldest] of this.#remote) {
      if (this.#remote.size <= mostAnswers) break;
      this.#remote.delete(oldest);
    }
    this.#run();
    return before.length !== this.#matches.length || before.some((node, at) => node !== this.#matches[at]);
  }

  isMatch(node: number): boolean {
    return this.#matches[lastAtOrBefore(this.#matches, node)] === node;
  }

  /** Matches among the nodes [from, to). */
  countWithin(from: number, to: number): number {
    return lastAtOrBefore(this.#matches, to - 1) - lastAtOrBefore(this.#matches, from - 1);
  }

  /** 1-based place of a node among the matches; 0 where it is none of them. */
  numberOf(node: number): number {
    const index = lastAtOrBefore(this.#matches, node);
    return index >= 0 && this.#matches[index] === node ? index + 1 : 0;
  }

  next(node: number, direction: 1 | -1): number | undefined {
    return nextMatch(this.#matches, node, direction);
  }

  #run(): void {
    const { columns, tree, selfNs } = this.#searched;
    this.#matches = queryMatches(columns, tree, this.#query.terms, { places: this.#places, selfNs, remote: (term) => this.#remote.get(keyOf(term)) });
  }
}

function movedRows(found: Uint8Array, rowNow: Int32Array, count: number): Uint8Array {
  const moved = new Uint8Array(count);
  rowNow.forEach((now, row) => {
    if (now >= 0 && found[row] === 1) moved[now] = 1;
  });
  return moved;
}

function keyOf(term: QueryTerm): string {
  return JSON.stringify({ ...term, negated: false });
}
