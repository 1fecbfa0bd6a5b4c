import { netDurationNs } from '../model/netDuration.ts';
import type { CompareChoice } from '../protocol/compare.ts';
import type { HubCaller, TraceColumns, TraceSummary } from '../protocol/hub.ts';

const mostOfOperation = 1000;
const mostSame = 100;
const mostOthers = 100;

/** The operation that a trace is one of: that of its first root. */
export interface TraceOperation {
  readonly traceId: string;
  readonly rootName: string;
  readonly service: string;
  readonly startUnixNano: string;
}

export function operationOf({ strings, name, service, traceId, startUnixNano }: TraceColumns): TraceOperation {
  return { traceId, rootName: strings[name[0] ?? -1] ?? '', service: strings[service[0] ?? -1] ?? '', startUnixNano };
}

/** @throws RpcError where the hub does not answer */
export async function compareChoices(hub: HubCaller, own: TraceOperation): Promise<readonly CompareChoice[]> {
  const [ofService, recent] = await Promise.all([
    hub.call('traces', { service: own.service, name: own.rootName, limit: mostOfOperation }),
    hub.call('traces', { limit: mostOthers }),
  ]);
  return choicesAmong(own, ofService, recent);
}

/**
 * The trace of the same operation that started last before this one; the one in the middle of all others of it that have ended, by their
 * durations; then the others of it, and the recent ones of any operation. Both lists are newest first.
 */
export function choicesAmong(own: TraceOperation, ofService: readonly TraceSummary[], recent: readonly TraceSummary[]): readonly CompareChoice[] {
  const isOther = ({ traceId }: TraceSummary): boolean => traceId !== own.traceId;
  const isSame = ({ rootName, service }: TraceSummary): boolean => rootName === own.rootName && service === own.service;
  const same = ofService.filter((trace) => isOther(trace) && isSame(trace));
  const previous = same.find(({ startUnixNano }) => BigInt(startUnixNano) < BigInt(own.startUnixNano));
  const median = medianTrace(same);
  return [
    ...(previous === undefined ? [] : [choiceOf(previous, 'previous')]),
    ...(median === undefined ? [] : [choiceOf(median, 'median')]),
    ...same.slice(0, mostSame).map((trace) => choiceOf(trace, 'same')),
    ...recent.filter((trace) => isOther(trace) && !isSame(trace)).map((trace) => choiceOf(trace, 'other')),
  ];
}

/** The one in the middle by its duration, the shorter one where there are two, of those that have ended. */
export function medianTrace(traces: readonly TraceSummary[]): TraceSummary | undefined {
  const ended = traces.filter(({ open }) => open === undefined).sort((a, b) => netDurationNs(a) - netDurationNs(b));
  return ended[Math.ceil(ended.length / 2) - 1];
}

function choiceOf(trace: TraceSummary, role: CompareChoice['role']): CompareChoice {
  const { traceId, rootName, service, startUnixNano, errorCount } = trace;
  return { traceId, role, rootName, service, startUnixNano, durationNs: netDurationNs(trace), errorCount };
}
