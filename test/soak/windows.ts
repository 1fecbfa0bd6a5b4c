import { setTimeout as delay } from 'node:timers/promises';
import { connectHub, type HubConnection, type HubConnectionOptions } from '../../src/client/hubConnection.ts';

export interface WindowCounts {
  opened: number;
  asked: number;
  mostAtOnce: number;
  readonly faults: string[];
}

/**
 * Windows that open, look and close at random until they are stopped; at most `most` at once. Each asks for what a window of VS Code
 * asks for: what changed, the latencies of some functions, the newest traces and one of them.
 */
export async function openWindows(options: HubConnectionOptions, most: number, counts: WindowCounts, stopped: AbortSignal): Promise<void> {
  const open = new Set<HubConnection>();
  const looking = new Set<Promise<void>>();
  while (!stopped.aborted) {
    if (open.size < most && Math.random() < 0.6) {
      const hub = connectHub({ ...options, clientName: `window ${counts.opened++}` });
      open.add(hub);
      counts.mostAtOnce = Math.max(counts.mostAtOnce, open.size);
      const look = lookAround(hub, open, counts, stopped).catch((error: unknown) => {
        // One that was closed while it asked.
        if (open.has(hub)) counts.faults.push(String(error));
      });
      looking.add(look);
      void look.then(() => looking.delete(look));
    } else if (open.size > 0) {
      const [oldest] = open;
      open.delete(oldest!);
      oldest!.close();
    }
    await delay(Math.random() * 1500, undefined, { signal: stopped }).catch(() => undefined);
  }
  for (const hub of open) hub.close();
  open.clear();
  await Promise.all(looking);
}

async function lookAround(hub: HubConnection, open: ReadonlySet<HubConnection>, counts: WindowCounts, stopped: AbortSignal): Promise<void> {
  await hub.ready();
  while (open.has(hub) && !stopped.aborted) {
    const { summaries } = await hub.call('summaries', undefined);
    await hub.call('latencies', { groups: summaries.slice(0, 20).map(({ summaryId }) => [summaryId]) });
    const traces = await hub.call('traces', { limit: 100 });
    const one = traces[Math.floor(Math.random() * traces.length)];
    if (one !== undefined) await hub.call('trace', { traceId: one.traceId });
    counts.asked += 4;
    await delay(1000, undefined, { signal: stopped }).catch(() => undefined);
  }
}
