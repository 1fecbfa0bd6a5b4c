import path from 'node:path';

/**
 * The spans that run, as rows of `traceline functions` are: of the traces that have such, what has not come whole.
 * @param {(...args: string[]) => Promise<string>} ask runs a command of ours
 * @param {string} workspace
 */
export async function openRows(ask, workspace) {
  const rows = [];
  for (const { traceId, open } of JSON.parse(await ask('traces', '--json', '--limit', '500'))) {
    if ((open?.running ?? 0) === 0) continue;
    const whole = await ask('trace', traceId, '--json');
    for (const [, spanId] of (await ask('trace', traceId)).matchAll(/ · ([\da-f]{16})(?= |$)/gm)) {
      if (whole.includes(`"spanId":"${spanId}"`)) continue;
      const { name, kind, location } = JSON.parse(await ask('explain', spanId, '--workspace', workspace, '--json'));
      if (location !== undefined) rows.push({ file: path.relative(workspace, location.file), line: location.line, operation: name, kind, function: location.function?.name ?? null });
    }
  }
  return rows;
}

/** How many spans of all traces run, and how many never ended. */
export async function openCounts(ask) {
  const counts = { running: 0, neverEnded: 0 };
  for (const { open } of JSON.parse(await ask('traces', '--json', '--limit', '500'))) {
    counts.running += open?.running ?? 0;
    counts.neverEnded += open?.neverEnded ?? 0;
  }
  return counts;
}
