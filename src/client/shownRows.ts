import type { CaptureRecord, Feed } from '../protocol/hub.ts';
import type { LatencyStats } from '../stats/latency.ts';
import { type CaptureChoice, chosenRows } from './captureChoice.ts';
import type { LiveRow } from './liveRow.ts';
import type { FigureGroup, HubPort, LiveRows } from './liveRows.ts';
import type { OpenRow, OpenSpanRows } from './openSpanRows.ts';

/** What the editor shows of a file's spans. */
export interface EditorRows {
  rowsOf(file: string): readonly LiveRow[];
  /** Of spans that have not ended; absent where these are not followed. */
  openRowsOf?(file: string): readonly OpenRow[];
  figures(group: FigureGroup): LatencyStats | undefined;
  latencies(groups: readonly FigureGroup[]): Promise<readonly LatencyStats[]>;
  invalidate(files: readonly string[] | undefined): Promise<void>;
  /** Returns a function that stops listening. */
  onChange(listener: () => void): () => void;
}

/** The rows of the captures that the person chose. */
export class ShownRows implements EditorRows {
  readonly #rows: LiveRows;
  readonly #open: OpenSpanRows;
  readonly #chosen: (choice: CaptureChoice) => void;
  readonly #listeners = new Set<() => void>();
  readonly #stops: (() => void)[];
  #choice: CaptureChoice = { kind: 'latest' };
  #captures: readonly CaptureRecord[] = [];

  /** `chosen` hears of every choice, also of that which is taken back since its capture is gone. */
  constructor(rows: LiveRows, open: OpenSpanRows, hub: Pick<HubPort, 'onFeed'>, chosen: (choice: CaptureChoice) => void) {
    this.#chosen = chosen;
    this.#rows = rows;
    this.#open = open;
    this.#stops = [rows.onChange(() => this.#notify()), open.onChange(() => this.#notify()), hub.onFeed((feed) => this.#heard(feed))];
  }

  get choice(): CaptureChoice {
    return this.#choice;
  }

  choose(choice: CaptureChoice): void {
    this.#choice = choice;
    this.#chosen(choice);
    this.#notify();
  }

  rowsOf(file: string): readonly LiveRow[] {
    return chosenRows(this.#rows.rowsOf(file), this.#choice, this.#captures);
  }

  openRowsOf(file: string): readonly OpenRow[] {
    const choice = this.#choice;
    return this.#open.rowsOf(file).filter(({ captureId }) => choice.kind !== 'one' || captureId === choice.captureId);
  }

  figures(group: FigureGroup): LatencyStats | undefined {
    return this.#rows.figures(group);
  }

  latencies(groups: readonly FigureGroup[]): Promise<readonly LatencyStats[]> {
    return this.#rows.latencies(groups);
  }

  invalidate(files: readonly string[] | undefined): Promise<void> {
    return this.#rows.invalidate(files);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.#listeners.clear();
  }

  #heard({ status }: Feed): void {
    this.#captures = status.captures;
    const choice = this.#choice;
    // Deleted, or let go of: nothing would ever show again.
    if (choice.kind === 'one' && !status.captures.some(({ captureId }) => captureId === choice.captureId)) this.choose({ kind: 'latest' });
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
