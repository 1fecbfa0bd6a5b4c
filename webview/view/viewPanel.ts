import type { TraceModel } from '../layout/traceModel.ts';
import { element } from './dom.ts';
import { type TraceView, type ViewId, viewIds } from './traceView.ts';

/** The place where the view that is chosen stands. The others are told of nothing until they are shown again. */
export class ViewPanel {
  readonly root = element('div', 'view');
  readonly #views: ReadonlyMap<ViewId, TraceView>;
  readonly #chosen: (view: ViewId) => void;
  #id: ViewId = 'waterfall';

  /** @param chosen hears which view stands there now, the first one too */
  constructor(views: ReadonlyMap<ViewId, TraceView>, chosen: (view: ViewId) => void) {
    this.#views = views;
    this.#chosen = chosen;
    this.root.id = 'view';
    this.root.setAttribute('role', 'tabpanel');
    this.#put();
  }

  get id(): ViewId {
    return this.#id;
  }

  get view(): TraceView {
    const view = this.#views.get(this.#id);
    if (view === undefined) throw new Error(`no view ${this.#id}`);
    return view;
  }

  /** True where it is another one than before. One that is unknown, as in what an older page has left, changes nothing. */
  show(wanted: string | undefined, model: TraceModel | undefined): boolean {
    const id = viewIds.find((each) => each === wanted && this.#views.has(each));
    if (id === undefined || id === this.#id) return false;
    const hadFocus = this.root.contains(document.activeElement);
    this.#id = id;
    this.#put();
    if (model !== undefined) {
      this.view.show(model);
      this.view.selectionChanged();
    }
    if (hadFocus) this.view.focus();
    return true;
  }

  #put(): void {
    this.root.replaceChildren(this.view.root);
    this.root.setAttribute('aria-labelledby', `tab-${this.#id}`);
    this.#chosen(this.#id);
  }
}
