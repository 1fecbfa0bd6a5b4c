// `npm run faults [-- --kills=N]`: kill -9 of the hub, N times (100) at random moments while programs send to it. Prints how much was
// sent, acknowledged and found, and how soon a client had the next hub. Exit code 1 where something that was acknowledged is missing or
// there twice, a program was disturbed, or a hub was away for longer than two seconds.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './lib/run.mjs';
import { runWithTypeScript } from './lib/typeScriptNode.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
runWithTypeScript(import.meta.url);
const maxAwayMs = 2000;
const kills = Number(process.argv.find((argument) => argument.startsWith('--kills='))?.slice('--kills='.length) ?? 100);
if (!Number.isSafeInteger(kills) || kills < 1 || process.argv.slice(2).some((argument) => !argument.startsWith('--kills='))) {
  console.error('usage: npm run faults [-- --kills=N]');
  process.exit(2);
}

const base = await mkdtemp(path.join(os.tmpdir(), 'traceline-faults-'));
try {
  // The hub as it is packed.
  const dist = path.join(base, 'dist');
  await run('node', [path.join(root, 'scripts', 'build.mjs'), '--production', `--out=${dist}`]);
  const hubScript = path.join(dist, 'hub.cjs');
  const { killHub } = await import('../test/unit/hub/hubKills.ts');
  const dataDir = path.join(base, 'data');
  await mkdir(dataDir, { mode: 0o700 });
  const { program, reconnectedMs, faults, ...counts } = await killHub({
    dataDir, hubScript, kills, maxLifeMs: 800,
    onKill: (kill, ms, stored) => console.log(`kill ${kill}: a hub again after ${Math.round(ms)} ms, ${stored} spans stored`),
  });
  const sorted = reconnectedMs.toSorted((a, b) => a - b);
  const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  console.log(`${kills} kills, load ${os.loadavg()[0].toFixed(1)}`);
  console.log(`sent ${counts.sent}, acknowledged ${counts.acknowledged}, found ${counts.found}; missing ${counts.missing}, twice ${counts.twice}, counted by summaries ${counts.summarised}; requests sent again ${counts.resent}`);
  console.log(`a client had the next hub after ${at(0.5)} ms (p50), ${at(0.95)} ms (p95), ${at(1)} ms (longest)`);
  console.log(`the program with the official exporter: exit code ${program.exitCode}, ${program.stderr.length} characters on standard error, ${program.ended} spans ended, ${program.acknowledged} acknowledged, longest tick ${program.longestTickMs} ms (20 ms asked for)`);
  const wrong = [
    ...faults,
    ...(counts.missing > 0 ? [`${counts.missing} acknowledged spans are missing`] : []),
    ...(counts.twice > 0 ? [`${counts.twice} spans are there twice`] : []),
    ...(counts.summarised === counts.found ? [] : [`summaries count ${counts.summarised} of ${counts.found} spans`]),
    ...(program.exitCode === 0 && program.stderr === '' ? [] : [`the program was disturbed: exit code ${program.exitCode}, ${program.stderr}`]),
    ...(at(1) > maxAwayMs ? [`a hub was away for ${at(1)} ms`] : []),
  ];
  for (const line of wrong) console.error(`FAULT: ${line}`);
  if (wrong.length > 0) process.exitCode = 1;
} finally {
  await rm(base, { recursive: true, force: true, maxRetries: 5 });
}
