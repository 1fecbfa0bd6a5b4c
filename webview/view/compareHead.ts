import { grouped } from '../../src/model/countText.ts';
import type { CaptureFigure, CaptureFigures, CompareChoice, ComparedWith } from '../../src/protocol/compare.ts';
import { iconButton } from '../controls.ts';
import type { CompareModel } from '../layout/compareModel.ts';
import { countsText, differenceText, ratioText } from '../layout/compareText.ts';
import { formatDuration } from '../layout/formatDuration.ts';
import { formatUnixNano } from '../layout/unixTime.ts';
import { visibleText } from '../layout/visibleText.ts';
import { element, icon, textButton } from './dom.ts';
import { hasModifier } from './rowKeys.ts';

/** The trace that is compared. */
export interface OwnTrace {
  readonly rootName: string;
  readonly startUnixNano: string;
}

export interface CompareHeadActions {
  /** The list is about to be opened. */
  refresh(): void;
  choose(what: ComparedWith): void;
  leaveList(): void;
  onlyChanged(only: boolean): void;
  showOperations(show: boolean): void;
  nextChange(direction: 1 | -1): void;
  goTo(row: number): void;
}

/** A difference below this part of the longer trace is not worth a word of its own. */
const leastTold = 0.01;
const mostTold = 4;
const longestName = 60;

/** What is compared with what, how much they differ, and where the time went: the lines over the rows. */
export class CompareHead {
  readonly root: HTMLElement;
  readonly #select = element('select', 'compare-select');
  /** The one that is compared with, where it is not among what one may choose. */
  readonly #other = element('option', '', 'another trace');
  readonly #only = element('input');
  readonly #operations = element('input');
  readonly #steps = element('span', 'compare-steps');
  readonly #captures = element('div', 'compare-captures');
  readonly #sum = element('p', 'compare-sum');
  readonly #why = element('p', 'compare-why');
  readonly #actions: CompareHeadActions;
  #choices: readonly CompareChoice[] = [];
  #own: OwnTrace = { rootName: '', startUnixNano: '' };

  constructor(actions: CompareHeadActions) {
    this.#actions = actions;
    this.#select.addEventListener('change', () => actions.choose({ traceId: this.#select.value.split(' ')[1] ?? '' }));
    for (const event of ['pointerenter', 'focus']) this.#select.addEventListener(event, () => actions.refresh());
    // Letters and digits go along the list, as in any other: none is a key of the page. What stops here never reaches VS Code's own keys.
    this.#select.addEventListener('keydown', (event) => {
      if (hasModifier(event) || (event.key.length !== 1 && event.key !== 'Escape')) return;
      event.stopPropagation();
      if (event.key === 'Escape') actions.leaveList();
    });
    for (const [input, change] of [[this.#only, actions.onlyChanged], [this.#operations, actions.showOperations]] as const) {
      input.type = 'checkbox';
      input.addEventListener('change', () => change(input.checked));
    }
    this.#sum.setAttribute('role', 'status');
    this.#steps.append(iconButton('Previous change (N)', icon('up'), () => actions.nextChange(-1)), iconButton('Next change (n)', icon('down'), () => actions.nextChange(1)));
    const choices = element(
      'div', 'choices',
      element('label', '', element('span', '', 'compare with'), this.#select),
      element('label', 'only-changed', this.#only, 'only what changed'),
      element('label', '', this.#operations, 'by operation'),
      this.#steps,
    );
    this.root = element('div', 'compare-head', choices, this.#captures, this.#sum, this.#why);
    this.say('');
  }

  /** What one may choose; `present` is what is chosen, also where it is not among them. */
  showChoices(choices: readonly CompareChoice[], present: ComparedWith | undefined, own: OwnTrace): void {
    if (JSON.stringify([choices, own]) !== JSON.stringify([this.#choices, this.#own]) || this.#select.options.length === 0) {
      this.#choices = choices;
      this.#own = own;
      this.#listChoices(present);
    }
    this.showPresent(present);
  }

  /** The one that was chosen by its part stays so: a trace may be both the previous one and the one in the middle. */
  showPresent(present: ComparedWith | undefined): void {
    const isThere = [...this.#select.options].some(({ value }) => value.split(' ')[1] === present?.traceId);
    if (!isThere) this.#listChoices(present);
    if (present === undefined) this.#select.value = '';
    else if (this.#select.value.split(' ')[1] !== present.traceId) {
      const listed = this.#choices.find(({ traceId }) => traceId === present.traceId);
      this.#select.value = `${listed?.role ?? 'chosen'} ${present.traceId}`;
    }
    this.#showCaptures(present?.captures);
  }

  /** When the other trace began, and how long it took, for where the list does not say it. */
  nameOther(startUnixNano: string, durationNs: number, own: OwnTrace): void {
    this.#other.textContent = timeText(startUnixNano, durationNs, own);
  }

  #listChoices(present: ComparedWith | undefined): void {
    const [choices, own] = [this.#choices, this.#own];
    const chosen = this.#select.value;
    const optionOf = (choice: CompareChoice): HTMLOptionElement => {
      const option = element('option', '', choiceText(choice, own));
      option.value = `${choice.role} ${choice.traceId}`;
      return option;
    };
    const group = (label: string, members: readonly CompareChoice[]): HTMLElement[] => {
      const options = element('optgroup', '', ...members.map(optionOf));
      options.label = label;
      return members.length === 0 ? [] : [options];
    };
    const by = (role: CompareChoice['role']): CompareChoice[] => choices.filter((choice) => choice.role === role);
    const nothing = element('option', '', choices.length === 0 ? 'no other trace is kept' : 'choose a trace …');
    nothing.value = '';
    const other = this.#other;
    other.value = `chosen ${present?.traceId}`;
    const isListed = present !== undefined && choices.some(({ traceId }) => traceId === present.traceId);
    this.#select.replaceChildren(
      ...(present === undefined ? [nothing] : isListed ? [] : [other]),
      ...by('previous').map(optionOf), ...by('median').map(optionOf),
      ...group(`others of ${visibleText(own.rootName.slice(0, longestName))}`, by('same')), ...group('other operations', by('other')),
    );
    this.#select.value = chosen;
  }

  /** There is nothing to compare (yet). */
  say(text: string): void {
    this.#sum.textContent = text;
    this.#why.replaceChildren();
    this.#steps.hidden = true;
    for (const input of [this.#only, this.#operations]) input.disabled = true;
  }

  show(model: CompareModel, isByOperation: boolean, what: ComparedWith | undefined): void {
    const { before, after, steps } = model.comparison;
    const byNs = after.lengthNs - before.lengthNs;
    const count = steps.length;
    this.#only.disabled = count === 0 || isByOperation;
    this.#only.checked = model.onlyChanged;
    this.#operations.disabled = false;
    this.#operations.checked = isByOperation;
    this.#steps.hidden = count === 0 || isByOperation;
    const heldNs = before.held.traceNs + after.held.traceNs;
    this.#sum.replaceChildren(
      element('span', '', formatDuration(before.lengthNs)), ' → ', element('strong', '', formatDuration(after.lengthNs)),
      element('strong', byNs > 0 ? 'difference slower' : 'difference', ` ${differenceText(byNs)}`), ...(byNs === 0 ? [] : [` (${ratioText(before.lengthNs, after.lengthNs)})`]),
      ` · ${grouped(before.columns.spanCount)} → ${grouped(after.columns.spanCount)} spans`,
      ` · ${count === 0 ? 'nothing differs that is more than chance' : `${grouped(count)} ${count === 1 ? 'change' : 'changes'}`}`,
      ...(heldNs > 0 ? [' · without what the debugger held'] : []),
      ...(what?.spanId === undefined ? [] : [' · ', textButton('link', 'compare the whole traces', () => this.#actions.choose({ traceId: what.traceId }))]),
    );
    this.#showWhy(model);
  }

  #showWhy(model: CompareModel): void {
    const { before, after } = model.comparison;
    const leastNs = Math.max(before.lengthNs, after.lengthNs) * leastTold;
    const told = model.differences.filter(({ selfByNs, row }) => row >= 0 && Math.abs(selfByNs) > 0 && Math.abs(selfByNs) >= leastNs).slice(0, mostTold);
    this.#why.replaceChildren(...(told.length === 0 ? [] : ['where it went: ']), ...told.flatMap((each, at) => {
      const counts = each.before.count === each.after.count ? '' : ` (${countsText(each.before.count, each.after.count) || `${each.before.count} → ${each.after.count}`})`;
      const link = textButton('link', visibleText(each.name.slice(0, longestName)) || '(no name)', () => this.#actions.goTo(each.row));
      link.title = 'By self time: what was called from it is not counted';
      return [...(at > 0 ? [' · '] : []), link, element('span', each.selfByNs > 0 ? 'difference slower' : 'difference', ` ${differenceText(each.selfByNs)}`), counts];
    }));
  }

  #showCaptures(figures: CaptureFigures | undefined): void {
    this.#captures.hidden = figures === undefined;
    if (figures === undefined) return;
    const { before, after } = figures;
    const row = (name: string, ...cells: readonly string[]): HTMLElement => element('tr', '', headOf('row', visibleText(name.slice(0, longestName))), ...cells.map((cell) => element('td', '', cell)));
    const of = ({ name, p50Ns, p95Ns, count, errorCount }: CaptureFigure): HTMLElement => row(name, formatDuration(p50Ns), formatDuration(p95Ns), grouped(count), grouped(errorCount));
    const table = element(
      'table', '',
      element('caption', '', `${visibleText(figures.operation.slice(0, longestName)) || '(no name)'}; beneath, a span close to each p50`),
      element('thead', '', element('tr', '', element('td'), ...['p50', 'p95', 'spans', 'errors'].map((what) => headOf('col', what)))),
      element('tbody', '', of(before), of(after), row('change', ratioText(before.p50Ns, after.p50Ns), ratioText(before.p95Ns, after.p95Ns), signed(after.count - before.count), signed(after.errorCount - before.errorCount))),
    );
    this.#captures.replaceChildren(table);
  }
}

function headOf(scope: 'row' | 'col', text: string): HTMLElement {
  const head = element('th', '', text);
  head.scope = scope;
  return head;
}

function signed(by: number): string {
  return by > 0 ? `+${grouped(by)}` : by < 0 ? `−${grouped(-by)}` : '0';
}

/** `previous · 14:02:11 · 1.12 s · 2 errors`; the day where it is another one, the operation where it is. */
function choiceText(choice: CompareChoice, own: OwnTrace): string {
  return [
    ...(choice.role === 'previous' || choice.role === 'median' ? [choice.role] : []),
    ...(choice.role === 'other' ? [visibleText(choice.rootName.slice(0, longestName)) || 'trace'] : []),
    timeText(choice.startUnixNano, choice.durationNs, own),
    ...(choice.errorCount > 0 ? [`${choice.errorCount} ${choice.errorCount === 1 ? 'error' : 'errors'}`] : []),
  ].join(' · ');
}

function timeText(startUnixNano: string, durationNs: number, own: OwnTrace): string {
  const [day = '', time = ''] = formatUnixNano(startUnixNano).split(' ');
  return `${formatUnixNano(own.startUnixNano).startsWith(day) ? '' : `${day} `}${time.slice(0, 12)} · ${formatDuration(durationNs)}`;
}
