import { jsonKeyValues, jsonValue } from '../decode/otlpJsonWriter.ts';
import { type LogRecord, logTimeUnixNano, spanKindName } from '../model/span.ts';
import type { OpenState, SiteRecord, SpanDetails } from '../protocol/hub.ts';
import { type KeptSpan, resourceFacts } from './spanFacts.ts';

/** Everything a person may want to know of one span. */
export function spanDetails(
  { span, captureId }: KeptSpan,
  logs: readonly LogRecord[],
  site: SiteRecord | undefined,
  heldNs: number,
  open: OpenState | undefined,
): SpanDetails {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: spanKindName(span.kind),
    service: resourceFacts(span.resource).service,
    startUnixNano: span.startUnixNano.toString(),
    endUnixNano: span.endUnixNano.toString(),
    ...(open === undefined ? {} : { open }),
    ...(heldNs > 0 ? { heldNs } : {}),
    status: { code: span.status.code, message: span.status.message },
    traceState: span.traceState,
    attributes: jsonKeyValues(span.attributes),
    events: span.events.map((event) => ({
      timeUnixNano: event.timeUnixNano.toString(), name: event.name, attributes: jsonKeyValues(event.attributes),
    })),
    links: span.links.map((link) => ({ traceId: link.traceId, spanId: link.spanId, attributes: jsonKeyValues(link.attributes) })),
    resource: jsonKeyValues(span.resource.attributes),
    scope: { name: span.scope.name, version: span.scope.version },
    logs: [...logs].sort((a, b) => (logTimeUnixNano(a) < logTimeUnixNano(b) ? -1 : logTimeUnixNano(a) > logTimeUnixNano(b) ? 1 : 0)).map((record) => ({
      timeUnixNano: logTimeUnixNano(record).toString(),
      severityText: record.severityText,
      severityNumber: record.severityNumber,
      eventName: record.eventName,
      body: jsonValue(record.body),
      attributes: jsonKeyValues(record.attributes),
    })),
    dropped: { attributes: span.droppedAttributesCount, events: span.droppedEventsCount, links: span.droppedLinksCount },
    captureId,
    site,
  };
}
