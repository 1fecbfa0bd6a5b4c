import { element, icon } from './dom.ts';

/** The elements of one row of the waterfall. */
export interface RowSlot {
  readonly root: HTMLElement;
  readonly guides: HTMLElement;
  readonly deep: HTMLElement;
  readonly twistie: HTMLElement;
  readonly mark: HTMLElement;
  readonly error: Element;
  readonly skew: Element;
  readonly name: HTMLElement;
  readonly service: HTMLElement;
  readonly badge: HTMLElement;
  readonly fold: HTMLElement;
  readonly place: HTMLElement;
  readonly spoken: HTMLElement;
  node: number;
  stamp: number;
  /** What was written last, by what it is: writing it again would cost the page as much as something new. */
  readonly written: Map<string, string>;
}

type TextPart = 'deep' | 'name' | 'service' | 'badge' | 'fold' | 'place' | 'spoken';

/** Whether that is not what was written last; it counts as written from now on. */
export function isNew(slot: RowSlot, what: string, value: string): boolean {
  if (slot.written.get(what) === value) return false;
  slot.written.set(what, value);
  return true;
}

export function setText(slot: RowSlot, part: TextPart, text: string): void {
  if (isNew(slot, part, text)) slot[part].textContent = text;
}

export function setTitle(slot: RowSlot, part: TextPart, title: string): void {
  if (isNew(slot, `${part} title`, title)) slot[part].title = title;
}

/** Text with what was searched for marked. */
export function setMatched(slot: RowSlot, part: TextPart, text: string, marks: readonly string[]): void {
  const lower = marks.length === 0 ? '' : text.toLowerCase();
  const wanted = marks.find((each) => each !== '' && lower.includes(each));
  if (!isNew(slot, part, wanted === undefined ? text : `${text}\n${wanted}`)) return;
  if (wanted === undefined) {
    slot[part].textContent = text;
    return;
  }
  const at = lower.indexOf(wanted);
  slot[part].replaceChildren(text.slice(0, at), element('mark', '', text.slice(at, at + wanted.length)), text.slice(at + wanted.length));
}

let template: HTMLElement | undefined;

/** A copy of the one row that was built: that takes a fraction of building each. */
export function newRowSlot(): RowSlot {
  const root = (template ??= rowTemplate()).cloneNode(true) as HTMLElement;
  const [label, place, spoken] = [root.firstElementChild!.firstElementChild!, root.firstElementChild!.lastElementChild!, root.lastElementChild!.firstElementChild!];
  const [guides, deep, twistie, mark, error, name, service, skew, badge, fold] = label.children as unknown as Iterable<HTMLElement>;
  return {
    root, guides: guides!, deep: deep!, twistie: twistie!, mark: mark!, error: error!, name: name!, service: service!, skew: skew!, badge: badge!, fold: fold!,
    place: place as HTMLElement, spoken: spoken as HTMLElement, node: -1, stamp: -1, written: new Map(),
  };
}

function rowTemplate(): HTMLElement {
  const parts = [
    element('span', 'guides'), element('span', 'deep'), element('span', 'twistie', icon('chevron')), element('span', 'mark'), icon('error', 'error-sign'),
    element('span', 'name'), element('span', 'service'), icon('clock', 'skew-sign'), element('span', 'badge'), element('span', 'fold'),
  ];
  const nameCell = element('div', 'name-cell', element('div', 'label', ...parts), element('span', 'place'));
  nameCell.setAttribute('role', 'gridcell');
  const barCell = element('div', 'bar-cell', element('span', 'spoken'));
  barCell.setAttribute('role', 'gridcell');
  for (const sign of nameCell.querySelectorAll('.error-sign, .skew-sign')) sign.setAttribute('hidden', '');
  const root = element('div', 'row', nameCell, barCell);
  root.setAttribute('role', 'row');
  root.setAttribute('aria-selected', 'false');
  return root;
}
