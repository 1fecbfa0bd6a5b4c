import type { HubStatus } from '../protocol/hub.ts';

/** The same for one running hub, another for the next: numbers of sites and summaries hold only while a hub runs. */
export function hubIdentity({ pid, sinceUnixMs, dataDir }: HubStatus): string {
  return `${pid} ${sinceUnixMs} ${dataDir}`;
}
