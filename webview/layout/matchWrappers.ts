import type { SiblingPair } from './matchSiblings.ts';

/** Spans that stand for each other; of a pair with one side alone, what it holds now of the other side: siblings once, children of it now. */
export interface WrappingPair extends SiblingPair {
  readonly adopted: readonly number[];
}

/** One trace: what each row is, the same number in both, and the children of some rows. */
export interface KindOfRows {
  readonly kind: Int32Array;
  ofAll(rows: readonly number[]): number[];
}

/**
 * A span that is new around what was there, or gone from around it, parts nothing: siblings that are left over on one side are looked for among
 * the children of what is left over on the other, by their kind, as many as there are.
 *
 *   before  a           after  a             a
 *           ├─ q               ├─ retry      ├─ retry  new
 *           └─ z               │  └─ q       │  └─ q   1 → 1
 *                              └─ z          └─ z      1 → 1
 *
 * What is a wrapper itself is wrapped by none, so that it is the same whichever trace is called before.
 */
export function matchWrappers(pairs: readonly SiblingPair[], before: KindOfRows, after: KindOfRows): readonly WrappingPair[] {
  const gone = pairs.filter((pair) => pair.after.length === 0);
  const added = pairs.filter((pair) => pair.before.length === 0);
  if (gone.length === 0 || added.length === 0) return pairs.map((pair) => ({ ...pair, adopted: [] }));
  const goneKinds = new Set(gone.map(({ before: [first = 0] }) => before.kind[first]));
  const addedKinds = new Set(added.map(({ after: [first = 0] }) => after.kind[first]));
  const wrapsGone = new Map(added.map((pair) => [pair, kindsAmong(after, after.ofAll(pair.after), goneKinds)]));
  const wrapsAdded = new Map(gone.map((pair) => [pair, kindsAmong(before, before.ofAll(pair.before), addedKinds)]));
  const adopted = new Map<SiblingPair, number[]>();
  const inside = new Set<SiblingPair>();
  const adopt = (wrappers: Wraps, loose: Wraps, side: 'before' | 'after', kind: Int32Array): void => {
    const rooms = roomsOf(wrappers);
    for (const [pair, wraps] of loose) {
      const own = kind[pair[side][0] ?? 0] ?? -1;
      const waiting = wraps.size > 0 ? [] : (rooms.get(own) ?? []);
      const room = waiting.at(-1);
      if (room === undefined) continue;
      room.left -= pair[side].length;
      if (room.left <= 0) waiting.pop();
      const rows = adopted.get(room.wrapper);
      if (rows === undefined) adopted.set(room.wrapper, [...pair[side]]);
      else for (const row of pair[side]) rows.push(row);
      inside.add(pair);
    }
  };
  adopt(wrapsGone, wrapsAdded, 'before', before.kind);
  adopt(wrapsAdded, wrapsGone, 'after', after.kind);
  return pairs.filter((pair) => !inside.has(pair)).map((pair) => ({ ...pair, adopted: adopted.get(pair) ?? [] }));
}

/** How many children of each kind that is left over on the other side a pair has. */
type Wraps = ReadonlyMap<SiblingPair, ReadonlyMap<number, number>>;

interface Room {
  readonly wrapper: SiblingPair;
  left: number;
}

/** By kind, who has room for it, the first last. */
function roomsOf(wrappers: Wraps): Map<number, Room[]> {
  const rooms = new Map<number, Room[]>();
  for (const [wrapper, kinds] of [...wrappers].reverse()) {
    for (const [kind, left] of kinds) {
      const there = rooms.get(kind);
      if (there === undefined) rooms.set(kind, [{ wrapper, left }]);
      else there.push({ wrapper, left });
    }
  }
  return rooms;
}

/** How many rows there are of each kind that is wanted. */
function kindsAmong({ kind }: KindOfRows, rows: readonly number[], wanted: ReadonlySet<number | undefined>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const row of rows) {
    const own = kind[row] ?? -1;
    if (wanted.has(own)) counts.set(own, (counts.get(own) ?? 0) + 1);
  }
  return counts;
}
