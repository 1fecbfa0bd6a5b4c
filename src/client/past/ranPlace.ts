import type { CurrentText } from './currentText.ts';
import { ownWord } from './functionName.ts';
import type { LineMaps } from './lineMap.ts';
import { moveToNow } from './moveToNow.ts';
import type { PastPlace, PastText } from './pastPlace.ts';

/** A place in the text that ran, with that text. */
export interface RanPlace {
  readonly place: PastPlace;
  /** undefined where the text was not kept. */
  readonly text: PastText | undefined;
}

export function isSamePlace(a: PastPlace, b: PastPlace): boolean {
  return a.file === b.file && a.textId === b.textId && a.line === b.line && a.inset === b.inset;
}

/**
 * Which of two texts a site's spans are of where they go on after a change: the one remembered (`past`), or the one that is on the disk
 * since (`fresh`). A program that started after the change ran the new text. Else it may have been started anew, or may run on
 * as it was: then what the site says must fit the new text, and the old place must be where it was.
 */
export function newerOf({ past, fresh, now, said, isNewRun, maps }: {
  readonly past: RanPlace; readonly fresh: RanPlace; readonly now: CurrentText; readonly said: string | undefined; readonly isNewRun: boolean; readonly maps: LineMaps;
}): RanPlace {
  if (isNewRun || isSamePlace(past.place, fresh.place)) return fresh;
  const then = moveToNow(past.place, past.text, now, maps);
  const since = moveToNow(fresh.place, fresh.text, now, maps);
  if (then.kind === 'at' && since.kind === 'at' && then.line === since.line) return fresh;
  const mark = ({ place, text }: RanPlace) => text?.marks[place.line - 1];
  const isSameFunction = past.place.function?.name === fresh.place.function?.name;
  if (isSameFunction && mark(past) !== undefined && mark(past) === mark(fresh)) return fresh;
  const word = ownWord(said);
  if (word !== undefined && word === ownWord(fresh.place.function?.name)) return fresh;
  return then.kind === 'at' || !isSameFunction ? past : fresh;
}
