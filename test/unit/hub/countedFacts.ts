import { Processes } from '../../../src/hub/processes.ts';
import { resourceFacts } from '../../../src/hub/spanFacts.ts';
import { readSite } from '../../../src/model/readSite.ts';
import type { Span } from '../../../src/model/span.ts';

/** All that the hub counts a span by. */
export function countedFacts(span: Span) {
  const { traceId, spanId, parentSpanId, name, kind, startUnixNano, endUnixNano, status, resource } = span;
  return { traceId, spanId, parentSpanId, name, kind, startUnixNano, endUnixNano, status, site: readSite(span), resource: resourceFacts(resource), process: new Processes().of(span)?.identity };
}
