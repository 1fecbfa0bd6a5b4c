import { readFile } from 'node:fs/promises';
import { decodeTraceFile } from '../../../src/decode/traceFile.ts';
import { TraceFileContents } from '../../../src/hub/traceFile.ts';
import { traceGrowth } from '../../../src/protocol/traceGrowth.ts';

/**
 * A trace as it was some batches before it was whole, and what each of them added, as a hub's window tells a page. Spans come in the order in
 * which they end, as they do from a program: the last are those that everything else hangs under.
 * @param {string} file of one trace
 * @param {{ batches: number, spansAtOnce: number }} options
 */
export async function liveGrowth(file, { batches, spansAtOnce }) {
  const read = decodeTraceFile(await readFile(file));
  const spans = [...read.spans].sort((a, b) => Number(a.endUnixNano - b.endUnixNano));
  const columnsAt = async (count, version) => {
    const answers = new TraceFileContents({ ...read, spans: spans.slice(0, count) }).handlers();
    return { ...(await answers.trace({ traceId: spans[0].traceId })), version };
  };
  let before = await columnsAt(spans.length - batches * spansAtOnce, 2);
  const first = { kind: 'trace', columns: before, places: [] };
  const events = [];
  for (let batch = 1; batch <= batches; batch++) {
    const now = await columnsAt(spans.length - (batches - batch) * spansAtOnce, batch + 2);
    const grown = traceGrowth(before, now);
    events.push(grown === undefined ? ['trace', { kind: 'trace', columns: now, places: [] }] : ['grown', { growth: grown.growth, places: [] }]);
    before = grown?.columns ?? now;
  }
  return { first, events, freshSpans: events.map(([, { growth }]) => growth?.fresh.spanCount) };
}
