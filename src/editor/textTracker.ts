import type { OperationRow } from '../client/functionTable.ts';
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

/**
 * Follows places of one document through its edits. Rows say where they were in the saved text as it was when they were
 * located; this says where that is now, and when the text of a function last changed.
 */
export class TextTracker {
  readonly #lines = new Map<string, number>();
  readonly #editedLines = new Map<string, number>();
  readonly #editedFunctions = new Map<string, number>();
  #unsaved: TextEdit[] = [];
  #functions: readonly FunctionRange[] | undefined;

  /** The functions of the text as it is now; undefined where its language has no grammar. */
  setFunctions(functions: readonly FunctionRange[] | undefined): void {
    this.#functions = functions;
  }

  /** The document was written to disk: what was edited before can have run from now on. */
  saved(nowUnixMs: number): void {
    this.#unsaved = [];
    for (const edited of [this.#editedFunctions, this.#editedLines]) {
      for (const [key, time] of edited) if (time === Infinity) edited.set(key, nowUnixMs);
    }
  }

  /** The document's edits were taken back: it is what the disk has had all along. */
  reverted(): void {
    this.#unsaved = [];
    for (const edited of [this.#editedFunctions, this.#editedLines]) {
      for (const [key, time] of edited) if (time === Infinity) edited.delete(key);
    }
  }

  edit(edit: TextEdit): void {
    this.#unsaved.push(edit);
    for (const range of this.#functions ?? []) {
      if (isInside(edit, range)) this.#editedFunctions.set(range.name, Infinity);
    }
    for (const [key, line] of this.#lines) {
      if (line >= edit.startLine && line <= edit.endLine && !(line === edit.endLine && edit.movesEndLine)) this.#editedLines.set(key, Infinity);
      this.#lines.set(key, shifted(line, edit));
    }
    this.#functions = this.#functions?.map((range) => {
      const startLine = shifted(range.startLine, edit);
      const endLine = range.endLine < edit.startLine ? range.endLine : Math.max(edit.startLine, range.endLine + edit.lineDelta);
      return { ...range, startLine, endLine: Math.max(startLine, endLine) };
    });
  }

  /** The line of a row, in the text as it is now. */
  line(row: OperationRow): number {
    return this.#line(row.captureId, row.line);
  }

  /** The function of a row, in the text as it is now: the one of its name, the nearest where several have it. */
  function(row: OperationRow): FunctionRange | undefined {
    const was = row.function;
    if (was === undefined) return undefined;
    const startLine = this.#line(row.captureId, was.startLine);
    let nearest: FunctionRange | undefined;
    for (const range of this.#functions ?? []) {
      if (range.name !== was.name) continue;
      if (nearest === undefined || Math.abs(range.startLine - startLine) < Math.abs(nearest.startLine - startLine)) nearest = range;
    }
    return nearest ?? { ...was, startLine, endLine: startLine + was.endLine - was.startLine };
  }

  /**
   * Since when the function's text as it is now can have run, in milliseconds since the epoch: Infinity where it is edited
   * and not saved, undefined where it did not change while followed.
   */
  functionEditedUnixMs(name: string): number | undefined {
    return this.#editedFunctions.get(name);
  }

  /** The same of a row's own line. */
  lineEditedUnixMs(row: OperationRow): number | undefined {
    return this.#editedLines.get(lineKey(row.captureId, row.line));
  }

  #line(captureId: string, line: number): number {
    const key = lineKey(captureId, line);
    let now = this.#lines.get(key);
    if (now === undefined) {
      now = this.#unsaved.reduce(shifted, line);
      this.#lines.set(key, now);
    }
    return now;
  }
}

// One line number means different places to different captures, since the text may have changed between them.
function lineKey(captureId: string, line: number): string {
  return `${line} ${captureId}`;
}

function isInside(edit: TextEdit, range: FunctionRange): boolean {
  const beforeEnd = edit.startLine < range.endLine || (edit.startLine === range.endLine && edit.startColumn < range.endColumn);
  const afterStart = edit.endLine > range.startLine || (edit.endLine === range.startLine && edit.endColumn > range.startColumn);
  return beforeEnd && afterStart;
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
