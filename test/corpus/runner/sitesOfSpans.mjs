import { RecentTraces } from '../../../src/hub/recentTraces.ts';
import { SiteTable } from '../../../src/hub/siteTable.ts';
import { stringAttribute } from '../../../src/model/attributes.ts';
import { readSite } from '../../../src/model/readSite.ts';
import { isEntryKind } from '../../../src/model/span.ts';

/**
 * The site of each span as the hub has it when the whole trace is there: a server's or consumer's with the stacks beneath it.
 * @param {readonly import('../../../src/model/span.ts').Span[]} spans
 * @returns {Map<import('../../../src/model/span.ts').Span, import('../../../src/model/site.ts').Site>}
 */
export function sitesOfSpans(spans) {
  const table = new SiteTable();
  const traces = new RecentTraces(Infinity);
  const own = new Map(spans.map((span) => [span, readSite(span)]));
  const serviceOf = ({ resource }) => stringAttribute(resource.attributes, 'service.name') ?? '';
  for (const [span, site] of own) {
    const stackSiteId = site.stacktrace === undefined ? undefined : table.idOf(site);
    traces.add(span, serviceOf(span), stackSiteId);
  }
  return new Map([...own].map(([span, site]) => {
    if (!isEntryKind(span.kind)) return [span, site];
    return [span, table.get(table.entryId(site, traces.sitesBeneath(span.traceId, span.spanId, serviceOf(span))))];
  }));
}
