/** Sooner than a person sees what was opened and closes it. */
const tooSoonMs = 400;

/**
 * Asks what closes where the focus moves, and asks once more where it was closed too soon: a view in a frame that had the focus before the command palette, or before
 * another list, gets it back a moment after that is closed, which closes what was opened in between (microsoft/vscode#93950).
 */
export async function onceMore<T>(ask: () => PromiseLike<T | undefined>, nowMs: () => number = () => performance.now()): Promise<T | undefined> {
  const askedMs = nowMs();
  const answer = await ask();
  return answer === undefined && nowMs() - askedMs < tooSoonMs ? ask() : answer;
}
