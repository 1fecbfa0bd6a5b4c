import type { TimeWindow } from '../layout/timeWindow.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import type { Theme } from './theme.ts';

/** The views of a trace in the order of their tabs; the keys 1, 2, … go to them. */
export const viewIds = ['waterfall', 'icicle', 'operations', 'spans', 'logs', 'services', 'compare'] as const;
export type ViewId = (typeof viewIds)[number];

export const viewNames: Readonly<Record<ViewId, string>> = {
  waterfall: 'Waterfall', icicle: 'Icicle', operations: 'Operations', spans: 'Spans', logs: 'Logs', services: 'Services', compare: 'Compare',
};

/**
 * One way to look at a trace. All of them share one model, hence one selection, one search and one zoom: a view never keeps its own.
 * Only the view that is shown is told of changes; one that comes to be shown gets `show` first.
 */
export interface TraceView {
  readonly root: HTMLElement;
  /** Takes the keyboard. */
  focus(): void;
  /** Another model, or one not seen since the view was last shown. */
  show(model: TraceModel): void;
  /** Places, matches, folds, sizes or colours are others: all that is drawn may differ. */
  contentChanged(): void;
  /** The selection is another: it is to be seen. */
  selectionChanged(): void;
  zoomChanged(): void;
  /** Called once a frame, when something asked for it. */
  draw(theme: Theme): void;
}

/** What a view may do to what all of them share. */
export interface ViewHost {
  select(node: number): void;
  /** undefined shows all. */
  zoomTo(window: TimeWindow | undefined): void;
  fold(node: number, collapsed: boolean): void;
  search(text: string): void;
  showView(view: ViewId): void;
  /** Opens the line of the selection. */
  openSource(): void;
  requestDraw(): void;
}
