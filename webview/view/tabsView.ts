import { grouped } from '../../src/model/countText.ts';
import { element } from './dom.ts';
import { type ViewId, viewIds, viewNames } from './traceView.ts';

/** The tabs over the views: one is chosen; the arrow keys, Home and End go along them. */
export class TabsView {
  readonly root = element('div', 'tabs');
  readonly #tabs = new Map<ViewId, { readonly tab: HTMLButtonElement; readonly count: HTMLElement }>();

  constructor(choose: (view: ViewId) => void) {
    this.root.setAttribute('role', 'tablist');
    this.root.setAttribute('aria-label', 'Views of the trace');
    for (const [index, view] of viewIds.entries()) {
      const count = element('span', 'count');
      const tab = element('button', 'tab', viewNames[view], count);
      tab.type = 'button';
      tab.id = `tab-${view}`;
      tab.title = `${viewNames[view]} (${index + 1})`;
      tab.setAttribute('role', 'tab');
      tab.setAttribute('aria-controls', 'view');
      tab.addEventListener('click', () => choose(view));
      this.#tabs.set(view, { tab, count });
      this.root.append(tab);
    }
    this.root.addEventListener('keydown', (event) => {
      const at = viewIds.findIndex((view) => this.#tabs.get(view)?.tab === event.target);
      const to = event.key === 'ArrowRight' ? at + 1 : event.key === 'ArrowLeft' ? at - 1 : event.key === 'Home' ? 0 : event.key === 'End' ? viewIds.length - 1 : undefined;
      const view = to === undefined || at < 0 ? undefined : viewIds[(to + viewIds.length) % viewIds.length];
      if (view === undefined) return;
      choose(view);
      this.#tabs.get(view)?.tab.focus();
      event.preventDefault();
      event.stopPropagation();
    });
  }

  choose(chosen: ViewId): void {
    for (const [view, { tab }] of this.#tabs) {
      tab.setAttribute('aria-selected', String(view === chosen));
      tab.tabIndex = view === chosen ? 0 : -1;
    }
    this.#tabs.get(chosen)?.tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** How many there are of what a view lists; 0 says nothing. */
  setCount(view: ViewId, count: number): void {
    const target = this.#tabs.get(view)?.count;
    if (target !== undefined) target.textContent = count > 0 ? ` ${grouped(count)}` : '';
  }
}
