import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { jaegerJson } from '../decode/jaegerJsonWriter.ts';
import * as otlpJson from '../decode/otlpJson.ts';
import type { Span } from '../model/span.ts';
import { commandLine } from './commandLine.ts';
import { openSpans, type Spans } from './openSpans.ts';
import { CommandError, UsageError } from './usage.ts';

/**
 * One document with the given traces, or everything kept: OTLP/JSON written part by part, or Jaeger JSON, which lists a trace's spans in one
 * place and so is of given traces only. A file appears whole or not at all.
 */
export async function exportTraces(args: readonly string[]): Promise<void> {
  const { dataDir, options, positionals } = commandLine(args, { out: 'string', format: 'string' }, { min: 0, max: Infinity });
  const format = options.format ?? 'otlp-json';
  if (format !== 'otlp-json' && format !== 'jaeger-json') throw new UsageError(`--format is otlp-json or jaeger-json, not ${JSON.stringify(format)}`);
  if (format === 'jaeger-json' && positionals.length === 0) throw new UsageError('--format jaeger-json needs the ids of the traces');
  await using spans = await openSpans(dataDir);
  const traceIds = positionals.length === 0 ? undefined : positionals.map((id) => id.toLowerCase());
  const write = format === 'jaeger-json' ? writeJaegerJson : writeOtlpJson;
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

async function writeOtlpJson(spans: Spans, traceIds: readonly string[] | undefined, out: Writable): Promise<void> {
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

async function writeJaegerJson(spans: Spans, traceIds: readonly string[] | undefined, out: Writable): Promise<void> {
  const all: Span[] = [];
  let afterChunk: number | undefined;
  do {
    const part = await spans.call('exportOtlpJson', { traceIds, afterChunk });
    for (const span of otlpJson.decodeTraces(part.json).spans) all.push(span);
    afterChunk = part.nextChunk;
  } while (afterChunk !== undefined);
  if (all.length === 0) throw new CommandError(`no trace ${(traceIds ?? []).join(', ')} is kept`);
  if (!out.write(JSON.stringify(jaegerJson(all)))) await once(out, 'drain');
}
