import assert from 'node:assert/strict';
import type { LogBatch, TraceBatch } from '../../src/decode/batch.ts';
import { decodeTraces as decodeJson } from '../../src/decode/otlpJson.ts';
import { decodeTraces as decodeProtobuf } from '../../src/decode/otlpProtobuf.ts';
import type { ReceiverLog } from '../../src/hub/receivers/receiver.ts';
import type { Encoding, Sink } from '../../src/hub/sink.ts';
import type { LogRecord, Span } from '../../src/model/span.ts';

/** Keeps what receivers hand over; `fail`, when set, is what every call answers with. */
export class RecordingSink implements Sink {
  readonly spans: Span[] = [];
  readonly records: LogRecord[] = [];
  readonly encodings: Encoding[] = [];
  dataPoints = 0;
  fail: Error | undefined;

  /** A batch may be skimmed: what is kept, and shown, is the bytes. */
  async traces(bytes: Uint8Array, encoding: Encoding, batch: TraceBatch): Promise<void> {
    if (this.fail !== undefined) throw this.fail;
    this.encodings.push(encoding);
    const { spans } = encoding === 'json' ? decodeJson(bytes) : decodeProtobuf(bytes);
    assert.deepEqual(batch.spans.map(({ traceId, spanId, name }) => [traceId, spanId, name]), spans.map(({ traceId, spanId, name }) => [traceId, spanId, name]));
    this.spans.push(...spans);
  }

  async logs(_bytes: Uint8Array, encoding: Encoding, batch: LogBatch): Promise<void> {
    if (this.fail !== undefined) throw this.fail;
    this.encodings.push(encoding);
    this.records.push(...batch.records);
  }

  metrics(dataPoints: number): void {
    if (this.fail !== undefined) throw this.fail;
    this.dataPoints += dataPoints;
  }
}

export class RecordingLog implements ReceiverLog {
  readonly lines: string[] = [];
  readonly errors: (string | Error)[] = [];
  debug(message: string): void {
    this.lines.push(message);
  }
  error(message: string | Error): void {
    this.errors.push(message);
  }
}
