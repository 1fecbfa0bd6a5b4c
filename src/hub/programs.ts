import type { ReportedProgram, ReportingProcess } from '../decode/probeReport.ts';
import type { ProgramRecord } from '../protocol/hub.ts';

const maxCaptures = 200;
const maxPrograms = 10;

/** What the probes of each capture's processes said as they started. In memory alone, and bounded. */
export class Programs {
  readonly #byCapture = new Map<string, Map<string, ProgramRecord>>();

  add({ id, pid }: ReportingProcess, { captureId, runtime, version, sdk, reason }: ReportedProgram): void {
    let programs = this.#byCapture.get(captureId);
    if (programs === undefined) {
      this.#byCapture.set(captureId, (programs = new Map()));
      for (const oldest of this.#byCapture.keys()) {
        if (this.#byCapture.size <= maxCaptures) break;
        this.#byCapture.delete(oldest);
      }
    }
    if (programs.size < maxPrograms || programs.has(id)) programs.set(id, { pid, runtime, version, sdk, reason });
  }

  removeCapture(captureId: string): void {
    this.#byCapture.delete(captureId);
  }

  /** In the order in which they were heard of. */
  of(captureId: string): readonly ProgramRecord[] {
    return [...(this.#byCapture.get(captureId)?.values() ?? [])];
  }
}
