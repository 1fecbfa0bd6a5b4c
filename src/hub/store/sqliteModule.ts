/**
 * node:sqlite, or undefined where this Node has none (before 22.13; some Electron builds left it out).
 * Node 22 warns on standard error that it is experimental; nobody who reads that could do anything about it.
 */
export async function loadSqlite(): Promise<typeof import('node:sqlite') | undefined> {
  const emitWarning = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).includes('SQLite')) (emitWarning as (...all: unknown[]) => void).call(process, warning, ...rest);
  }) as typeof process.emitWarning;
  try {
    return await import('node:sqlite');
  } catch {
    return undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}
