import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { commandLine } from './commandLine.ts';
import { jsonLine, print } from './output.ts';
import { type Spans, startHub } from './openSpans.ts';
import { CommandError } from './usage.ts';

interface Imported {
  accepted: number;
  rejected: number;
}

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

/** OTLP/JSON (one document, or one request a line) begins with `{`; OTLP protobuf never does (0x7b would be field 15). */
async function importFile(spans: Spans, file: string, captureId: string): Promise<Imported> {
  const total: Imported = { accepted: 0, rejected: 0 };
  const send = async (bytes: Uint8Array, encoding: 'json' | 'protobuf') => {
    const { accepted, rejected } = await spans.call('importOtlp', { bytes, encoding, captureId });
    total.accepted += accepted;
    total.rejected += rejected;
  };
  if (!(await beginsWithBrace(file))) {
    await send(await readFile(file), 'protobuf');
  } else if (await firstLineIsWhole(file)) {
    let number = 0;
    for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
      number++;
      if (line.trim() === '') continue;
      try {
        await send(Buffer.from(line), 'json');
      } catch (error) {
        throw new Error(`line ${number}: ${error instanceof Error ? error.message : String(error)}; ${total.accepted} spans of the lines before it are kept`);
      }
    }
  } else {
    await send(await readFile(file), 'json');
  }
  return total;
}

async function beginsWithBrace(file: string): Promise<boolean> {
  for await (const chunk of createReadStream(file, { encoding: 'utf8', end: 4095 })) {
    return (chunk as string).replace(/^\uFEFF/, '').trimStart().startsWith('{');
  }
  throw new Error('the file is empty');
}

async function firstLineIsWhole(file: string): Promise<boolean> {
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    try {
      JSON.parse(line.replace(/^\uFEFF/, ''));
      return true;
    } catch {
      return false;
    }
  }
  return false;
}
