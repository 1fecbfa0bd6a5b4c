import type { SeenSite } from '../../locate/placeNow.ts';
import type { CaptureRecord, SiteRecord, SummaryRecord } from '../../protocol/hub.ts';

/** A site in one capture: what one place is asked for. */
export interface CapturedSite extends SeenSite {
  readonly siteId: number;
  readonly captureId: string;
}

/** Names a site in one capture. */
export function capturedKey({ siteId, captureId }: { readonly siteId: number; readonly captureId: string }): string {
  return `${siteId} ${captureId}`;
}

/** The sites of some summaries, each once a capture, by `capturedKey`. Captures of F5 and of `traceline run` tell when their programs started. */
export function capturedSites(
  summaries: readonly SummaryRecord[], siteOf: (siteId: number) => SiteRecord | undefined, captures: readonly CaptureRecord[],
): Map<string, CapturedSite> {
  const started = new Map(captures.filter(({ kind }) => kind === 'debug' || kind === 'run').map(({ captureId, startedUnixMs }) => [captureId, startedUnixMs]));
  const sites = new Map<string, CapturedSite>();
  for (const { siteId, captureId, lastEndUnixMs, runningUnixMs } of summaries) {
    const site = siteId === undefined ? undefined : siteOf(siteId);
    if (site === undefined) continue;
    const key = capturedKey({ siteId: site.siteId, captureId });
    const before = sites.get(key)?.seen;
    const running = Math.max(before?.runningUnixMs ?? -Infinity, runningUnixMs ?? -Infinity);
    const seen = { startedUnixMs: started.get(captureId), lastEndUnixMs: Math.max(before?.lastEndUnixMs ?? 0, lastEndUnixMs), ...(running > -Infinity ? { runningUnixMs: running } : {}) };
    sites.set(key, { ...site, captureId, seen });
  }
  return sites;
}
