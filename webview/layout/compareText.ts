import { durationText } from '../../src/model/durationText.ts';
import type { CompareModel } from './compareModel.ts';
import type { marks } from './compareTraces.ts';

/** A difference with its sign, `+12 ms`, `−3.4 ms`; `0` where there is none. */
export function differenceText(byNs: number): string {
  return byNs > 0 ? `+${durationText(byNs)}` : byNs < 0 ? durationText(byNs) : '0';
}

/** How much more or less that is: `+12 %`, `−30 %`, and `×2.4` from the double on; empty where before was nothing. */
export function ratioText(beforeNs: number, afterNs: number): string {
  if (beforeNs <= 0) return '';
  const ratio = afterNs / beforeNs;
  if (ratio >= 2) return `×${Number(ratio.toPrecision(ratio < 100 ? 2 : 3)).toLocaleString('en')}`;
  const percent = Math.round((ratio - 1) * 100);
  return percent === 0 ? '0 %' : percent > 0 ? `+${percent} %` : `−${-percent} %`;
}

/** `38× → 76×`; empty where one span stands against one. */
export function countsText(before: number, after: number): string {
  if (before <= 1 && after <= 1) return '';
  return before === after ? `${after.toLocaleString('en')}×` : before === 0 || after === 0 ? `${(before + after).toLocaleString('en')}×` : `${before.toLocaleString('en')}× → ${after.toLocaleString('en')}×`;
}

const words: readonly (readonly [mark: keyof typeof marks, text: string])[] = [
  ['new', '+ new'], ['gone', '− gone'], ['newErrors', '⊘ new error'], ['goneErrors', 'error gone'], ['slower', '▲ slower'], ['faster', '▼ faster'], ['more', '▲ more calls'], ['fewer', '▼ fewer calls'],
];

/** What differs in a row, the weightiest first. */
export function markWords(model: CompareModel, row: number): readonly { readonly mark: keyof typeof marks; readonly text: string }[] {
  return words.filter(([mark]) => model.has(row, mark)).map(([mark, text]) => ({ mark, text }));
}
