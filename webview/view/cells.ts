import type { TraceModel } from '../layout/traceModel.ts';
import { visibleText } from '../layout/visibleText.ts';
import { element, icon } from './dom.ts';
import type { Theme } from './theme.ts';

const longest = 300;

/** A span's name as every list shows it: its service's colour, a sign where it failed. */
export function fillName(cell: HTMLElement, model: TraceModel, row: number, theme: Theme): void {
  const mark = element('span', 'mark');
  mark.style.backgroundColor = theme.service(model.slotOf(row));
  const failed = model.isError(row);
  const name = element('span', failed ? 'name failed' : 'name', visibleText(model.nameOf(row).slice(0, longest)) || '(no name)');
  cell.replaceChildren(mark, ...(failed ? [icon('error', 'error-sign'), element('span', 'spoken', 'failed')] : []), name);
  cell.title = name.textContent;
}

export function fillText(cell: HTMLElement, text: string): void {
  cell.textContent = visibleText(text.slice(0, longest));
  cell.title = cell.textContent;
}
