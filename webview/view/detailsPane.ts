import { spanKindName, statusError } from '../../src/model/span.ts';
import type { JsonKeyValue, SpanDetails } from '../../src/protocol/hub.ts';
import type { SpanLinks } from '../../src/protocol/traceSearch.ts';
import type { CodeLines, FrameReference, Place, PlaceExplanation } from '../../src/protocol/waterfall.ts';
import { button, divider } from '../controls.ts';
import { attributeText } from '../layout/attributeText.ts';
import { durationLabel, formatDuration } from '../layout/formatDuration.ts';
import { openWords } from '../layout/openRows.ts';
import { spanIdOf } from '../layout/spanIds.ts';
import { formatUnixNano, nanosBetween } from '../layout/unixTime.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { spanStartNs } from '../layout/spanTimes.ts';
import { visibleText } from '../layout/visibleText.ts';
import { clip, DetailsParts } from './detailsParts.ts';
import { element, icon, textButton } from './dom.ts';
import { alikeSection, groupFacts, spanFacts } from './insightsView.ts';

/** What the pane asks for; all of it about the span it shows. */
export interface DetailsActions {
  details(spanId: string): Promise<SpanDetails | undefined>;
  codeLines(site: number): Promise<CodeLines | undefined>;
  explain(spanId: string): Promise<PlaceExplanation | undefined>;
  openSource(site: number): Promise<boolean>;
  openFrame(spanId: string, frame: FrameReference): Promise<boolean>;
  openTrace(traceId: string, spanId: string): void;
  linksTo(spanId: string): Promise<SpanLinks>;
  copy(text: string): void;
}

/** What the pane may do to the page it is in. */
export interface DetailsHost extends DetailsActions {
  /** By its id: what is shown here may stay while a live trace numbers its nodes anew. */
  select(id: string): void;
  correctClocks(): void;
}

const fetchDelayMs = 40;

/** The selected span: first where it is in the code, then the rest of what is known of it. */
export class DetailsPane {
  readonly root = element('aside', 'details');
  readonly #actions: DetailsHost;
  readonly #parts: DetailsParts;
  #shown: string | undefined;
  /** As it was put there; what came into it later is not in this. */
  #markup = '';
  /** Asks for the lines of the place that is shown. */
  #askCode: (() => void) | undefined;
  #timer: number | undefined;

  constructor(actions: DetailsHost) {
    this.#actions = actions;
    this.#parts = new DetailsParts(actions);
    this.root.setAttribute('aria-label', 'Span details');
    this.root.tabIndex = 0;
  }

  /** Shows the selection at once from what the rows know; the rest follows when the host has answered. */
  show(model: TraceModel, refetch: boolean): void {
    const spanId = model.selectedSpanId;
    const { selectedId } = model;
    if (selectedId === this.#shown && !refetch) return;
    const sameSpan = selectedId === this.#shown;
    this.#shown = selectedId;
    window.clearTimeout(this.#timer);
    const group = model.tree.group[model.selected] ?? -1;
    if (spanId === undefined) {
      const what = model.selected >= 0 ? 'Spans whose parent has not arrived (yet).' : 'Select a span to see what is known of it.';
      this.#put(group >= 0 ? this.#group(model, group) : [element('p', 'empty', what)]);
      return;
    }
    if (!sameSpan) {
      this.root.scrollTop = 0;
      this.#put([...this.#head(model), element('p', 'empty', 'Loading …')]);
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
    if (this.#shown === spanId) this.#put([...this.#head(model), ...rest]);
  }

  /** What reads the same is not put anew: what has the focus in it, or was opened, stays as a live trace grows. */
  #put(parts: readonly HTMLElement[]): void {
    const askCode = this.#askCode;
    this.#askCode = undefined;
    const next = element('div', '', ...parts);
    const markup = next.innerHTML;
    if (markup === this.#markup) return;
    this.#markup = markup;
    const focused = this.root.querySelector(':focus');
    this.root.replaceChildren(...next.childNodes);
    askCode?.();
    if (focused === null) return;
    const same = [...this.root.querySelectorAll('button')].find((each) => each.textContent === focused.textContent && each.className === focused.className);
    (same ?? this.root).focus();
  }

  #group(model: TraceModel, group: number): HTMLElement[] {
    const row = model.groups.firstRow[group] ?? 0;
    const list = element('dl', 'facts-list');
    for (const [name, ...said] of groupFacts(model, group)) this.#parts.fact(list, name, said);
    const alike = alikeSection(model, row, true);
    const first = textButton('link', 'Go to the first of them', () => this.#actions.select(spanIdOf(model.columns, row)));
    return [...this.#headOf(model, row, spanIdOf(model.columns, row), `${model.groups.size[group]} × `), ...(alike === undefined ? [] : [alike]), list, element('p', 'actions', first)];
  }

  #head(model: TraceModel): HTMLElement[] {
    const row = model.selectedRow;
    if (row < 0) return [];
    const alike = alikeSection(model, row, false);
    return [...this.#headOf(model, row, model.selectedSpanId ?? '', ''), ...(alike === undefined ? [] : [alike])];
  }

  #headOf(model: TraceModel, row: number, spanId: string, before: string): HTMLElement[] {
    const place = model.placeOf(row);
    const failed = before === '' && model.isError(row);
    const title = element('h2', failed ? 'failed' : '');
    if (failed) title.append(icon('error', 'error-sign'));
    title.append(before, visibleText(clip(model.nameOf(row), 500)) || '(no name)');
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
    this.#askCode = () => void this.#fillCode(code, place);
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
    for (const event of details.events) if (event.name === 'exception') sections.push(this.#parts.exception(details.spanId, event.attributes));
    sections.push(
      this.#parts.keyValues('Attributes', details.attributes, details.dropped.attributes),
      this.#events(model, details),
      this.#logs(model, details),
      this.#links(details),
      this.#parts.keyValues('Resource', details.resource, 0),
      this.#parts.keyValues('Scope', scopeEntries(details), 0),
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
    this.#parts.entry(list, 'duration', openWords(details.open, netNs) ?? durationLabel(netNs));
    if (heldNs > 0) {
      this.#parts.entry(list, 'held', `${formatDuration(heldNs)} by the debugger`);
      this.#parts.entry(list, 'recorded', `${durationLabel(durationNs)}, with that`);
    }
    if (row >= 0) for (const [name, ...said] of spanFacts(model, model.selected, this.#actions)) this.#parts.fact(list, name, said);
    this.#parts.entry(list, 'start', `+${formatDuration(row < 0 ? NaN : spanStartNs(model.columns, row))}`);
    this.#parts.entry(list, 'at', formatUnixNano(details.startUnixNano));
    const status = details.status.code === statusError ? 'error' : details.status.code === 1 ? 'ok' : details.status.code === 0 ? 'unset' : `unknown (${details.status.code})`;
    this.#parts.entry(list, 'status', details.status.message === '' ? status : `${status}: ${details.status.message}`, details.status.code === statusError ? 'failed' : '');
    return list;
  }

  #events(model: TraceModel, details: SpanDetails): HTMLElement | undefined {
    const events = details.events.filter((event) => event.name !== 'exception');
    if (events.length === 0) return undefined;
    return this.#parts.listed('Events', events, details.dropped.events, (event) => this.#parts.moment(model, event.timeUnixNano, event.name, event.attributes));
  }

  #logs(model: TraceModel, details: SpanDetails): HTMLElement | undefined {
    if (details.logs.length === 0) return undefined;
    return this.#parts.listed('Logs', details.logs, 0, (log) => {
      const level = log.severityText || (log.severityNumber > 0 ? `severity ${log.severityNumber}` : '');
      const item = this.#parts.moment(model, log.timeUnixNano, [log.eventName, attributeText(log.body)].filter((part) => part !== '').join(' '), log.attributes, level);
      if (log.severityNumber >= 17) item.classList.add('failed');
      return item;
    });
  }

  #links(details: SpanDetails): HTMLElement {
    const found = element('div', 'linked-from');
    found.setAttribute('role', 'status');
    const find = textButton('link', 'Find spans that link here', () => void this.#findLinks(details.spanId, found));
    if (details.links.length === 0) return element('section', '', divider(), find, found);
    const section = this.#parts.listed('Links', details.links, details.dropped.links, (link) => {
      const item = element('div', 'moment');
      item.append(textButton('link mono', `trace ${visibleText(link.traceId)} · span ${visibleText(link.spanId)}`, () => this.#actions.openTrace(link.traceId, link.spanId)));
      if (link.attributes.length > 0) item.append(this.#parts.list(link.attributes));
      return item;
    });
    section.append(find, found);
    return section;
  }

  async #findLinks(spanId: string, target: HTMLElement): Promise<void> {
    target.replaceChildren(element('p', 'empty', 'Searching all that is kept …'));
    try {
      const { links, isWhole } = await this.#actions.linksTo(spanId);
      const items = links.map((link) => element('div', 'moment', textButton('link', `${visibleText(clip(link.name, 200)) || '(no name)'} · ${visibleText(clip(link.service, 100))}`, () => this.#actions.openTrace(link.traceId, link.spanId))));
      const said = links.length === 0 ? (isWhole ? 'No span that is kept links here.' : 'None was found in time.') : isWhole ? '' : 'There may be more.';
      target.replaceChildren(...items, ...(said === '' ? [] : [element('p', 'empty', said)]));
    } catch (error) {
      target.replaceChildren(element('p', 'empty', `They could not be looked for: ${error instanceof Error ? error.message : String(error)}`));
    }
  }

  #identity(details: SpanDetails): HTMLElement {
    const section = this.#parts.section('Ids');
    const list = element('dl');
    this.#parts.entry(list, 'trace', details.traceId);
    this.#parts.entry(list, 'span', details.spanId);
    if (details.parentSpanId !== undefined) this.#parts.entry(list, 'parent', details.parentSpanId);
    if (details.traceState !== '') this.#parts.entry(list, 'tracestate', details.traceState);
    section.append(list);
    return section;
  }

}

function scopeEntries(details: SpanDetails): JsonKeyValue[] {
  return Object.entries(details.scope).filter(([, value]) => value !== '').map(([key, value]) => ({ key, value: { stringValue: value } }));
}
