import { spanKindName, statusError } from '../../src/model/span.ts';
import type { JsonKeyValue, SpanDetails } from '../../src/protocol/hub.ts';
import type { CodeLines, FrameReference, Place, PlaceExplanation } from '../../src/protocol/waterfall.ts';
import { button, divider } from '../controls.ts';
import { attributeText } from '../layout/attributeText.ts';
import { durationLabel, formatDuration } from '../layout/formatDuration.ts';
import { openWords } from '../layout/openRows.ts';
import { stackLines } from '../layout/stackFrames.ts';
import { formatUnixNano, nanosBetween } from '../layout/unixTime.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { spanStartNs } from '../layout/traceTree.ts';
import { visibleLines, visibleText } from '../layout/visibleText.ts';
import { element, icon, textButton } from './dom.ts';

/** What the pane asks for; all of it about the span it shows. */
export interface DetailsActions {
  details(spanId: string): Promise<SpanDetails | undefined>;
  codeLines(site: number): Promise<CodeLines | undefined>;
  explain(spanId: string): Promise<PlaceExplanation | undefined>;
  openSource(site: number): Promise<boolean>;
  openFrame(spanId: string, frame: FrameReference): Promise<boolean>;
  openTrace(traceId: string, spanId: string): void;
  copy(text: string): void;
}

const clippedLength = 240;
const mostListed = 100;
const fetchDelayMs = 40;

/** The selected span: first where it is in the code, then the rest of what is known of it. */
export class DetailsPane {
  readonly root = element('aside', 'details');
  readonly #actions: DetailsActions;
  #shown: string | undefined;
  #timer: number | undefined;

  constructor(actions: DetailsActions) {
    this.#actions = actions;
    this.root.setAttribute('aria-label', 'Span details');
    this.root.tabIndex = 0;
  }

  /** Shows the selection at once from what the rows know; the rest follows when the host has answered. */
  show(model: TraceModel, refetch: boolean): void {
    const spanId = model.selectedSpanId;
    if (spanId === this.#shown && !refetch) return;
    const sameSpan = spanId === this.#shown;
    this.#shown = spanId;
    window.clearTimeout(this.#timer);
    if (spanId === undefined) {
      this.root.replaceChildren(element('p', 'empty', model.selected >= 0 ? 'Spans whose parent has not arrived (yet).' : 'Select a span to see what is known of it.'));
      return;
    }
    if (!sameSpan) {
      this.root.scrollTop = 0;
      this.root.replaceChildren(...this.#head(model), element('p', 'empty', 'Loading …'));
    }
    // A held arrow key passes over many spans.
    this.#timer = window.setTimeout(() => void this.#fetch(model, spanId), fetchDelayMs);
  }

  async #fetch(model: TraceModel, spanId: string): Promise<void> {
    let rest: HTMLElement[];
    try {
      const details = await this.#actions.details(spanId);
      rest = details === undefined ? [element('p', 'empty', 'The hub no longer keeps this span.')] : this.#sections(model, details);
    } catch (error) {
      const retry = textButton('link', 'Try again', () => void this.#fetch(model, spanId));
      rest = [element('p', 'empty', `Its details could not be read: ${error instanceof Error ? error.message : String(error)}. `, retry)];
    }
    if (this.#shown === spanId) this.root.replaceChildren(...this.#head(model), ...rest);
  }

  #head(model: TraceModel): HTMLElement[] {
    const row = model.selectedRow;
    if (row < 0) return [];
    const place = model.placeOf(row);
    const spanId = model.selectedSpanId ?? '';
    const title = element('h2', model.isError(row) ? 'failed' : '');
    if (model.isError(row)) title.append(icon('error', 'error-sign'));
    title.append(visibleText(clip(model.nameOf(row), 500)) || '(no name)');
    const line = element('p', 'who', visibleText(clip(model.serviceOf(row), 200)), ' · ', spanKindName(model.columns.kind[row] ?? 0));
    return [title, line, ...(place === undefined ? this.#unplaced(spanId) : this.#placed(place, spanId))];
  }

  #placed(place: Place, spanId: string): HTMLElement[] {
    const where = `${visibleText(place.file)}:${place.line}:${place.column}`;
    const open = (): void => void this.#actions.openSource(place.site);
    const link = textButton('link where', where, open);
    const lines = element('p', 'place-line', ...(place.inferred ? ['≈ '] : []), link);
    if (place.functionName !== undefined) lines.append(' in ', element('strong', '', visibleText(place.functionName)));
    const code = element('div', 'code');
    code.hidden = true;
    void this.#fillCode(code, place);
    const explanation = element('div', 'explanation');
    const why = textButton('link', 'Why here?', () => void this.#explain(explanation, spanId));
    const how = element('p', 'how', place.inferred ? 'inferred by ' : 'placed by ', place.via.map(visibleText).join(' + '), ' · ', why);
    return [lines, code, how, explanation, element('p', 'actions', button('Open source', 'secondary', open))];
  }

  #unplaced(spanId: string): HTMLElement[] {
    const explanation = element('div', 'explanation');
    const why = textButton('link', 'Why not?', () => void this.#explain(explanation, spanId));
    return [element('p', 'how', 'no place in this workspace · ', why), explanation];
  }

  async #fillCode(target: HTMLElement, place: Place): Promise<void> {
    const code = await this.#actions.codeLines(place.site).catch(() => undefined);
    if (code === undefined || code.lines.length === 0) return;
    const indent = Math.min(...code.lines.filter((line) => line.trim() !== '').map((line) => /^\s*/.exec(line)?.[0].length ?? 0));
    for (const [index, text] of code.lines.entries()) {
      const number = code.firstLine + index;
      const line = element('div', number === place.line ? 'code-line here' : 'code-line', element('span', 'line-number', String(number)));
      line.append(element('code', '', visibleText(clip(text.slice(Number.isFinite(indent) ? indent : 0), 300)).replaceAll('\\t', '  ')));
      target.append(line);
    }
    target.hidden = false;
  }

  async #explain(target: HTMLElement, spanId: string): Promise<void> {
    if (target.childElementCount > 0) {
      target.replaceChildren();
      return;
    }
    const explanation = await this.#actions.explain(spanId).catch(() => undefined);
    if (explanation === undefined) {
      target.replaceChildren(element('p', '', 'No explanation could be had.'));
      return;
    }
    const steps = element('ol');
    for (const step of explanation.steps) {
      steps.append(element('li', '', element('strong', '', visibleText(step.rule)), ` ${visibleText(clip(step.input, 300))} → ${visibleText(clip(step.result, 300))}`));
    }
    target.replaceChildren(element('p', '', visibleText(explanation.outcome)), steps);
  }

  #sections(model: TraceModel, details: SpanDetails): HTMLElement[] {
    const sections: (HTMLElement | undefined)[] = [this.#facts(model, details)];
    for (const event of details.events) if (event.name === 'exception') sections.push(this.#exception(details.spanId, event.attributes));
    sections.push(
      this.#keyValues('Attributes', details.attributes, details.dropped.attributes),
      this.#events(model, details),
      this.#logs(model, details),
      this.#links(details),
      this.#keyValues('Resource', details.resource, 0),
      this.#keyValues('Scope', scopeEntries(details), 0),
      this.#identity(details),
    );
    return sections.filter((section) => section !== undefined);
  }

  #facts(model: TraceModel, details: SpanDetails): HTMLElement {
    const list = element('dl', 'facts-list');
    const row = model.selectedRow;
    const durationNs = nanosBetween(details.startUnixNano, details.endUnixNano);
    const heldNs = Math.min(durationNs, details.heldNs ?? 0);
    const netNs = heldNs > 0 ? durationNs - heldNs : durationNs;
    this.#entry(list, 'duration', openWords(details.open, netNs) ?? durationLabel(netNs));
    if (heldNs > 0) {
      this.#entry(list, 'held', `${formatDuration(heldNs)} by the debugger`);
      this.#entry(list, 'recorded', `${durationLabel(durationNs)}, with that`);
    }
    this.#entry(list, 'start', `+${formatDuration(row < 0 ? NaN : spanStartNs(model.columns, row))}`);
    this.#entry(list, 'at', formatUnixNano(details.startUnixNano));
    const status = details.status.code === statusError ? 'error' : details.status.code === 1 ? 'ok' : details.status.code === 0 ? 'unset' : `unknown (${details.status.code})`;
    this.#entry(list, 'status', details.status.message === '' ? status : `${status}: ${details.status.message}`, details.status.code === statusError ? 'failed' : '');
    return list;
  }

  #exception(spanId: string, attributes: readonly JsonKeyValue[]): HTMLElement {
    const text = (key: string): string => {
      const found = attributes.find((entry) => entry.key === key);
      return found === undefined ? '' : attributeText(found.value);
    };
    const section = this.#section('Exception');
    const [type, message, stack] = [text('exception.type'), text('exception.message'), text('exception.stacktrace')];
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

  #events(model: TraceModel, details: SpanDetails): HTMLElement | undefined {
    const events = details.events.filter((event) => event.name !== 'exception');
    if (events.length === 0) return undefined;
    return this.#listed('Events', events, details.dropped.events, (event) => this.#moment(model, event.timeUnixNano, event.name, event.attributes));
  }

  #logs(model: TraceModel, details: SpanDetails): HTMLElement | undefined {
    if (details.logs.length === 0) return undefined;
    return this.#listed('Logs', details.logs, 0, (log) => {
      const level = log.severityText || (log.severityNumber > 0 ? `severity ${log.severityNumber}` : '');
      const item = this.#moment(model, log.timeUnixNano, [log.eventName, attributeText(log.body)].filter((part) => part !== '').join(' '), log.attributes, level);
      if (log.severityNumber >= 17) item.classList.add('failed');
      return item;
    });
  }

  #links(details: SpanDetails): HTMLElement | undefined {
    if (details.links.length === 0) return undefined;
    return this.#listed('Links', details.links, details.dropped.links, (link) => {
      const item = element('div', 'moment');
      item.append(textButton('link mono', `trace ${visibleText(link.traceId)} · span ${visibleText(link.spanId)}`, () => this.#actions.openTrace(link.traceId, link.spanId)));
      if (link.attributes.length > 0) item.append(this.#list(link.attributes));
      return item;
    });
  }

  #identity(details: SpanDetails): HTMLElement {
    const section = this.#section('Ids');
    const list = element('dl');
    this.#entry(list, 'trace', details.traceId);
    this.#entry(list, 'span', details.spanId);
    if (details.parentSpanId !== undefined) this.#entry(list, 'parent', details.parentSpanId);
    if (details.traceState !== '') this.#entry(list, 'tracestate', details.traceState);
    section.append(list);
    return section;
  }

  #moment(model: TraceModel, timeUnixNano: string, name: string, attributes: readonly JsonKeyValue[], level = ''): HTMLElement {
    const atNs = nanosBetween(model.columns.startUnixNano, timeUnixNano);
    const item = element('div', 'moment');
    const line = element('div', 'moment-line', element('span', 'when', `${atNs < 0 ? '' : '+'}${formatDuration(atNs)}`));
    line.title = formatUnixNano(timeUnixNano);
    if (level !== '') line.append(' ', element('strong', '', visibleText(clip(level, 40))));
    const value = element('span', '');
    this.#value(value, name);
    line.append(' ', value);
    item.append(line);
    if (attributes.length > 0) item.append(this.#list(attributes));
    return item;
  }

  #section(title: string, count?: number): HTMLElement {
    const heading = element('h3', '', title);
    if (count !== undefined) heading.append(' ', element('span', 'count', count.toLocaleString('en')));
    return element('section', '', divider(), heading);
  }

  #keyValues(title: string, entries: readonly JsonKeyValue[], dropped: number): HTMLElement | undefined {
    if (entries.length === 0 && dropped === 0) return undefined;
    const section = this.#section(title, entries.length);
    section.append(this.#list(entries), ...droppedNote(dropped));
    return section;
  }

  #listed<T>(title: string, items: readonly T[], dropped: number, draw: (item: T) => HTMLElement): HTMLElement {
    const section = this.#section(title, items.length);
    const rest = items.slice(mostListed);
    section.append(...items.slice(0, mostListed).map(draw));
    if (rest.length > 0) {
      const more = textButton('link', `Show ${rest.length} more`, () => more.replaceWith(...rest.map(draw)));
      section.append(more);
    }
    section.append(...droppedNote(dropped));
    return section;
  }

  #list(entries: readonly JsonKeyValue[]): HTMLElement {
    const list = element('dl');
    for (const entry of entries.slice(0, mostListed)) this.#entry(list, entry.key, attributeText(entry.value));
    if (entries.length <= mostListed) return list;
    const rest = entries.slice(mostListed);
    const more = textButton('link', `Show ${rest.length} more`, () => {
      for (const entry of rest) this.#entry(list, entry.key, attributeText(entry.value));
      more.remove();
    });
    return element('div', '', list, more);
  }

  #entry(list: HTMLElement, key: string, text: string, className = ''): void {
    const value = element('dd', className);
    this.#value(value, text);
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
  #value(target: HTMLElement, text: string): void {
    const shown = element('span', 'value', visibleLines(clip(text, clippedLength)));
    target.append(shown);
    if (text.length <= clippedLength && shown.textContent.split('\n').length <= 6) return;
    shown.classList.add('clipped');
    let open = false;
    const toggle = textButton('link more', `Show all (${text.length.toLocaleString('en')} characters)`, () => {
      open = !open;
      shown.textContent = visibleLines(open ? text : clip(text, clippedLength));
      shown.classList.toggle('clipped', !open);
      shown.classList.toggle('whole', open);
      toggle.textContent = open ? 'Show less' : `Show all (${text.length.toLocaleString('en')} characters)`;
      toggle.setAttribute('aria-expanded', String(open));
    });
    toggle.setAttribute('aria-expanded', 'false');
    target.append(' ', toggle);
  }
}

function scopeEntries(details: SpanDetails): JsonKeyValue[] {
  return Object.entries(details.scope).filter(([, value]) => value !== '').map(([key, value]) => ({ key, value: { stringValue: value } }));
}

function droppedNote(dropped: number): HTMLElement[] {
  return dropped > 0 ? [element('p', 'empty', `${dropped} more were dropped by the program's SDK.`)] : [];
}

function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
