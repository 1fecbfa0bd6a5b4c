import { grouped } from '../../src/model/countText.ts';
import type { JsonKeyValue } from '../../src/protocol/hub.ts';
import type { FrameReference } from '../../src/protocol/waterfall.ts';
import { divider } from '../controls.ts';
import { attributeText, linesText } from '../layout/attributeText.ts';
import { formatDuration } from '../layout/formatDuration.ts';
import { stackLines } from '../layout/stackFrames.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { formatUnixNano, nanosBetween } from '../layout/unixTime.ts';
import { visibleLines, visibleText } from '../layout/visibleText.ts';
import { element, icon, textButton } from './dom.ts';

const clippedLength = 240;
const mostListed = 100;

export interface PartsActions {
  openFrame(spanId: string, frame: FrameReference): Promise<boolean>;
  copy(text: string): void;
}

/** What the details are made of: sections, lists of keys and values, moments in time, exceptions. */
export class DetailsParts {
  readonly #actions: PartsActions;

  constructor(actions: PartsActions) {
    this.#actions = actions;
  }

  fact(list: HTMLElement, name: string, said: readonly (Node | string)[]): void {
    list.append(element('div', 'entry', element('dt', '', name), element('dd', '', ...said)));
  }

  exception(spanId: string, attributes: readonly JsonKeyValue[]): HTMLElement {
    const text = (key: string): string => {
      const found = attributes.find((entry) => entry.key === key);
      return found === undefined ? '' : attributeText(found.value);
    };
    const section = this.section('Exception');
    const [type, message] = [text('exception.type'), text('exception.message')];
    const stack = linesText(attributes.find(({ key }) => key === 'exception.stacktrace')?.value ?? { stringValue: '' });
    section.append(element('p', 'exception failed', icon('error', 'error-sign'), visibleLines(clip([type, message].filter((part) => part !== '').join(': '), 1000)) || 'exception'));
    if (stack === '') return section;
    const frames = element('div', 'stack');
    const said = element('p', 'empty');
    said.setAttribute('role', 'status');
    // The first line only says the type and message again.
    const lines = stackLines(stack).filter((line, index) => index > 0 || line.frame !== undefined || !line.text.includes(message));
    for (const { text: line, frame } of lines) {
      const shown = visibleText(clip(line.trim(), 400));
      if (frame === undefined) frames.append(element('div', 'frame-text', shown));
      else {
        frames.append(textButton('link frame-link', shown, () => {
          void this.#actions.openFrame(spanId, frame).then((opened) => {
            said.textContent = opened ? '' : `${visibleText(frame.file)} is not a file of this workspace.`;
          });
        }));
      }
    }
    section.append(frames, said, textButton('link', 'Copy stack trace', () => this.#actions.copy(stack)));
    return section;
  }

  moment(model: TraceModel, timeUnixNano: string, name: string, attributes: readonly JsonKeyValue[], level = ''): HTMLElement {
    const atNs = nanosBetween(model.columns.startUnixNano, timeUnixNano);
    const item = element('div', 'moment');
    const line = element('div', 'moment-line', element('span', 'when', `${atNs < 0 ? '' : '+'}${formatDuration(atNs)}`));
    line.title = formatUnixNano(timeUnixNano);
    if (level !== '') line.append(' ', element('strong', '', visibleText(clip(level, 40))));
    const value = element('span', '');
    this.value(value, name);
    line.append(' ', value);
    item.append(line);
    if (attributes.length > 0) item.append(this.list(attributes));
    return item;
  }

  section(title: string, count?: number): HTMLElement {
    const heading = element('h3', '', title);
    if (count !== undefined) heading.append(' ', element('span', 'count', grouped(count)));
    return element('section', '', divider(), heading);
  }

  keyValues(title: string, entries: readonly JsonKeyValue[], dropped: number): HTMLElement | undefined {
    if (entries.length === 0 && dropped === 0) return undefined;
    const section = this.section(title, entries.length);
    section.append(this.list(entries), ...droppedNote(dropped));
    return section;
  }

  listed<T>(title: string, items: readonly T[], dropped: number, draw: (item: T) => HTMLElement): HTMLElement {
    const section = this.section(title, items.length);
    const rest = items.slice(mostListed);
    section.append(...items.slice(0, mostListed).map(draw));
    if (rest.length > 0) {
      const more = textButton('link', `Show ${rest.length} more`, () => more.replaceWith(...rest.map(draw)));
      section.append(more);
    }
    section.append(...droppedNote(dropped));
    return section;
  }

  list(entries: readonly JsonKeyValue[]): HTMLElement {
    const list = element('dl');
    for (const entry of entries.slice(0, mostListed)) this.entry(list, entry.key, attributeText(entry.value));
    if (entries.length <= mostListed) return list;
    const rest = entries.slice(mostListed);
    const more = textButton('link', `Show ${rest.length} more`, () => {
      for (const entry of rest) this.entry(list, entry.key, attributeText(entry.value));
      more.remove();
    });
    return element('div', '', list, more);
  }

  entry(list: HTMLElement, key: string, text: string, className = ''): void {
    const value = element('dd', className);
    this.value(value, text);
    const copy = textButton('copy', '', () => this.#actions.copy(text));
    copy.append(icon('copy'));
    copy.title = 'Copy';
    copy.setAttribute('aria-label', `Copy ${visibleText(clip(key, 100))}`);
    value.append(copy);
    const term = element('dt', '', visibleText(clip(key, 200)));
    term.title = term.textContent;
    list.append(element('div', 'entry', term, value));
  }

  /** A long value is cut, with a way to see all of it. */
  value(target: HTMLElement, text: string): void {
    const shown = element('span', 'value', visibleLines(clip(text, clippedLength)));
    target.append(shown);
    if (text.length <= clippedLength && shown.textContent.split('\n').length <= 6) return;
    shown.classList.add('clipped');
    let open = false;
    const toggle = textButton('link more', `Show all (${grouped(text.length)} characters)`, () => {
      open = !open;
      shown.textContent = visibleLines(open ? text : clip(text, clippedLength));
      shown.classList.toggle('clipped', !open);
      shown.classList.toggle('whole', open);
      toggle.textContent = open ? 'Show less' : `Show all (${grouped(text.length)} characters)`;
      toggle.setAttribute('aria-expanded', String(open));
    });
    toggle.setAttribute('aria-expanded', 'false');
    target.append(' ', toggle);
  }
}

function droppedNote(dropped: number): HTMLElement[] {
  return dropped > 0 ? [element('p', 'empty', `${dropped} more were dropped by the program's SDK.`)] : [];
}

export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
