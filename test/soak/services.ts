import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { isAcknowledged } from '../support/acknowledged.ts';

/** What a service does once each `everyMs`: traces of so many spans, of which the first is the root. */
export interface ServiceShape {
  readonly name: string;
  readonly operation: string;
  readonly everyMs: number;
  readonly traces: number;
  readonly spansOfTrace: number;
  readonly failed: boolean;
}

export interface Sent {
  /** Spans of requests that were answered with success, of all that were sent, and requests that were sent again. */
  acknowledged: number;
  sent: number;
  resent: number;
  /** Ids of the traces of this service that were acknowledged, oldest first; of the last ones alone. */
  readonly traceIds: string[];
}

const mostTraceIds = 2000;
const places = 40;

/** Sends what a service makes until it is stopped, each request until it is acknowledged, as an exporter with retry that does not give up. */
export async function runService(endpoint: string, shape: ServiceShape, sent: Sent, stopped: AbortSignal): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  try {
    while (!stopped.aborted) {
      const { body, traceIds } = requestOf(shape);
      const spans = shape.traces * shape.spansOfTrace;
      sent.sent += spans;
      while (!(await isAcknowledged(endpoint, body, agent))) {
        sent.resent++;
        await delay(200);
      }
      sent.acknowledged += spans;
      sent.traceIds.push(...traceIds);
      sent.traceIds.splice(0, sent.traceIds.length - mostTraceIds);
      await delay(shape.everyMs, undefined, { signal: stopped }).catch(() => undefined);
    }
  } finally {
    agent.destroy();
  }
}

function requestOf({ name, operation, traces, spansOfTrace, failed }: ServiceShape): { body: string; traceIds: readonly string[] } {
  const traceIds = Array.from({ length: traces }, () => randomBytes(16).toString('hex'));
  const now = BigInt(Date.now()) * 1_000_000n;
  const spans = traceIds.flatMap((traceId) => {
    const ids = Array.from({ length: spansOfTrace }, () => randomBytes(8).toString('hex'));
    return ids.map((spanId, index) => ({
      traceId, spanId, name: index === 0 ? operation : `${operation} step ${index % 5}`, kind: index === 0 ? 2 : 1,
      ...(index === 0 ? {} : { parentSpanId: ids[0] }),
      startTimeUnixNano: String(now + BigInt(index) * 100_000n), endTimeUnixNano: String(now + BigInt(index) * 100_000n + BigInt(1_000_000 + Math.floor(Math.random() * 9e6))),
      ...(failed ? { status: { code: 2, message: 'it went wrong' } } : {}),
      attributes: [
        { key: 'code.file.path', value: { stringValue: `/srv/${name}/src/file${index % places}.ts` } },
        { key: 'code.line.number', value: { intValue: 10 + (index % places) } },
        { key: 'request.id', value: { stringValue: randomBytes(8).toString('hex') } },
      ],
    }));
  });
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: name } }] };
  return { body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }), traceIds };
}
