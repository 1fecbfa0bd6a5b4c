import { mayHoldSpan } from './chunkReader.ts';
import type { SpanLinks } from '../protocol/traceSearch.ts';
import { Slices } from './slices.ts';
import { type KeptSpan, resourceFacts } from './spanFacts.ts';
import type { StoredChunk } from './store/store.ts';

const mostLinks = 100;
const longestMs = 5000;

export interface ChunkSource {
  /** The chunk of spans before one, or undefined. */
  previous(chunkId: number): number | undefined;
  /** Nothing where it is not wanted. */
  spans(chunkId: number, wanted: (chunk: StoredChunk) => boolean): readonly KeptSpan[];
}

/** The spans that link to one, newest first: no index holds them, so the stored bytes are searched for its id, for some seconds at most. */
export async function linksTo(source: ChunkSource, traceId: string, spanId: string): Promise<SpanLinks> {
  const slices = new Slices();
  const untilMs = performance.now() + longestMs;
  const links: SpanLinks['links'][number][] = [];
  for (let chunkId = source.previous(Number.MAX_SAFE_INTEGER); chunkId !== undefined; chunkId = source.previous(chunkId)) {
    if (links.length >= mostLinks || performance.now() > untilMs) return { links, isWhole: false };
    for (const { span } of source.spans(chunkId, (chunk) => mayHoldSpan(chunk, spanId))) {
      if (links.length < mostLinks && span.links.some((link) => link.spanId === spanId && link.traceId === traceId)) {
        links.push({ traceId: span.traceId, spanId: span.spanId, name: span.name, service: resourceFacts(span.resource).service });
      }
    }
    await slices.pause();
  }
  return { links, isWhole: true };
}
