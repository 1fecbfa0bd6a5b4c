import type { Span } from '../model/span.ts';
import { DecodeError } from './batch.ts';
import { decodeTraces } from './otlpJson.ts';
import { isSpanId, isTraceId } from './validate.ts';

export interface SpanKey {
  readonly traceId: string;
  readonly spanId: string;
}

/** What a probe says of the process it is in: docs/decisions/open-spans.md. */
export interface ProbeReport {
  readonly process: ReportingProcess;
  /** Spans that have not ended; their end is 0. */
  readonly open: readonly Span[];
  /** Of those that were told before: they have ended, and come, or not, as spans do. */
  readonly ended: readonly SpanKey[];
  readonly program: ReportedProgram | undefined;
}

export interface ReportingProcess {
  /** Of the process, or of one thread of it that has a probe of its own. */
  readonly id: string;
  readonly pid: number;
  /** Process ids mean the same where this is the same; '' where that is not known. */
  readonly host: string;
}

export interface ReportedProgram {
  readonly captureId: string;
  readonly runtime: string;
  readonly version: string;
  /** Who makes its spans: an SDK it has itself, ours, or nobody. */
  readonly sdk: 'own' | 'bundled' | 'none';
  readonly reason: string | undefined;
}

const maxSpans = 1000;
const maxText = 200;

/** @throws DecodeError */
export function decodeProbeReport(bytes: Uint8Array | string): ProbeReport {
  // Fields that OTLP has not are passed over, and missing ones are empty.
  const { spans } = decodeTraces(bytes);
  const whole = JSON.parse(typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)) as Record<string, unknown>;
  const { id, pid, host } = record(whole['process']);
  if (typeof id !== 'string' || id === '' || typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) throw new DecodeError('a report names the process it is of');
  const ended = Array.isArray(whole['ended']) ? (whole['ended'] as readonly unknown[]) : [];
  return {
    process: { id: id.slice(0, maxText), pid, host: text(host) },
    open: spans.slice(0, maxSpans),
    ended: ended.slice(0, maxSpans).flatMap((each): SpanKey[] => {
      const { traceId, spanId } = record(each);
      return typeof traceId === 'string' && typeof spanId === 'string' && isTraceId(traceId) && isSpanId(spanId) ? [{ traceId, spanId }] : [];
    }),
    program: whole['program'] === undefined ? undefined : program(record(whole['program'])),
  };
}

function program({ capture, runtime, version, sdk, reason }: Record<string, unknown>): ReportedProgram | undefined {
  if (typeof capture !== 'string' || !/^[\w.:-]{1,100}$/.test(capture)) return undefined;
  return {
    captureId: capture,
    runtime: text(runtime),
    version: text(version),
    sdk: sdk === 'own' || sdk === 'bundled' ? sdk : 'none',
    reason: text(reason) || undefined,
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, maxText) : '';
}
