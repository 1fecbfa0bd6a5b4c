import type { Database } from './database.ts';
import type { StoredSummaries, SummaryChange, SummaryPart, SummaryState } from './store.ts';

/**
 * The summaries' state in the tables. A summary has two slots, so that writing it anew leaves the committed one as it is until the new
 * state as a whole is committed: a process that is killed in between finds the state before.
 */
export class SqliteSummaries {
  readonly #db: Database;
  /** The slot that holds the committed state, 0 or 1, of each summary. */
  readonly #slots = new Map<number, number>();
  readonly #written = new Map<number, number>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** What a process left that was killed in the middle of a state: its number will be given again. */
  removeUnfinished(): void {
    this.#db.run('DELETE FROM summaries WHERE generation > coalesce((SELECT generation FROM summary_state), 0)');
  }

  put(generation: number, parts: readonly SummaryPart[]): void {
    this.#db.transaction(() => {
      for (const { summaryId, captureId, state } of parts) {
        const slot = 1 - (this.#slots.get(summaryId) ?? 1);
        this.#db.run('INSERT OR REPLACE INTO summaries VALUES (?, ?, ?, ?)', summaryId * 2 + slot, generation, captureId, state);
        this.#written.set(summaryId, slot);
      }
    });
  }

  commit({ generation, state }: SummaryState, { removed, sites, replaceSites }: SummaryChange): void {
    this.#db.transaction(() => {
      for (const summaryId of removed) this.#db.run('DELETE FROM summaries WHERE slot IN (?, ?)', summaryId * 2, summaryId * 2 + 1);
      if (replaceSites) this.#db.run('DELETE FROM sites');
      for (const { siteId, record } of sites) this.#db.run('INSERT INTO sites VALUES (?, ?)', siteId, record);
      this.#db.run('INSERT OR REPLACE INTO summary_state VALUES (1, ?, ?)', generation, state);
    });
    for (const [summaryId, slot] of this.#written) this.#slots.set(summaryId, slot);
    this.#written.clear();
  }

  read(): StoredSummaries | undefined {
    const committed = this.#db.get('SELECT generation, state FROM summary_state WHERE id = 1');
    if (committed === undefined) return undefined;
    const generation = Number(committed['generation']);
    const newest = new Map<number, SummaryPart & { readonly generation: number }>();
    // What an unfinished state has written is not read.
    for (const row of this.#db.all('SELECT slot, generation, capture, state FROM summaries WHERE generation <= ?', generation)) {
      const [slot, of] = [Number(row['slot']), Number(row['generation'])];
      const summaryId = Math.floor(slot / 2);
      if ((newest.get(summaryId)?.generation ?? -1) >= of) continue;
      newest.set(summaryId, { summaryId, captureId: row['capture'] as string, state: row['state'] as Uint8Array, generation: of });
      this.#slots.set(summaryId, slot % 2);
    }
    const sites = this.#db.all('SELECT site, record FROM sites ORDER BY site').map((row) => ({ siteId: Number(row['site']), record: row['record'] as string }));
    return { generation, state: committed['state'] as Uint8Array, sites, parts: [...newest.values()] };
  }
}
