import type { PlaceBasis } from '../../locate/placeInText.ts';
import type { Location } from '../../locate/location.ts';
import type { CurrentText } from './currentText.ts';
import { functionsSaid, ownWord } from './functionName.ts';

/**
 * Where the code of a span is in a file that was changed since, when nothing tells what it was before: where the span's line is
 * now, as long as the function's name does not speak against it; else at the one function of that name. `location` is where the line
 * is; undefined where the file has no such line. `result` says what was found, or why nothing was.
 */
export function nameNow(basis: PlaceBasis, location: Location | undefined, now: CurrentText): { readonly location: Location | undefined; readonly result: string } {
  const { said, builtUnixMs, file, placing, inferred } = basis;
  const { functions } = now;
  const word = ownWord(said);
  const stay = { location, result: location === undefined ? 'it no longer has the line' : 'what it was then is not known: this is where the line is now' };
  if (said === undefined || word === undefined || functions === undefined) return stay;
  const around = location === undefined ? [] : functions.filter(({ startLine, endLine }) => startLine <= location.line && location.line <= endLine);
  if (functionsSaid(around, said).length > 0) return stay;
  const named = functionsSaid(functions, said);
  const [only] = named;
  if (only !== undefined && named.length === 1) {
    return { location: { file, line: only.startLine, column: only.startColumn, function: only, via: [...placing.via, 'symbol'], inferred }, result: `${only.name} in line ${only.startLine} is the one function of that name` };
  }
  // What was built may have other names; and a callback that is part of the function around it has a name of its own.
  if (builtUnixMs !== undefined || (location?.function !== undefined && holdsWord(now, location.function.startLine, location.function.endLine, word))) return stay;
  return { location: undefined, result: named.length > 1 ? `${named.length} functions in it may be ${said}` : `no function in it is called ${said}` };
}

function holdsWord({ lines }: CurrentText, startLine: number, endLine: number, word: string): boolean {
  const whole = new RegExp(`(?<![\\p{L}\\p{N}_])${word}(?![\\p{L}\\p{N}_])`, 'u');
  return lines.slice(startLine - 1, endLine).some((line) => whole.test(line));
}
