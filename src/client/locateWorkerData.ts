/** What the locating worker is started with. */
export interface LocateWorkerData {
  /** Whether it ends, by `brokenExitCode`, when its parser broke and an answer was given: another one can parse again. */
  readonly endsWhenBroken: boolean;
}

export const brokenExitCode = 70;
