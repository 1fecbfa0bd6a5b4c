import type { CompareModel } from '../layout/compareModel.ts';
import { formatDuration } from '../layout/formatDuration.ts';
import { spanStartNs } from '../layout/spanTimes.ts';
import { element, textButton } from './dom.ts';

export interface CompareSidesActions {
  openBefore(): void;
  openAfter(): void;
  openSource(): void;
}

/** The line beneath the rows: the selected one in either trace, each a way there, and to its line. */
export class CompareSides {
  readonly root = element('div', 'compare-sides');
  readonly #actions: CompareSidesActions;

  constructor(actions: CompareSidesActions) {
    this.#actions = actions;
    this.root.setAttribute('role', 'group');
    this.root.setAttribute('aria-label', 'The selected span in either trace');
  }

  /** `place` is where the selected row is in the code, undefined where that is not known. */
  show(model: CompareModel | undefined, place: string | undefined): void {
    const row = model?.selected ?? -1;
    this.root.hidden = model === undefined || row < 0;
    if (model === undefined || row < 0) return;
    const side = (which: 'before' | 'after', open: () => void): (Node | string)[] => {
      const [first] = model.spansOf(row, which);
      const { columns, netNs } = model.comparison[which];
      if (first === undefined) return [element('span', 'absent', `${which}: not there`)];
      const own = first - (which === 'before' ? model.beforeFrom : model.afterFrom);
      const link = textButton('link', `${which}: ${formatDuration(netNs[own] ?? 0)} at ${formatDuration(spanStartNs(columns, own))}`, open);
      link.title = which === 'before' ? 'Open it in its own trace (b)' : 'Show it in the waterfall (a)';
      return [link];
    };
    const code = textButton('link', place ?? '', () => this.#actions.openSource());
    code.title = 'Open its line (Enter)';
    this.root.replaceChildren(...side('before', () => this.#actions.openBefore()), ...side('after', () => this.#actions.openAfter()), ...(place === undefined ? [] : [code]));
  }
}
