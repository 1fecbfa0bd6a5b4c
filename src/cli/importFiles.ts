import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { traceRequestJson } from '../decode/otlpJsonWriter.ts';
import { decodeTraceFile } from '../decode/traceFile.ts';
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

/**
 * OTLP/JSON, one request a line, goes to the hub line by line, however long the file is; OTLP protobuf and JSON as they are; what
 * is of another format (Jaeger, Zipkin, an API's answer) as OTLP/JSON made of it.
 */
async function importFile(spans: Spans, file: string, captureId: string): Promise<Imported> {
  const total: Imported = { accepted: 0, rejected: 0 };
  const send = async (bytes: Uint8Array, encoding: 'json' | 'protobuf') => {
    const { accepted, rejected } = await spans.call('importOtlp', { bytes, encoding, captureId });
    total.accepted += accepted;
    total.rejected += rejected;
  };
  if (await firstLineIsRequest(file)) {
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
    return total;
  }
  const bytes = await readFile(file);
  const read = decodeTraceFile(bytes);
  if (read.format === 'otlp-protobuf') await send(bytes, 'protobuf');
  else await send(Buffer.from(JSON.stringify(traceRequestJson(read.spans))), 'json');
  total.rejected += read.format === 'otlp-protobuf' ? 0 : read.rejections.reduce((sum, { count }) => sum + count, 0);
  return total;
}

/** And there is more than that line, or it is the whole of a file that may be long. */
async function firstLineIsRequest(file: string): Promise<boolean> {
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    const text = line.replace(/^\uFEFF/, '').trim();
    if (text === '') continue;
    if (!text.startsWith('{')) return false;
    try {
      return 'resourceSpans' in (JSON.parse(text) as object);
    } catch {
      return false;
    }
  }
  return false;
}
