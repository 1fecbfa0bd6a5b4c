import { grouped } from '../../src/model/countText.ts';
import { spanKindName } from '../../src/model/span.ts';
import { formatDuration } from '../layout/formatDuration.ts';
import { sortedOrder } from '../layout/sortedOrder.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { spanLengthNs, spanStartNs } from '../layout/spanTimes.ts';
import { fillName, fillText } from './cells.ts';
import { element } from './dom.ts';
import type { Theme } from './theme.ts';
import type { TraceView, ViewHost } from './traceView.ts';
import { VirtualTable } from './virtualTable.ts';

type SortKey = 'name' | 'service' | 'kind' | 'start' | 'duration' | 'self' | 'place';

/** All spans of the trace, of the zoomed stretch and of the filter, in an order of choice. */
export class SpansView implements TraceView {
  readonly root: HTMLElement;
  readonly #table: VirtualTable;
  readonly #note = element('p', 'view-note');
  #model: TraceModel | undefined;
  #theme: Theme;
  #sortKey: SortKey = 'start';
  #isDescending = false;
  /** All rows in the chosen order, and those of them that are listed. */
  #order: Uint32Array | undefined;
  #listed: Uint32Array = new Uint32Array(0);

  constructor(host: ViewHost, theme: Theme) {
    this.#theme = theme;
    const row = (index: number): number => this.#listed[index] ?? 0;
    const fill = (write: (cell: HTMLElement, model: TraceModel, row: number) => void) => (cell: HTMLElement, index: number): void => {
      if (this.#model !== undefined) write(cell, this.#model, row(index));
    };
    this.#table = new VirtualTable('span', {
      label: 'Spans',
      columns: [
        { key: 'name', label: 'Span', width: 'minmax(100px, 3fr)', fill: fill((cell, model, at) => fillName(cell, model, at, this.#theme)) },
        { key: 'service', label: 'Service', width: 'minmax(70px, 1fr)', fill: fill((cell, model, at) => fillText(cell, model.serviceOf(at))) },
        { key: 'start', label: 'Start', width: '84px', isNumber: true, isExtra: true, fill: fill((cell, model, at) => fillText(cell, `+${formatDuration(spanStartNs(model.columns, at))}`)) },
        { key: 'duration', label: 'Duration', width: '84px', isNumber: true, fill: fill((cell, model, at) => fillText(cell, formatDuration(model.netNs(at)))) },
        { key: 'self', label: 'Self', width: '84px', isNumber: true, isExtra: true, fill: fill((cell, model, at) => fillText(cell, formatDuration(model.insights.selfNs[model.tree.nodeOfRow[at] ?? 0] ?? 0))) },
        { key: 'kind', label: 'Kind', width: '80px', isExtra: true, fill: fill((cell, model, at) => fillText(cell, spanKindName(model.columns.kind[at] ?? 0))) },
        { key: 'place', label: 'Place', width: 'minmax(80px, 1.2fr)', isExtra: true, fill: fill((cell, model, at) => fillText(cell, model.placeOf(at)?.label ?? '')) },
      ],
      sort: (key) => this.#sortBy(key as SortKey),
      select: (index) => host.select(this.#model?.tree.nodeOfRow[row(index)] ?? -1),
      open: () => host.openSource(),
      requestDraw: () => host.requestDraw(),
      rowClass: (index) => (this.#model?.isDimmed(this.#model.tree.nodeOfRow[row(index)] ?? 0) === true ? 'dimmed' : ''),
    });
    this.#table.setSorted('start', 'ascending');
    this.root = element('div', 'listing', this.#note, this.#table.root);
  }

  focus(): void {
    this.#table.focus();
  }

  show(model: TraceModel): void {
    if (this.#model !== model) this.#order = undefined;
    this.#model = model;
    this.#list();
  }

  contentChanged(): void {
    this.#list();
  }

  selectionChanged(): void {
    this.#table.select(this.#indexOfSelection());
  }

  zoomChanged(): void {
    this.#list();
  }

  draw(theme: Theme): void {
    this.#theme = theme;
    this.#table.draw();
  }

  #sortBy(key: SortKey): void {
    this.#isDescending = this.#sortKey === key ? !this.#isDescending : ['duration', 'self'].includes(key);
    this.#sortKey = key;
    this.#order = undefined;
    this.#table.setSorted(key, this.#isDescending ? 'descending' : 'ascending');
    this.#list();
    this.selectionChanged();
  }

  #list(): void {
    const model = this.#model;
    if (model === undefined) return;
    this.#order ??= orderOf(model, this.#sortKey, this.#isDescending);
    const { columns, window, search, shown } = model;
    const onlyMatches = shown.onlyMatches && search.isOn && search.matches.length > 0;
    this.#listed = !model.isZoomed && !onlyMatches ? this.#order : this.#order.filter((row) => {
      const startNs = spanStartNs(columns, row);
      return startNs <= window.endNs && startNs + spanLengthNs(columns, row) >= window.startNs && (!onlyMatches || search.isMatch(model.tree.nodeOfRow[row] ?? -1));
    });
    const hidden = columns.spanCount - this.#listed.length;
    this.#note.textContent = hidden === 0 ? '' : `${grouped(this.#listed.length)} of ${grouped(columns.spanCount)} spans: ${[...(model.isZoomed ? ['in the zoomed stretch'] : []), ...(onlyMatches ? ['that match'] : [])].join(', ')}`;
    this.#table.setRows(this.#listed.length, this.#indexOfSelection());
  }

  #indexOfSelection(): number {
    const row = this.#model?.selectedRow ?? -1;
    return row < 0 ? -1 : this.#listed.indexOf(row);
  }
}

function orderOf(model: TraceModel, key: SortKey, isDescending: boolean): Uint32Array {
  const { columns, insights, tree } = model;
  const keys = new Float64Array(columns.spanCount);
  const ranks = key === 'name' || key === 'service' ? ranksOf(columns.strings) : undefined;
  const placeRanks = key === 'place' ? placeRanksOf(model) : undefined;
  for (let row = 0; row < keys.length; row++) {
    keys[row] =
      key === 'start' ? spanStartNs(columns, row)
      : key === 'duration' ? model.netNs(row)
      : key === 'self' ? (insights.selfNs[tree.nodeOfRow[row] ?? 0] ?? 0)
      : key === 'kind' ? (columns.kind[row] ?? 0)
      : key === 'place' ? (placeRanks?.get(columns.site[row] ?? -1) ?? Infinity)
      : (ranks?.[columns[key][row] ?? 0] ?? 0);
    if (isDescending) keys[row] = -(keys[row] ?? 0);
  }
  return sortedOrder(keys);
}

/** The place of each text among all in order: each distinct one is compared, not each span's. */
function ranksOf(texts: readonly string[]): Float64Array {
  const ranks = new Float64Array(texts.length);
  [...texts.keys()].sort((a, b) => ((texts[a] ?? '') < (texts[b] ?? '') ? -1 : 1)).forEach((at, rank) => (ranks[at] = rank));
  return ranks;
}

function placeRanksOf(model: TraceModel): ReadonlyMap<number, number> {
  const places = [...model.places.values()].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
  return new Map(places.map(({ site }, rank) => [site, rank]));
}
