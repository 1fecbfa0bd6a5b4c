// A process of its own: a worker is started and asked one question, at once or when it has had time to warm up.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLocator } from '../../../src/client/locator.ts';
import { checkAnswers } from './sources.mjs';
import { throwingLog } from './throwingLog.mjs';

const { workerScript, workspace, site, answer, pauseMs } = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
const started = performance.now();
const locator = startLocator({ workerScript, log: throwingLog, onPlacesChanged: () => {} });
await locator.call('configure', { workspaceFolders: [workspace], pathRules: [] });
const startMs = performance.now() - started;
if (pauseMs > 0) await sleep(pauseMs);
const cpuBefore = process.cpuUsage();
const asked = performance.now();
const locations = await locator.call('locate', [site]);
const answerMs = performance.now() - asked;
const { user, system } = process.cpuUsage(cpuBefore);
await locator.close();
checkAnswers(locations, [answer]);
console.log(JSON.stringify({ startMs, answerMs, answerCpuMs: (user + system) / 1000 }));
