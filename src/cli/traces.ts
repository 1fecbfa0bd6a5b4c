import { errorsText, spansText } from '../model/countText.ts';
import { durationText } from '../model/durationText.ts';
import type { TraceSummary } from '../protocol/hub.ts';
import { commandLine, wholeNumber } from './commandLine.ts';
import { jsonLine, print, table } from './output.ts';
import { openSpans } from './openSpans.ts';
import { UsageError } from './usage.ts';

export async function traces(args: readonly string[]): Promise<void> {
  const { dataDir, json, options } = commandLine(args, {
    'service': 'string', 'name': 'string', 'min-duration': 'string', 'errors': 'boolean', 'limit': 'string',
  });
  const minDuration = options['min-duration'];
  const minDurationMs = minDuration === undefined ? undefined : Number(minDuration);
  if (minDurationMs !== undefined && !(minDurationMs >= 0)) throw new UsageError('--min-duration takes milliseconds');
  const limit = wholeNumber('limit', options.limit, 1, 1_000_000);
  await using spans = await openSpans(dataDir);
  const found = await spans.call('traces', { service: options.service, name: options.name, minDurationMs, errorsOnly: options.errors, limit });
  if (json) {
    print(jsonLine(found));
    return;
  }
  if (found.length === 0) {
    print('no trace');
    return;
  }
  print(table(found.map((trace) => [
    trace.traceId,
    new Date(Number(BigInt(trace.startUnixNano) / 1_000_000n)).toISOString(),
    durationText(trace.durationNs).padStart(8),
    spansText(trace.spanCount),
    [trace.errorCount > 0 ? errorsText(trace.errorCount) : '', openText(trace.open)].filter((text) => text !== '').join(', '),
    trace.service,
    trace.rootName,
  ])));
}

function openText(open: TraceSummary['open']): string {
  if (open === undefined) return '';
  return [...(open.running > 0 ? [`${open.running} running`] : []), ...(open.neverEnded > 0 ? [`${open.neverEnded} never ended`] : [])].join(', ');
}
