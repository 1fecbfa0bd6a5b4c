import type { Rejection } from '../../decode/batch.ts';
import * as json from '../../decode/otlpJson.ts';
import * as protobuf from '../../decode/otlpProtobuf.ts';
import type { Intake } from '../intake.ts';
import type { Encoding, ReceivedTraces, Sink } from '../sink.ts';
import { skimTraces } from '../skim.ts';

export type Signal = 'traces' | 'logs' | 'metrics';

/** What was refused of a request that was otherwise kept. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/**
 * Decodes one request and hands it to the sink; resolves once it is committed, and counted as kept.
 * @returns undefined where all of it was kept
 * @throws DecodeError, SinkError
 */
export async function receive(signal: Signal, encoding: Encoding, bytes: Uint8Array, sink: Sink, intake: Intake): Promise<PartialSuccess | undefined> {
  const startMs = performance.now();
  const { commit, partial } = decoded(signal, encoding, bytes, sink);
  const decodedMs = performance.now();
  await commit();
  intake.kept(bytes.length, decodedMs - startMs, performance.now() - decodedMs);
  return partial;
}

interface Decoded {
  readonly partial: PartialSuccess | undefined;
  commit(): Promise<void> | void;
}

function decoded(signal: Signal, encoding: Encoding, bytes: Uint8Array, sink: Sink): Decoded {
  const decode = encoding === 'json' ? json : protobuf;
  switch (signal) {
    case 'traces': {
      const batch = skimmed(bytes, encoding) ?? decode.decodeTraces(bytes);
      const isEmpty = batch.spans.length === 0 && batch.rejections.length === 0;
      return { partial: partialSuccess('span', batch.rejections), commit: () => (isEmpty ? undefined : sink.traces(bytes, encoding, batch)) };
    }
    case 'logs': {
      const batch = decode.decodeLogs(bytes);
      const isEmpty = batch.records.length === 0 && batch.rejections.length === 0;
      return { partial: partialSuccess('log record', batch.rejections), commit: () => (isEmpty ? undefined : sink.logs(bytes, encoding, batch)) };
    }
    case 'metrics': {
      const points = decode.countMetricPoints(bytes);
      return { partial: undefined, commit: () => sink.metrics(points) };
    }
  }
}

/** What comes of nearly every request. */
function skimmed(bytes: Uint8Array, encoding: Encoding): ReceivedTraces | undefined {
  const traces = skimTraces(bytes, encoding);
  return traces === undefined ? undefined : { ...traces, rejections: [] };
}

function partialSuccess(item: string, rejections: readonly Rejection[]): PartialSuccess | undefined {
  if (rejections.length === 0) return undefined;
  const rejected = rejections.reduce((sum, { count }) => sum + count, 0);
  const reasons = rejections.map(({ reason, count }) => `${reason} (${count})`).join('; ');
  return { rejected, message: `${rejected} ${item}${rejected === 1 ? '' : 's'} rejected: ${reasons}` };
}
