import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ReportingProcess } from '../decode/probeReport.ts';

/** As the probes name it (probe/reportToHub.ts): where processes have the numbers that they have here. */
const ownHost = (() => {
  try {
    return `${hostname()} ${process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : ''}`;
  } catch {
    return undefined;
  }
})();

/** False only where it is certain: of a process elsewhere (a container) nothing is known. */
export function isAlive({ pid, host }: ReportingProcess): boolean {
  if (host === '' || host !== ownHost) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
