import { noSpans, type NoSpansInput } from '../client/noSpans.ts';
import type { HubCaller } from '../protocol/hub.ts';

/** How long a program that is up may have sent nothing. */
const patienceMs = 5000;

export interface WatchedLaunch {
  readonly captureId: string;
  readonly facts: Omit<NoSpansInput, 'programs'>;
  /** The debugger holds the program: it could not have sent anything. */
  isHeld(): boolean;
  /** Once: why nothing came, and what to do. */
  tell(told: ReturnType<typeof noSpans>): void;
}

/** Looks after five seconds whether a launch has sent anything. Tells at most once, and never of one whose spans have begun to come. */
export class NoSpansWatch {
  readonly #hub: HubCaller;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(hub: HubCaller) {
    this.#hub = hub;
  }

  /** From when the program is up. */
  begin(launch: WatchedLaunch): void {
    this.end(launch.captureId);
    this.#timers.set(launch.captureId, setTimeout(() => void this.#look(launch), patienceMs));
  }

  /** The program is gone. */
  end(captureId: string): void {
    clearTimeout(this.#timers.get(captureId));
    this.#timers.delete(captureId);
  }

  dispose(): void {
    for (const captureId of [...this.#timers.keys()]) this.end(captureId);
  }

  async #look(launch: WatchedLaunch): Promise<void> {
    const { captureId } = launch;
    if (launch.isHeld()) {
      this.begin(launch);
      return;
    }
    const timer = this.#timers.get(captureId);
    try {
      const { captures } = await this.#hub.call('status', undefined);
      const capture = captures.find((each) => each.captureId === captureId);
      const isOpen = (await this.#hub.call('traces', { captureId, limit: 1 })).length > 0;
      // It may have ended, or begun anew, meanwhile.
      if (this.#timers.get(captureId) !== timer || timer === undefined || capture === undefined || capture.spanCount > 0 || isOpen) return;
      this.#timers.delete(captureId);
      launch.tell(noSpans({ ...launch.facts, programs: capture.programs ?? [] }));
    } catch {
      // Without a hub the status bar says what is the case.
    }
  }
}
