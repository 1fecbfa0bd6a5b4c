import { skimJson } from './skimJson.ts';
import { skimProtobuf } from './skimProtobuf.ts';
import type { Encoding } from './sink.ts';
import type { SkimmedTraces } from './spanShapes.ts';

/**
 * Reads an ExportTraceServiceRequest as the decoder of its encoding does, without what is only looked at later: less than half of its work, and hardly an
 * object but the spans. All of the request is gone through. undefined for what the decoder has to judge: it is no such request, a span is
 * to be refused, or a value that counts comes in a form that SDKs do not write.
 */
export function skimTraces(bytes: Uint8Array, encoding: Encoding): SkimmedTraces | undefined {
  try {
    return encoding === 'protobuf' ? skimProtobuf(bytes) : skimJson(bytes);
  } catch (error) {
    // protobufjs reports every malformed input by Error or RangeError.
    if (error instanceof Error) return undefined;
    throw error;
  }
}
