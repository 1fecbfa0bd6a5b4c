import { grouped } from '../../src/model/countText.ts';
import { iconButton } from '../controls.ts';
import type { Vocabulary } from '../layout/completions.ts';
import { formatDuration } from '../layout/formatDuration.ts';
import { countOpen } from '../layout/openRows.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { visibleText } from '../layout/visibleText.ts';
import { element, icon, textButton } from './dom.ts';
import { SearchBox } from './searchBox.ts';
import { TabsView } from './tabsView.ts';
import type { ViewId } from './traceView.ts';

export interface HeaderActions {
  search(text: string): void;
  nextMatch(direction: 1 | -1): void;
  nextError(): void;
  leaveSearch(): void;
  clearSearch(): void;
  toggleOnlyMatches(): void;
  warmUp(): void;
  vocabulary(): Vocabulary;
  showKeys(): void;
  showView(view: ViewId): void;
}

/** One line of facts, one row of views and one search box. */
export class HeaderView {
  readonly root = element('header', 'header');
  readonly tabs: TabsView;
  readonly #box: SearchBox;
  readonly #title = element('h1');
  readonly #facts = element('p', 'facts');
  readonly #count = element('span', 'match-count');
  readonly #steps = element('span', 'match-steps');
  readonly #only: HTMLElement;

  constructor(actions: HeaderActions) {
    this.#count.setAttribute('role', 'status');
    this.tabs = new TabsView((view) => actions.showView(view));
    this.#box = new SearchBox({
      search: (text) => actions.search(text),
      nextMatch: (direction) => actions.nextMatch(direction),
      leave: () => actions.leaveSearch(),
      clear: () => actions.clearSearch(),
      warmUp: () => actions.warmUp(),
      vocabulary: () => actions.vocabulary(),
    });
    this.#only = textButton('toggle', '', () => actions.toggleOnlyMatches());
    this.#only.append(icon('filter'));
    this.#only.title = 'Only what was found (m)';
    this.#only.setAttribute('aria-label', this.#only.title);
    this.#steps.append(
      iconButton('Previous match (Shift+Enter)', icon('up'), () => actions.nextMatch(-1)),
      iconButton('Next match (Enter)', icon('down'), () => actions.nextMatch(1)),
      this.#only,
    );
    this.#steps.hidden = true;
    this.#facts.addEventListener('click', (event) => {
      if (event.target instanceof Element && event.target.closest('.errors') !== null) actions.nextError();
    });
    const search = element('div', 'search', this.#box.root, this.#count, this.#steps, iconButton('Keyboard shortcuts (?)', icon('help'), () => actions.showKeys()));
    search.setAttribute('role', 'search');
    this.root.append(element('div', 'headline', this.#title, this.#facts), this.tabs.root, search);
  }

  set searchText(text: string) {
    this.#box.text = text;
  }

  focusSearch(): void {
    this.#box.focus();
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
    if (running > 0) facts.push(element('span', 'running', element('strong', '', grouped(running)), ' running'));
    if (neverEnded > 0) facts.push(element('span', 'never-ended', element('strong', '', grouped(neverEnded)), ' never ended'));
    if (live) facts.push(element('span', 'live', 'live'));
    this.#facts.replaceChildren(...facts.flatMap((fact, index) => (index === 0 ? [fact] : [' · ', fact])));
    this.tabs.setCount('logs', columns.logCount.reduce((sum, count) => sum + count, 0));
  }

  /** `isAsking`: more may yet be found. */
  showMatches({ search, selected, shown }: TraceModel, isAsking: boolean): void {
    const total = search.matches.length;
    this.#steps.hidden = !search.isOn || total === 0;
    this.#only.setAttribute('aria-pressed', String(shown.onlyMatches));
    this.#box.problem = search.problem;
    this.#count.classList.toggle('none', search.problem !== undefined || (search.isOn && total === 0 && !isAsking));
    const number = search.numberOf(selected);
    const found = !search.isOn ? '' : total === 0 ? (isAsking ? '…' : 'no match') : number > 0 ? `${grouped(number)} of ${grouped(total)}` : grouped(total);
    const text = search.problem ?? `${found}${isAsking && total > 0 ? ' …' : ''}`;
    if (this.#count.textContent !== text) this.#count.textContent = text;
    this.#count.title = text;
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
  return element('span', '', element('strong', '', grouped(count)), ` ${count === 1 ? one : many}`);
}
