import { button } from '../controls.ts';
import { element } from './dom.ts';
import { hasModifier } from './rowKeys.ts';

type Entry = readonly [keys: string, what: string];

const sections: readonly (readonly [title: string, entries: readonly Entry[]])[] = [
  ['Go', [
    ['↑ ↓', 'previous, next row'],
    ['← →', 'fold, unfold; to the parent, to the first child'],
    ['Home End', 'first, last row'],
    ['Page Up, Page Down', 'a page up, down'],
    ['Enter', 'open the span’s source; in a table, go to it in the waterfall'],
    ['n  N', 'next, previous error'],
    ['s  S', 'the longest self time, then the next longest; back'],
    ['f', 'the code follows the selection, or no longer'],
  ]],
  ['Find', [
    ['/', 'search; Enter and Shift+Enter go to the next and previous match, ↓ to the rows'],
    ['↓ Tab', 'while typing: choose what is offered, take it; Ctrl+Space offers again'],
    ['m', 'only what was found and what is above it, or all'],
    ['Esc', 'clear the search'],
  ]],
  ['See', [
    ['1 … 7', 'waterfall, icicle, operations, spans, logs, services, compare'],
    ['c', 'the critical path, the line under the bars'],
    ['e', 'the way to the deepest error'],
    ['+  −  0', 'zoom in, out, all'],
    ['z', 'zoom to the selected span'],
    ['Shift+← →', 'move the zoomed stretch'],
    ['?', 'this list'],
  ]],
  ['In the icicle and the services', [
    ['↑ ↓', 'the caller; the longest of what was called'],
    ['← →', 'what the same caller called before, after'],
    ['Space', 'search for a service’s spans'],
  ]],
  ['In the comparison', [
    ['d', 'compare with the previous trace of the operation, or with what was chosen last'],
    ['n  N', 'next, previous change'],
    ['m', 'only what changed, or all'],
    ['Esc', 'from the list of traces to the rows; within it, letters and digits go along it'],
    ['b  a', 'the span before, in its own trace; the span after, in the waterfall'],
  ]],
  ['Search language', [
    ['service=orders', 'name, service, kind, status, file, function, event, log, or any attribute'],
    ['duration>50ms', '= != > >= < <=, and ~ for a part; self for self time'],
    ['-name~health', 'a minus in front: not'],
    ['"timeout"', 'anywhere: names, attributes, events, logs'],
  ]],
  ['Mouse', [
    ['Click', 'select; the line shows beside'],
    ['Double-click', 'open the source'],
    ['Ctrl+wheel', 'zoom at the pointer'],
    ['Drag on the ruler or the strip', 'zoom; double-click for all'],
  ]],
];

/** The list of keys, shown by `?`. */
export function keysDialog(onClose: () => void): HTMLDialogElement {
  const dialog = element('dialog', 'keys');
  dialog.setAttribute('aria-label', 'Keyboard shortcuts');
  const lists = sections.map(([title, entries]) => {
    const list = element('dl');
    for (const [key, what] of entries) list.append(element('div', 'entry', element('dt', '', element('kbd', '', key)), element('dd', '', what)));
    return element('section', '', element('h3', '', title), list);
  });
  const body = element('div', 'key-lists', ...lists);
  body.tabIndex = 0;
  dialog.append(element('h2', '', 'Keys'), body, button('Close', 'primary', () => dialog.close()));
  dialog.addEventListener('close', onClose);
  dialog.addEventListener('keydown', (event) => {
    // The focus may stay a frame longer than the dialog.
    if (!dialog.open) return;
    if (event.key === '?') dialog.close();
    // None is a key of the page. What stops here never reaches VS Code's own keys.
    if ((event.key.length === 1 || event.key === 'Escape') && !hasModifier(event)) event.stopPropagation();
  });
  return dialog;
}
