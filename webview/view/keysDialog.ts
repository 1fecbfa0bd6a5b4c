import { button } from '../controls.ts';
import { element } from './dom.ts';

const keys: readonly (readonly [keys: string, what: string])[] = [
  ['↑ ↓', 'previous, next row'],
  ['← →', 'fold, unfold; to the parent, to the first child'],
  ['Home End', 'first, last row'],
  ['Page Up, Page Down', 'a page up, down'],
  ['Enter', 'open the span’s source'],
  ['/', 'search; Enter and Shift+Enter go to the next and previous match, ↓ to the rows'],
  ['n  N', 'next, previous error'],
  ['+  −  0', 'zoom in, out, all'],
  ['z', 'zoom to the selected span'],
  ['Shift+← →', 'move the zoomed stretch'],
  ['Esc', 'clear the search'],
  ['?', 'this list'],
];
const mouse: readonly (readonly [string, string])[] = [
  ['Click', 'select, and show the line beside'],
  ['Double-click', 'open the source'],
  ['Ctrl+wheel', 'zoom at the pointer'],
  ['Drag on the ruler or the strip', 'zoom; double-click for all'],
];

/** The list of keys, shown by `?`. */
export function keysDialog(onClose: () => void): HTMLDialogElement {
  const dialog = element('dialog', 'keys');
  dialog.setAttribute('aria-label', 'Keyboard shortcuts');
  const table = element('dl');
  for (const [key, what] of [...keys, ...mouse]) table.append(element('div', 'entry', element('dt', '', element('kbd', '', key)), element('dd', '', what)));
  dialog.append(element('h2', '', 'Keys'), table, button('Close', 'primary', () => dialog.close()));
  dialog.addEventListener('close', onClose);
  dialog.addEventListener('keydown', (event) => {
    if (event.key === '?') dialog.close();
    event.stopPropagation();
  });
  return dialog;
}
