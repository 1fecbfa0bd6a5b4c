import type { Rejection } from '../../decode/batch.ts';
import * as json from '../../decode/otlpJson.ts';
import * as protobuf from '../../decode/otlpProtobuf.ts';
import type { Encoding, Sink } from '../sink.ts';

export type Signal = 'traces' | 'logs' | 'metrics';

/** What was refused of a request that was otherwise kept. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/**
 * Decodes one request and hands it to the sink; resolves once it is committed.
 * @returns undefined where all of it was kept
 * @throws DecodeError, SinkError
 */
export async function receive(signal: Signal, encoding: Encoding, bytes: Uint8Array, sink: Sink): Promise<PartialSuccess | undefined> {
  const decode = encoding === 'json' ? json : protobuf;
  switch (signal) {
    case 'traces': {
      const batch = decode.decodeTraces(bytes);
      if (batch.spans.length > 0 || batch.rejections.length > 0) await sink.traces(bytes, encoding, batch);
      return partialSuccess('span', batch.rejections);
    }
    case 'logs': {
      const batch = decode.decodeLogs(bytes);
      if (batch.records.length > 0 || batch.rejections.length > 0) await sink.logs(bytes, encoding, batch);
      return partialSuccess('log record', batch.rejections);
    }
    case 'metrics':
      sink.metrics(decode.countMetricPoints(bytes));
      return undefined;
  }
}

function partialSuccess(item: string, rejections: readonly Rejection[]): PartialSuccess | undefined {
  if (rejections.length === 0) return undefined;
  const rejected = rejections.reduce((sum, { count }) => sum + count, 0);
  const reasons = rejections.map(({ reason, count }) => `${reason} (${count})`).join('; ');
  return { rejected, message: `${rejected} ${item}${rejected === 1 ? '' : 's'} rejected: ${reasons}` };
}
