import type { LiveRow } from '../client/liveRow.ts';
import type { FunctionRange } from '../locate/location.ts';

/** The text between two positions (1-based, the end outside) was replaced; what stood below `endLine` moved by `lineDelta`. */
export interface TextEdit {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly lineDelta: number;
  /** True where the code of `endLine` stands as it was and moves as a whole: only blanks are before it, then and now. */
  readonly movesEndLine: boolean;
}

/** What was edited since the document was read or written. */
interface Stretch {
  readonly number: number;
  /** Of the text it began with, as `textId` names it; undefined where the text is too long to tell. */
  readonly textId: string | undefined;
  readonly edits: TextEdit[];
  readonly functions: Set<string>;
}

interface TrackedLine {
  readonly line: number;
  readonly state: 'kept' | 'edited' | 'deleted';
}

/** A document is saved often, and its rows soon follow. */
const maxStretches = 50;

/**
 * Follows places of one document through its edits. A row's line is of the text that its `textId` names, which the document was read
 * or written with; of the last such where it names none of them. This says where that is now, and what of it was edited since.
 */
export class TextTracker {
  readonly #lines = new Map<string, TrackedLine>();
  #stretches: Stretch[];
  #functions: readonly FunctionRange[] | undefined;
  /** The functions' names in each text that was read, the last ones. */
  #names: ReadonlySet<string>[] = [];
  readonly #severalOf = new Set<string>();

  /** `textId` is of the text as it is on the disk. */
  constructor(textId?: string) {
    this.#stretches = [stretch(0, textId)];
  }

  /** The document was opened with edits that the disk has not: `edit` makes its text of the disk's. */
  openedEdited(textId: string, edit: TextEdit): void {
    this.#stretches = [{ ...stretch(-1, textId), edits: [edit] }, ...this.#stretches];
    this.#lines.clear();
  }

  /** The functions of the text as it is now; undefined where its language has no grammar. */
  setFunctions(functions: readonly FunctionRange[] | undefined): void {
    this.#functions = functions;
    if (functions === undefined) return;
    const names = new Set<string>();
    for (const { name } of functions) {
      if (names.has(name)) this.#severalOf.add(name);
      names.add(name);
    }
    this.#names = [...this.#names, names].slice(-maxStretches);
  }

  /** The document is what the disk has: it was written there, read from there, or its edits were taken back. */
  saved(textId: string | undefined): void {
    const last = this.#last();
    if (textId !== undefined && textId === last.textId) {
      last.edits.length = 0;
      last.functions.clear();
      this.#lines.clear();
      return;
    }
    this.#stretches = [...this.#stretches, stretch(last.number + 1, textId)].slice(-maxStretches);
  }

  edit(edit: TextEdit): void {
    const last = this.#last();
    last.edits.push(edit);
    for (const range of this.#functions ?? []) if (isInside(edit, range)) last.functions.add(range.name);
    for (const [key, tracked] of this.#lines) this.#lines.set(key, moved(tracked, edit));
    // Until the text is parsed again, what was replaced by something may be in it still; what was taken out is not.
    const left = isRemoval(edit) ? this.#functions?.filter(({ startLine }) => moved({ line: startLine, state: 'kept' }, edit).state !== 'deleted') : this.#functions;
    this.#functions = left?.map((range) => {
      const startLine = shifted(range.startLine, edit);
      const endLine = range.endLine < edit.startLine ? range.endLine : Math.max(edit.startLine, range.endLine + edit.lineDelta);
      return { ...range, startLine, endLine: Math.max(startLine, endLine) };
    });
  }

  /** The line of a row, in the text as it is now. */
  line(row: LiveRow): number {
    return this.#tracked(row, row.line).line;
  }

  /**
   * The function of a row, in the text as it is now; undefined where the row is of none. Where its name is not to be found,
   * and its first line was not touched, the text does not parse for a while.
   */
  function(row: LiveRow): FunctionRange | undefined {
    const was = row.function;
    if (was === undefined) return undefined;
    const { line, state } = this.#tracked(row, was.startLine);
    const named = this.#functions?.filter(({ name }) => name === was.name) ?? [];
    const isOneOfSeveral = named.length > 1 || this.#severalOf.has(was.name);
    const here = named.find(({ startLine }) => startLine === line);
    if (here !== undefined && !(isOneOfSeveral && state === 'deleted')) return here;
    if (named.length === 1 && !isOneOfSeveral) return named[0];
    if (state === 'kept' || (this.#functions === undefined && state === 'edited')) return { ...was, startLine: line, endLine: line + was.endLine - was.startLine };
    if (state === 'deleted') return undefined;
    return this.#functions?.find((each) => each.startLine === line && !this.#names.some((names) => names.has(each.name) && names.has(was.name)));
  }

  /** The code of the row is no longer in the text: another's must not stand for it. */
  isGone(row: LiveRow): boolean {
    return row.function === undefined ? this.#tracked(row, row.line).state === 'deleted' : this.function(row) === undefined;
  }

  /** Whether the function of a row (`name`, as it is called now) is another than that the row is of, by edits made here. */
  isFunctionEdited(row: LiveRow, name: string): boolean {
    return this.#since(row).some(({ functions }) => functions.has(name) || (row.function !== undefined && functions.has(row.function.name)));
  }

  /** The same of a row's own line. */
  isLineEdited(row: LiveRow): boolean {
    return this.#tracked(row, row.line).state !== 'kept';
  }

  #last(): Stretch {
    return this.#stretches.at(-1)!;
  }

  #since({ textId }: LiveRow): readonly Stretch[] {
    const from = textId === undefined ? -1 : this.#stretches.findLastIndex((each) => each.textId === textId);
    return this.#stretches.slice(from === -1 ? this.#stretches.length - 1 : from);
  }

  #tracked(row: LiveRow, line: number): TrackedLine {
    const since = this.#since(row);
    const key = `${line} ${since[0]!.number}`;
    let tracked = this.#lines.get(key);
    if (tracked === undefined) {
      tracked = since.flatMap(({ edits }) => edits).reduce(moved, { line, state: 'kept' });
      this.#lines.set(key, tracked);
    }
    return tracked;
  }
}

function stretch(number: number, textId: string | undefined): Stretch {
  return { number, textId, edits: [], functions: new Set() };
}

function isRemoval({ startLine, endLine, lineDelta }: TextEdit): boolean {
  return endLine - startLine + lineDelta === 0;
}

function isInside(edit: TextEdit, range: FunctionRange): boolean {
  const beforeEnd = edit.startLine < range.endLine || (edit.startLine === range.endLine && edit.startColumn < range.endColumn);
  const afterStart = edit.endLine > range.startLine || (edit.endLine === range.startLine && edit.endColumn > range.startColumn);
  return beforeEnd && afterStart;
}

function moved({ line, state }: TrackedLine, edit: TextEdit): TrackedLine {
  const isAt = line >= edit.startLine && line <= edit.endLine && !(line === edit.endLine && edit.movesEndLine);
  const isDeleted = line < edit.endLine && (line > edit.startLine || (line === edit.startLine && edit.startColumn === 1));
  return { line: shifted(line, edit), state: isDeleted || state === 'deleted' ? 'deleted' : isAt ? 'edited' : state };
}

/*
 *            startLine ───────────── endLine
 *   above │ within: stays, or goes to the  │ below
 *   stays │ last line of the new text      │ moves by lineDelta
 */
function shifted(line: number, edit: TextEdit): number {
  if (line < edit.startLine) return line;
  if (line > edit.endLine || (line === edit.endLine && edit.movesEndLine)) return Math.max(edit.startLine, line + edit.lineDelta);
  return Math.max(edit.startLine, Math.min(line, edit.endLine + edit.lineDelta));
}
