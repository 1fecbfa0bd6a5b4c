import { grouped } from '../../src/model/countText.ts';
import type { TraceLogs } from '../../src/protocol/traceSearch.ts';
import { formatDuration } from '../layout/formatDuration.ts';
import type { TraceModel } from '../layout/traceModel.ts';
import { fillName, fillText } from './cells.ts';
import { element, textButton } from './dom.ts';
import type { Theme } from './theme.ts';
import type { TraceView, ViewHost } from './traceView.ts';
import { VirtualTable } from './virtualTable.ts';

const firstWarning = 13;
const firstError = 17;

export interface LogsActions {
  traceLogs(): Promise<TraceLogs | undefined>;
}

/** The logs of all the trace's spans in the order of their times; of the zoomed stretch only, where there is one. */
export class LogsView implements TraceView {
  readonly root: HTMLElement;
  readonly #table: VirtualTable;
  readonly #note = element('p', 'view-note');
  readonly #actions: LogsActions;
  readonly #host: ViewHost;
  #model: TraceModel | undefined;
  #theme: Theme;
  #logs: TraceLogs | undefined;
  #asked: number | undefined;
  /** Of the logs, those listed. */
  #listed: readonly number[] = [];

  constructor(host: ViewHost, actions: LogsActions, theme: Theme) {
    this.#host = host;
    this.#actions = actions;
    this.#theme = theme;
    this.#note.setAttribute('role', 'status');
    const at = (index: number): number => this.#listed[index] ?? 0;
    this.#table = new VirtualTable('log', {
      label: 'Logs in the order of time',
      columns: [
        { key: 'time', label: 'Time', width: '76px', isNumber: true, fill: (cell, index) => fillText(cell, `+${formatDuration(this.#logs?.timeNs[at(index)] ?? 0)}`) },
        { key: 'level', label: 'Level', width: '58px', fill: (cell, index) => this.#fillLevel(cell, at(index)) },
        { key: 'text', label: 'Log', width: 'minmax(100px, 3fr)', fill: (cell, index) => fillText(cell, this.#logs?.text[at(index)] ?? '') },
        { key: 'span', label: 'Span', width: 'minmax(90px, 1.2fr)', isExtra: true, fill: (cell, index) => this.#fillSpan(cell, at(index)) },
      ],
      select: (index) => {
        const row = this.#logs?.row[at(index)] ?? -1;
        this.#table.select(index);
        if (row >= 0) host.select(this.#model?.tree.nodeOfRow[row] ?? -1);
      },
      open: (index) => {
        const row = this.#logs?.row[at(index)] ?? -1;
        if (row < 0) return;
        host.showView('waterfall');
        host.select(this.#model?.tree.nodeOfRow[row] ?? -1);
      },
      requestDraw: () => host.requestDraw(),
      rowClass: (index) => ((this.#logs?.severity[at(index)] ?? 0) >= firstError ? 'failed' : ''),
    });
    this.root = element('div', 'listing', this.#note, this.#table.root);
  }

  focus(): void {
    this.#table.focus();
  }

  show(model: TraceModel): void {
    this.#model = model;
    if (this.#asked !== model.columns.version) void this.#ask(model);
    this.#list();
  }

  contentChanged(): void {
    this.#list();
  }

  /** The first log of the selected span. */
  selectionChanged(): void {
    const row = this.#model?.selectedRow ?? -1;
    const logs = this.#logs;
    if (logs === undefined || row < 0) return;
    this.#table.select(this.#listed.findIndex((log) => logs.row[log] === row));
  }

  zoomChanged(): void {
    this.#list();
  }

  draw(theme: Theme): void {
    this.#theme = theme;
    this.#table.draw();
  }

  async #ask(model: TraceModel): Promise<void> {
    this.#asked = model.columns.version;
    if (this.#logs === undefined) this.#note.textContent = 'Loading the logs …';
    try {
      const logs = await this.#actions.traceLogs();
      // Rows of a later version are not those that are shown; its snapshot comes, and asks again.
      if (this.#model !== model || (logs !== undefined && logs.version !== model.columns.version)) return;
      this.#logs = logs;
      this.#list();
      this.selectionChanged();
    } catch (error) {
      this.#asked = undefined;
      const again = textButton('link', 'Try again', () => void this.#ask(model));
      this.#note.replaceChildren(`The logs could not be read: ${error instanceof Error ? error.message : String(error)}. `, again);
    }
    this.#host.requestDraw();
  }

  #list(): void {
    const [model, logs] = [this.#model, this.#logs];
    if (model === undefined || logs === undefined) return;
    const { window, isZoomed } = model;
    const first = isZoomed ? firstFrom(logs.timeNs, window.startNs) : 0;
    const last = isZoomed ? firstFrom(logs.timeNs, window.endNs) : logs.timeNs.length;
    this.#listed = Array.from({ length: last - first }, (_, index) => first + index);
    const said = [
      ...(logs.timeNs.length === 0 ? ['No span of this trace has a log.'] : []),
      ...(isZoomed && logs.timeNs.length > 0 ? [`${this.#listed.length} of ${logs.timeNs.length} logs: in the zoomed stretch`] : []),
      ...(logs.leftOut > 0 ? [`the latest ${grouped(logs.leftOut)} are left out`] : []),
    ].join(' · ');
    if (this.#note.textContent !== said) this.#note.textContent = said;
    const row = model.selectedRow;
    this.#table.setRows(this.#listed.length, row < 0 ? -1 : this.#listed.findIndex((log) => logs.row[log] === row));
  }

  #fillLevel(cell: HTMLElement, log: number): void {
    const severity = this.#logs?.severity[log] ?? 0;
    fillText(cell, this.#logs?.level[log] || (severity > 0 ? `severity ${severity}` : ''));
    cell.className = `cell ${severity >= firstError ? 'failed' : severity >= firstWarning ? 'warned' : ''}`;
  }

  #fillSpan(cell: HTMLElement, log: number): void {
    const row = this.#logs?.row[log] ?? -1;
    if (row < 0 || this.#model === undefined) cell.replaceChildren();
    else fillName(cell, this.#model, row, this.#theme);
  }
}

/** The index of the first time at or after `ns`. */
function firstFrom(timesNs: Float64Array, ns: number): number {
  let low = 0;
  let high = timesNs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesNs[middle] ?? 0) < ns) low = middle + 1;
    else high = middle;
  }
  return low;
}
