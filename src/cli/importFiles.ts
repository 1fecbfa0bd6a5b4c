import path from 'node:path';
import { commandLine } from './commandLine.ts';
import { type Imported, importFile } from './importFile.ts';
import { jsonLine, print } from './output.ts';
import { startHub } from './openSpans.ts';
import { CommandError } from './usage.ts';

/** Imports files one after the other; each becomes a capture of its own. A file that cannot be read ends it, and says which. */
export async function importFiles(args: readonly string[]): Promise<void> {
  const { dataDir, json, positionals } = commandLine(args, {}, { min: 1, max: Infinity });
  await using spans = await startHub(dataDir);
  const done: (Imported & { file: string })[] = [];
  for (const file of positionals) {
    const captureId = `import-${Date.now().toString(36)}-${done.length}`;
    await spans.call('startCapture', { captureId, name: path.basename(file), kind: 'import' });
    try {
      const result = await importFile(spans, file, captureId);
      done.push({ file, ...result });
      if (!json) print(`${file}: ${result.accepted} spans${result.rejected > 0 ? `, ${result.rejected} rejected` : ''}`);
    } catch (error) {
      throw new CommandError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      await spans.call('endCapture', { captureId });
    }
  }
  if (json) print(jsonLine(done));
}
