// `npm run soak [-- --minutes=30 --limit-mb=64]`: one hub under mixed services, bursts, and windows that come and go. Prints its memory and files each
// ten seconds, and what was acknowledged, kept and let go. Exit code 1 where something is lost, memory grows, or files pass their bound.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { run } from './lib/run.mjs';
import { runWithTypeScript } from './lib/typeScriptNode.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
runWithTypeScript(import.meta.url);
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' }, 'limit-mb': { type: 'string', default: '64' } } });
const minutes = Number(values.minutes);
const limitMb = Number(values['limit-mb']);
if (!(minutes > 0) || !(limitMb >= 16)) {
  console.error('usage: npm run soak [-- --minutes=N --limit-mb=N]');
  process.exit(2);
}
/** Beside the limit: pages that wait to be used again, and the write-ahead log. */
const spareMb = 96;
/** How far the median of the last third may be above that of the third before. */
const mostGrowth = 1.25;

const base = await mkdtemp(path.join(os.tmpdir(), 'traceline-soak-'));
try {
  // The hub as it is packed.
  const dist = path.join(base, 'dist');
  await run('node', [path.join(root, 'scripts', 'build.mjs'), '--production', `--out=${dist}`]);
  const hubScript = path.join(dist, 'hub.cjs');
  const { soak } = await import('../test/soak/soak.ts');
  const dataDir = path.join(base, 'data');
  await mkdir(dataDir, { mode: 0o700 });
  const { samples, services, windows, acknowledged, stored, dropped, faults } = await soak({
    dataDir, hubScript, minutes, limitBytes: limitMb * 1e6,
    onSample: ({ atMinutes, hubMb, diskMb, stored: kept, dropped: gone, windows: open }) =>
      console.log(`${atMinutes.toFixed(1).padStart(5)} min  hub ${hubMb.toFixed(0).padStart(4)} MB  files ${diskMb.toFixed(0).padStart(4)} MB  ${kept} kept  ${gone} let go  ${open} windows  load ${os.loadavg()[0].toFixed(1)}`),
  });
  for (const { name, acknowledged: of, resent, keptOfLast } of services) console.log(`${name}: ${of} acknowledged, ${resent} requests sent again, ${Math.round(keptOfLast * 100)} % of its last traces kept`);
  const [before, after] = [1, 2].map((third) => median(samples.slice((samples.length * third) / 3, (samples.length * (third + 1)) / 3).map(({ hubMb }) => hubMb)));
  const mostDiskMb = Math.max(...samples.map(({ diskMb }) => diskMb));
  console.log(`${minutes} minutes: ${acknowledged} acknowledged, ${stored} kept, ${dropped} let go; hub ${before.toFixed(0)} → ${after.toFixed(0)} MB (medians of the second and last third), files at most ${mostDiskMb.toFixed(0)} MB of a limit of ${limitMb}`);
  console.log(`${windows.opened} windows, at most ${windows.mostAtOnce} at once, asked ${windows.asked} times`);
  const wrong = [
    ...faults,
    ...(acknowledged === stored + dropped ? [] : [`${acknowledged} spans were acknowledged, ${stored} are kept and ${dropped} were let go`]),
    ...services.filter(({ keptOfLast }) => !(keptOfLast > 0)).map(({ name }) => `nothing of ${name} is kept`),
    ...(after > before * mostGrowth ? [`the hub grew from ${before} to ${after} MB`] : []),
    ...(mostDiskMb > limitMb + spareMb ? [`its files had ${mostDiskMb} MB`] : []),
  ];
  for (const line of wrong) console.error(`FAULT: ${line}`);
  if (wrong.length > 0) process.exitCode = 1;
} finally {
  await rm(base, { recursive: true, force: true, maxRetries: 5 });
}

function median(figures) {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
