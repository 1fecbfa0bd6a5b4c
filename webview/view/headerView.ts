import { iconButton, searchField } from '../controls.ts';
import type { SearchField } from '../controls.ts';
import { formatDuration } from '../layout/formatDuration.ts';
import { countOpen } from '../layout/openRows.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { visibleText } from '../layout/visibleText.ts';
import { element, icon } from './dom.ts';

export interface HeaderActions {
  search(text: string): void;
  nextMatch(direction: 1 | -1): void;
  nextError(): void;
  leaveSearch(): void;
  clearSearch(): void;
  showKeys(): void;
}

/** One line of facts and one search box. */
export class HeaderView {
  readonly root = element('header', 'header');
  readonly search: SearchField;
  readonly #title = element('h1');
  readonly #facts = element('p', 'facts');
  readonly #count = element('span', 'match-count');
  readonly #steps = element('span', 'match-steps');

  constructor(actions: HeaderActions) {
    this.#count.setAttribute('role', 'status');
    this.search = searchField('Search spans', 'Search names, services, files', actions.search);
    this.search.element.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') actions.nextMatch(event.shiftKey ? -1 : 1);
      else if (event.key === 'Escape') actions.clearSearch();
      else if (event.key === 'ArrowDown') actions.leaveSearch();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.#steps.append(iconButton('Previous match (Shift+Enter)', icon('up'), () => actions.nextMatch(-1)), iconButton('Next match (Enter)', icon('down'), () => actions.nextMatch(1)));
    this.#facts.addEventListener('click', (event) => {
      if (event.target instanceof Element && event.target.closest('.errors') !== null) actions.nextError();
    });
    const box = element('div', 'search', this.search.element, this.#count, this.#steps, iconButton('Keyboard shortcuts (?)', icon('help'), actions.showKeys));
    this.root.append(element('div', 'headline', this.#title, this.#facts), box);
  }

  showTrace(model: TraceModel, live: boolean): void {
    const { columns, tree, errors, services } = model;
    const rootRow = tree.placeholder === 0 ? -1 : (tree.row[0] ?? -1);
    this.#title.textContent = rootRow < 0 ? 'no root yet' : visibleText(model.nameOf(rootRow).slice(0, 300)) || '(no name)';
    this.#title.title = this.#title.textContent;
    this.#title.classList.toggle('unknown', rootRow < 0);
    const facts: (Node | string)[] = [
      ...duration(model),
      counted(columns.spanCount, 'span', 'spans'),
      counted(services.length, 'service', 'services'),
    ];
    if (errors.length > 0) {
      const button = element('button', 'errors', icon('error', 'error-sign'), counted(errors.length, 'error', 'errors'));
      button.type = 'button';
      button.title = 'Next error (n)';
      facts.push(button);
    }
    const { running, neverEnded } = countOpen(columns);
    if (running > 0) facts.push(element('span', 'running', element('strong', '', running.toLocaleString('en')), ' running'));
    if (neverEnded > 0) facts.push(element('span', 'never-ended', element('strong', '', neverEnded.toLocaleString('en')), ' never ended'));
    if (live) facts.push(element('span', 'live', 'live'));
    this.#facts.replaceChildren(...facts.flatMap((fact, index) => (index === 0 ? [fact] : [' · ', fact])));
  }

  showMatches(model: TraceModel): void {
    const searching = model.searchText.trim() !== '';
    this.#steps.hidden = !searching || model.matches.length === 0;
    this.#count.classList.toggle('none', searching && model.matches.length === 0);
    const total = model.matches.length.toLocaleString('en');
    this.#count.textContent = !searching ? '' : model.matches.length === 0 ? 'no match' : model.matchNumber > 0 ? `${model.matchNumber.toLocaleString('en')} of ${total}` : total;
  }
}

function duration({ full, held }: TraceModel): (Node | string)[] {
  const time = element('strong', '', formatDuration(full.endNs - full.startNs - held.traceNs));
  if (held.traceNs === 0) return [time];
  const whole = element('span', 'held', time, ` + ${formatDuration(held.traceNs)} held`);
  whole.title = `${formatDuration(full.endNs - full.startNs)} as recorded; for ${formatDuration(held.traceNs)} of it the debugger held the program`;
  return [whole];
}

function counted(count: number, one: string, many: string): HTMLElement {
  return element('span', '', element('strong', '', count.toLocaleString('en')), ` ${count === 1 ? one : many}`);
}
