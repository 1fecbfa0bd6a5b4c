import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { commandLine } from './commandLine.ts';
import { openSpans, type Spans } from './openSpans.ts';
import { CommandError } from './usage.ts';

/** One OTLP/JSON document with the given traces, or everything kept, written part by part. A file appears whole or not at all. */
export async function exportTraces(args: readonly string[]): Promise<void> {
  const { dataDir, options, positionals } = commandLine(args, { out: 'string' }, { min: 0, max: Infinity });
  await using spans = await openSpans(dataDir);
  const traceIds = positionals.length === 0 ? undefined : positionals.map((id) => id.toLowerCase());
  if (options.out === undefined) {
    await write(spans, traceIds, process.stdout);
    process.stdout.write('\n');
    return;
  }
  const unfinished = `${options.out}.${process.pid}.part`;
  const file = createWriteStream(unfinished);
  try {
    await write(spans, traceIds, file);
    file.end('\n');
    await once(file, 'finish');
    await rename(unfinished, options.out);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw new CommandError(`${options.out}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function write(spans: Spans, traceIds: readonly string[] | undefined, out: Writable): Promise<void> {
  let afterChunk: number | undefined;
  let separator = '{"resourceSpans":[';
  do {
    const part = await spans.call('exportOtlpJson', { traceIds, afterChunk });
    const { resourceSpans } = JSON.parse(part.json) as { resourceSpans: readonly unknown[] };
    for (const resource of resourceSpans) {
      if (!out.write(separator + JSON.stringify(resource))) await once(out, 'drain');
      separator = ',';
    }
    afterChunk = part.nextChunk;
  } while (afterChunk !== undefined);
  if (separator === ',') out.write(']}');
  else if (traceIds !== undefined) throw new CommandError(`no trace ${traceIds.join(', ')} is kept`);
  else out.write('{"resourceSpans":[]}');
}
