import type { Clock } from '../locate/functions/workLimit.ts';

/** Node 22.19 and 23.9 have it. */
interface ThreadCpuUsage {
  threadCpuUsage?: () => { readonly user: number; readonly system: number };
}

/** Where only the time of day is known, others may have had most of it. */
const wallShare = 1 / 4;

/** How long this thread was at work: the same on a busy machine as on one that has nothing else to do. */
export const threadClock: Clock = () => {
  const used = (process as ThreadCpuUsage).threadCpuUsage?.();
  return used === undefined ? performance.now() * wallShare : (used.user + used.system) / 1000;
};
