import { decoratedFunction } from '../../locate/decoratedFunction.ts';
import { enclosingFunction } from '../../locate/functions/functionFinder.ts';
import { hasDecorators } from '../../locate/placeInText.ts';
import type { FunctionRange } from '../../locate/location.ts';
import type { CurrentText } from './currentText.ts';
import type { LineMap, LineMaps } from './lineMap.ts';
import type { PastPlace, PastText } from './pastPlace.ts';

export type Moved =
  | {
      readonly kind: 'at';
      readonly line: number;
      readonly column: number;
      readonly function: FunctionRange | undefined;
      /** `same`: the text is what it was. */
      readonly by: 'same' | 'diff' | 'symbol';
      readonly edited: 'function' | 'file' | undefined;
    }
  | { readonly kind: 'gone'; readonly reason: string };

/**
 * Where a place of the text `was` is in the text as it is now: the line that a diff says is the same one, where the function of
 * its name is around it; else that function, wherever it went in the file; else the function that stands in its stead under
 * another name. Nothing where none of these is there: what is there now did not run. `was` is undefined where it was not kept.
 */
export function moveToNow(past: PastPlace, was: PastText | undefined, now: CurrentText, maps: LineMaps): Moved {
  if (past.textId === now.id) return at(past, past.line, functionAround(now, past, past.line), 'same', undefined, now);
  const map = was === undefined ? undefined : maps.of(was, now);
  const line = map?.newLine(past.line);
  const around = line === undefined ? undefined : functionAround(now, past, line);
  const { function: ran } = past;
  if (ran === undefined) {
    if (line !== undefined && around === undefined) return at(past, line, undefined, 'diff', undefined, now);
    return { kind: 'gone', reason: `line ${past.line}, as it was when the span was made, is no longer there` };
  }
  const edited = (found: FunctionRange) => (was === undefined ? 'file' : isSameText(was, ran, now, found) ? undefined : 'function');
  if (line !== undefined && around?.name === ran.name) return at(past, line, around, 'diff', edited(around), now);

  const named = (now.functions ?? []).filter(({ name }) => name === ran.name);
  const [only, ...others] = named.filter((each) => mayBe(map, ran.startLine, each.startLine));
  if (only !== undefined && others.length === 0) return symbol(only, edited(only));
  if (only !== undefined) return { kind: 'gone', reason: `${named.length} functions are called ${ran.name} now, and nothing tells which one ran` };
  if (line !== undefined && around !== undefined && isSameHeader(map, ran.startLine, around.startLine)) return at(past, line, around, 'diff', edited(around), now);
  return { kind: 'gone', reason: `${ran.name} is no longer there: it was deleted, renamed or moved to another file` };
}

function at(past: PastPlace, line: number, around: FunctionRange | undefined, by: 'same' | 'diff', edited: 'function' | 'file' | undefined, now: CurrentText): Moved {
  const column = past.inset + (now.lines[line - 1] ?? '').search(/\S|$/) + 1;
  return { kind: 'at', line, column, function: around, by, edited };
}

function symbol(found: FunctionRange, edited: 'function' | 'file' | undefined): Moved {
  return { kind: 'at', line: found.startLine, column: found.startColumn, function: found, by: 'symbol', edited };
}

/** The function around a line: the one that has the past one's name, where there is one. */
function functionAround({ functions = [], lines }: CurrentText, past: PastPlace, line: number): FunctionRange | undefined {
  const named = functions.findLast(({ name, startLine, endLine }) => name === past.function?.name && startLine <= line && line <= endLine);
  const column = past.inset + (lines[line - 1] ?? '').search(/\S|$/) + 1;
  const decorated = hasDecorators(past.file) ? decoratedFunction(functions, lines, line) : undefined;
  return named ?? decorated ?? enclosingFunction(functions, line, column);
}

/** A function that stood there already, under its own first line, is another one. */
function mayBe(map: LineMap | undefined, ranLine: number, line: number): boolean {
  const was = map?.oldLine(line);
  return was === undefined || was === ranLine;
}

/** Its first line is the same one (its class has another name), or was replaced by the other's. */
function isSameHeader(map: LineMap | undefined, ranLine: number, line: number): boolean {
  return map !== undefined && (map.newLine(ranLine) === line || map.isReplaced(ranLine, line));
}

function isSameText(was: PastText, ran: { readonly startLine: number; readonly endLine: number }, now: CurrentText, found: FunctionRange): boolean {
  const count = ran.endLine - ran.startLine;
  if (found.endLine - found.startLine !== count) return false;
  for (let i = 0; i <= count; i++) if (was.marks[ran.startLine - 1 + i] !== now.marks[found.startLine - 1 + i]) return false;
  return true;
}
