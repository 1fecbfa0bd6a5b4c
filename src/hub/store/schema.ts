import type { Database } from './database.ts';

/** Grows with every change of the tables that an older hub could not live with. A database of a later version is left alone. */
export const schemaVersion = 2;

/** Blobs of some hundred kilobytes: larger pages are written in half the time. */
export const pageBytes = 16_384;

const captures = `
  CREATE TABLE captures (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER,
    pinned INTEGER NOT NULL DEFAULT 0, spans INTEGER NOT NULL DEFAULT 0, errors INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE chunks (
    chunk INTEGER PRIMARY KEY AUTOINCREMENT, signal INTEGER NOT NULL, encoding INTEGER NOT NULL, received INTEGER NOT NULL,
    override TEXT, skipped BLOB, bytes BLOB NOT NULL
  );
  CREATE TABLE parts (
    chunk INTEGER NOT NULL, capture INTEGER NOT NULL, items INTEGER NOT NULL, errors INTEGER NOT NULL, traces BLOB NOT NULL,
    PRIMARY KEY (chunk, capture)
  );
  CREATE INDEX parts_of_capture ON parts (capture, chunk);
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO counters VALUES ('logs', 0), ('droppedSpans', 0);
`;

/**
 * A trace has a number, in order of arrival, so that what points to it is written side by side and not all over a tree of random ids.
 * A row with no spans stands for logs: of a trace whose spans have not come, or of a batch, for those that belong to none.
 * `rank` and the usage are what store/fairShare.ts goes by; a chunk is in `dead` while some of its items were let go and its bytes still
 * have them.
 */
const traces = `
  CREATE TABLE traces (
    key INTEGER PRIMARY KEY, trace BLOB NOT NULL UNIQUE, capture TEXT NOT NULL, service TEXT NOT NULL, root TEXT NOT NULL, root_true INTEGER NOT NULL,
    root_start INTEGER NOT NULL, services TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, spans INTEGER NOT NULL,
    errors INTEGER NOT NULL, version INTEGER NOT NULL, bytes INTEGER NOT NULL, operation INTEGER NOT NULL, rank INTEGER NOT NULL
  );
  CREATE INDEX traces_by_start ON traces (start);
  CREATE INDEX traces_by_rank ON traces (operation, rank);
  CREATE TABLE trace_chunks (trace INTEGER NOT NULL, chunk INTEGER NOT NULL, capture INTEGER NOT NULL, PRIMARY KEY (trace, chunk, capture)) WITHOUT ROWID;
  CREATE TABLE operations (operation INTEGER PRIMARY KEY, service TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (service, name));
  CREATE TABLE usage (operation INTEGER NOT NULL, rank INTEGER NOT NULL, bytes INTEGER NOT NULL, spans INTEGER NOT NULL, PRIMARY KEY (operation, rank)) WITHOUT ROWID;
  CREATE TABLE dead (chunk INTEGER PRIMARY KEY, bytes INTEGER NOT NULL, dead INTEGER NOT NULL, live INTEGER NOT NULL);
`;

/**
 * What a hub that does not know these can leave as it is: a hold names its capture by the id, which is never given twice; summaries say
 * up to which chunk they count.
 */
const besides = `
  CREATE TABLE IF NOT EXISTS holds (capture TEXT NOT NULL, id TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, PRIMARY KEY (capture, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS summaries (slot INTEGER PRIMARY KEY, generation INTEGER NOT NULL, capture TEXT NOT NULL, state BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS sites (site INTEGER PRIMARY KEY, record TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS summary_state (id INTEGER PRIMARY KEY, generation INTEGER NOT NULL, state BLOB NOT NULL);
`;

/** From here on the usage is kept with every change of a trace. */
export const countUsage = `
  DELETE FROM usage;
  INSERT INTO usage SELECT operation, rank, sum(bytes), sum(spans) FROM traces GROUP BY operation, rank;
`;

/** What a trace took was not known to the first version: its share of the spans. Batches of logs that belong to no trace, which nothing shows, are left behind. */
const fromFirst = `
  DELETE FROM parts WHERE chunk IN (SELECT chunk FROM chunks WHERE signal = 1) AND chunk NOT IN (SELECT chunk FROM trace_chunks);
  DELETE FROM chunks WHERE signal = 1 AND chunk NOT IN (SELECT chunk FROM parts);
  UPDATE counters SET value = (SELECT coalesce(sum(p.items), 0) FROM parts p JOIN chunks c ON c.chunk = p.chunk WHERE c.signal = 1) WHERE name = 'logs';
  ALTER TABLE traces RENAME TO first_traces;
  ALTER TABLE trace_chunks RENAME TO first_trace_chunks;
  DROP INDEX traces_by_start;
  ${traces}
  INSERT INTO operations (service, name) SELECT DISTINCT service, root FROM first_traces;
  INSERT OR IGNORE INTO operations (service, name) VALUES ('', '');
  INSERT INTO traces
    SELECT NULL, t.trace, t.capture, t.service, t.root, t.root_true, t.root_start, t.services, t.start, t.end, t.spans, t.errors, t.version,
      t.spans * (SELECT coalesce(sum(length(bytes)), 0) FROM chunks) / (SELECT max(1, sum(items)) FROM parts), o.operation,
      CASE WHEN EXISTS (SELECT 1 FROM first_trace_chunks x JOIN captures c ON c.key = x.capture WHERE x.trace = t.trace AND c.pinned) THEN 3 WHEN t.errors > 0 THEN 2 ELSE 0 END
    FROM first_traces t JOIN operations o ON o.service = t.service AND o.name = t.root
    ORDER BY (SELECT min(x.chunk) FROM first_trace_chunks x WHERE x.trace = t.trace);
  INSERT INTO traces
    SELECT DISTINCT NULL, x.trace, '', '', '', 0, 0, '[]', 0, 0, 0, 0, 1, 0, (SELECT operation FROM operations WHERE service = '' AND name = ''), 0
    FROM first_trace_chunks x WHERE x.trace NOT IN (SELECT trace FROM traces);
  INSERT INTO trace_chunks SELECT t.key, x.chunk, x.capture FROM first_trace_chunks x JOIN traces t ON t.trace = x.trace;
  DROP TABLE first_traces;
  DROP TABLE first_trace_chunks;
  ${countUsage}
`;

/** Makes the tables of a new database, or brings an older one to this version; all of it or nothing. @throws StoreError */
export function bringUp(db: Database): void {
  const version = db.number('PRAGMA user_version');
  if (version < schemaVersion) {
    db.transaction(() => {
      db.exec(version === 0 ? `${captures} ${traces}` : fromFirst);
      db.exec(`PRAGMA user_version = ${schemaVersion}`);
    });
  }
  db.exec(besides);
}
