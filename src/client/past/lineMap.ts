import { diffArrays } from 'diff';

// A diff costs the square of what differs: past this, two texts have too little in common for lines to be told apart.
const maxEdits = 5000;
const maxMs = 300;
const maxMaps = 50;

/** Which lines of one text are which of another. Lines are 1-based. */
export class LineMap {
  readonly #toNew: Int32Array;
  readonly #toOld: Int32Array;

  constructor(toNew: Int32Array, toOld: Int32Array) {
    this.#toNew = toNew;
    this.#toOld = toOld;
  }

  /** Where a line of the old text is now; undefined where it was taken out or changed. */
  newLine(oldLine: number): number | undefined {
    return this.#toNew[oldLine] || undefined;
  }

  /** Where a line of the new text was; undefined where it was put in or changed. */
  oldLine(newLine: number): number | undefined {
    return this.#toOld[newLine] || undefined;
  }

  /** Whether a line that is gone and one that came are of one change: nothing between them stayed. */
  isReplaced(oldLine: number, newLine: number): boolean {
    if (this.newLine(oldLine) !== undefined || this.oldLine(newLine) !== undefined) return false;
    return staysBefore(this.#toNew, oldLine) === (this.#toOld[staysBefore(this.#toOld, newLine)] ?? 0);
  }
}

/** Line maps, kept while they are asked for: all sites of a file ask for the same. */
export class LineMaps {
  readonly #maps = new Map<string, LineMap | undefined>();

  /** As `lineMap`, of texts that `textId` names. */
  of(before: MarkedText, after: MarkedText): LineMap | undefined {
    const key = `${before.id} ${after.id}`;
    if (!this.#maps.has(key)) {
      if (this.#maps.size >= maxMaps) this.#maps.clear();
      this.#maps.set(key, lineMap(before.marks, after.marks));
    }
    return this.#maps.get(key);
  }
}

interface MarkedText {
  readonly id: string;
  readonly marks: readonly string[];
}

/** The last line before `line` that is in the other text too; 0 where none is. */
function staysBefore(map: Int32Array, line: number): number {
  let at = line;
  while (at > 0 && (map[at] ?? 0) === 0) at--;
  return at;
}

/** undefined where the texts differ so much that it would take too long, or say too little. */
export function lineMap(before: readonly string[], after: readonly string[]): LineMap | undefined {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const toNew = new Int32Array(before.length + 1);
  const toOld = new Int32Array(after.length + 1);
  const same = (oldLine: number, newLine: number, count: number) => {
    for (let i = 0; i < count; i++) {
      toNew[oldLine + i] = newLine + i;
      toOld[newLine + i] = oldLine + i;
    }
  };
  same(1, 1, head);
  same(before.length - tail + 1, after.length - tail + 1, tail);
  // Lines that only came, or only went, however many.
  if (head + tail === shorter) return new LineMap(toNew, toOld);
  const changes = diffArrays(before.slice(head, before.length - tail), after.slice(head, after.length - tail), { maxEditLength: maxEdits, timeout: maxMs });
  if (changes === undefined) return undefined;
  let oldLine = head + 1;
  let newLine = head + 1;
  for (const { added, removed, count } of changes) {
    if (!added && !removed) same(oldLine, newLine, count);
    if (!added) oldLine += count;
    if (!removed) newLine += count;
  }
  return new LineMap(toNew, toOld);
}
