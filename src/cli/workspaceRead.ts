import type { LocatorClient } from '../client/locator.ts';

/** What takes less is not worth a word. */
const quietMs = 1000;
const terminalIntervalMs = 200;
const lineIntervalMs = 10_000;

export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Waits until the workspace is read, where a question so far needed that; resolves to true where it did wait, so that it is asked again. What takes
 * over a second is told of on `output`. Ctrl-C ends the process, as ever.
 */
export async function workspaceRead(locator: Pick<LocatorClient, 'call'>, output: ProgressOutput = process.stderr): Promise<boolean> {
  const before = await locator.call('indexing', undefined);
  if (before === undefined || before.isComplete) return false;
  const isTerminal = output.isTTY === true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isShown = false;
  const show = async () => {
    const progress = await locator.call('indexing', undefined);
    if (timer === undefined || progress === undefined) return;
    const text = `reading the workspace, since some spans have nothing but their name: ${progress.total === 0 ? 'looking for files' : `${progress.done} of ${progress.total} files`}`;
    output.write(isTerminal ? `\r\u001B[K${text}` : `traceline: ${text}\n`);
    isShown = true;
    timer = setTimeout(() => void show(), isTerminal ? terminalIntervalMs : lineIntervalMs);
  };
  const clear = () => {
    clearTimeout(timer);
    timer = undefined;
    if (isTerminal && isShown) output.write('\r\u001B[K');
  };
  const interrupted = () => {
    clear();
    process.kill(process.pid, 'SIGINT');
  };
  process.once('SIGINT', interrupted);
  timer = setTimeout(() => void show(), quietMs);
  try {
    await locator.call('settled', undefined);
  } finally {
    process.off('SIGINT', interrupted);
    clear();
  }
  return true;
}
