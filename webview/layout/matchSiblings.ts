import { leastFolded } from './foldGroups.ts';

export interface Siblings {
  /** In the order they were called. */
  readonly rows: readonly number[];
  /** By row: what the span is, the same number in both traces; and where in the code it was made. */
  readonly kind: Int32Array;
  readonly site: Int32Array;
}

/** Spans that stand for each other; one side may have none. */
export interface SiblingPair {
  readonly before: number[];
  readonly after: number[];
}

/** Siblings that are alike, as places in `rows`. */
interface Alike extends SiblingPair {
  readonly kind: number;
}

/**
 * Which siblings stand for which. Those of one kind made at one site stand together; what is left, since its code has moved, goes by its kind:
 * the first site of before with the first of after, and so on. Fewer than five on either side are matched one by one, the first with the
 * first; more are one pair, and so is all that is alike beneath such a pair (`isInGroup`).
 *
 *   before  q@7 ×38          after  q@7 ×38  q@9 ×2      q 38 → 38, q new, q new
 *   before  q@7 ×38          after  q@8 ×76              q 38 → 76
 *
 * In the order of `after`; what is gone stands before the first partner that stood after it.
 */
export function matchSiblings(before: Siblings, after: Siblings, where: { readonly isTop: boolean; readonly isInGroup: boolean }): SiblingPair[] {
  const [one, other] = [before.rows, after.rows];
  // The quick ways for what most spans have: one child, or few on one side alone.
  const only = one.length === 1 && other.length === 1;
  if (only && (where.isTop || before.kind[one[0] ?? 0] === after.kind[other[0] ?? 0])) return [{ before: [...one], after: [...other] }];
  if (other.length === 0 && (one.length === 1 || (one.length < leastFolded && !where.isInGroup))) return one.map((row) => ({ before: [row], after: [] }));
  if (one.length === 0 && (other.length === 1 || (other.length < leastFolded && !where.isInGroup))) return other.map((row) => ({ before: [], after: [row] }));
  const alike = paired(alikeSiblings(before, after)).flatMap((each) => (where.isInGroup ? [each] : oneByOne(each)));
  return inOrder(alike).map((each) => ({ before: each.before.map((at) => one[at] ?? 0), after: each.after.map((at) => other[at] ?? 0) }));
}

function alikeSiblings(before: Siblings, after: Siblings): Alike[] {
  const byKey = new Map<number, Alike>();
  const add = ({ rows, kind, site }: Siblings, side: 'before' | 'after'): void => {
    rows.forEach((row, at) => {
      const key = (kind[row] ?? 0) * 2 ** 21 + (site[row] ?? -1) + 1;
      let alike = byKey.get(key);
      if (alike === undefined) byKey.set(key, (alike = { kind: kind[row] ?? 0, before: [], after: [] }));
      alike[side].push(at);
    });
  };
  add(before, 'before');
  add(after, 'after');
  return [...byKey.values()];
}

/** What is left on either side of one kind, the first with the first. */
function paired(all: readonly Alike[]): SiblingPair[] {
  const pairs: SiblingPair[] = [];
  const left = new Map<number, { readonly before: Alike[]; readonly after: Alike[] }>();
  for (const alike of all) {
    if (alike.before.length > 0 && alike.after.length > 0) {
      pairs.push(alike);
      continue;
    }
    let ofKind = left.get(alike.kind);
    if (ofKind === undefined) left.set(alike.kind, (ofKind = { before: [], after: [] }));
    ofKind[alike.before.length > 0 ? 'before' : 'after'].push(alike);
  }
  for (const { before, after } of left.values()) {
    for (let at = 0; at < Math.max(before.length, after.length); at++) pairs.push({ before: before[at]?.before ?? [], after: after[at]?.after ?? [] });
  }
  return pairs;
}

function oneByOne(pair: SiblingPair): SiblingPair[] {
  const most = Math.max(pair.before.length, pair.after.length);
  if (most >= leastFolded || most === 1) return [pair];
  return Array.from({ length: most }, (_, at) => ({ before: pair.before.slice(at, at + 1), after: pair.after.slice(at, at + 1) }));
}

function inOrder(pairs: readonly SiblingPair[]): SiblingPair[] {
  const first = (rows: readonly number[]): number => rows[0] ?? Infinity;
  const gone = pairs.filter(({ after }) => after.length === 0).sort((a, b) => first(a.before) - first(b.before));
  const there = pairs.filter(({ after }) => after.length > 0).sort((a, b) => first(a.after) - first(b.after));
  const ordered: SiblingPair[] = [];
  let next = 0;
  for (const pair of there) {
    for (; next < gone.length && pair.before.length > 0 && first(gone[next]?.before ?? []) < first(pair.before); next++) ordered.push(gone[next] as SiblingPair);
    ordered.push(pair);
  }
  return [...ordered, ...gone.slice(next)];
}
