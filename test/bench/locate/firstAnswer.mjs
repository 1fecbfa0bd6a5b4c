// A process of its own: a worker is started and asked one question.
import { readFile } from 'node:fs/promises';
import { startLocator } from '../../../src/client/locator.ts';
import { checkAnswers } from './sources.mjs';
import { throwingLog } from './throwingLog.mjs';

const { workerScript, workspace, site, answer } = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
const cpuBefore = process.cpuUsage();
const started = performance.now();
const locator = startLocator({ workerScript, log: throwingLog, onPlacesChanged: () => {} });
await locator.call('configure', { workspaceFolders: [workspace], pathRules: [] });
const ready = performance.now();
const locations = await locator.call('locate', [site]);
const answered = performance.now();
const { user, system } = process.cpuUsage(cpuBefore);
await locator.close();
checkAnswers(locations, [answer]);
console.log(JSON.stringify({ startMs: ready - started, answerMs: answered - ready, cpuMs: (user + system) / 1000 }));
