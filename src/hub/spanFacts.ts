import { captureId, type Resource, serviceName, type Span } from '../model/span.ts';
import { nsBetween } from './unixNano.ts';

/** A span with the capture it belongs to. */
export interface KeptSpan {
  readonly span: Span;
  readonly captureId: string;
}

export interface ResourceFacts {
  readonly service: string;
  readonly captureId: string;
}

const factsOf = new WeakMap<Resource, ResourceFacts>();

/** Of the spans of one process, one is mostly asked about after the other. */
let lastResource: Resource | undefined;
let lastFacts: ResourceFacts | undefined;

/** Of a resource, which all spans of one process in one batch share: found once. */
export function resourceFacts(resource: Resource): ResourceFacts {
  if (resource === lastResource && lastFacts !== undefined) return lastFacts;
  let facts = factsOf.get(resource);
  if (facts === undefined) factsOf.set(resource, (facts = { service: serviceName(resource), captureId: captureId(resource) }));
  lastResource = resource;
  lastFacts = facts;
  return facts;
}

/** In nanoseconds; a span that ended before it started took none. */
export function durationNs(span: Span): number {
  return Math.max(0, nsBetween(span.startUnixNano, span.endUnixNano));
}
