// What a window does with the spans of one open file, in a process of its own: the feed, the rows, the places, the figures. Forked with
// { dataDir, workerScript, folder, file, functionName }; told `idle`, `load` and `end`, it answers with what it measured.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { connectHub } from '../../../src/client/hubConnection.ts';
import { LiveRows } from '../../../src/client/liveRows.ts';
import { startLocator } from '../../../src/client/locator.ts';

const { dataDir, workerScript, folder, file, functionName } = JSON.parse(process.argv[2]);
const log = { trace() {}, debug() {}, info() {}, warn: console.error, error: console.error };
const hub = connectHub({ dataDir, hubScript: '', version: '0.0.0', clientName: 'bench', startIfMissing: false, log });
await hub.ready();
const locator = startLocator({ workerScript, log, onPlacesChanged: () => {} });
await locator.call('configure', { workspaceFolders: [folder], pathRules: [] });
const rows = new LiveRows(hub, locator, log);
const shown = [];
let last = 0;
rows.onChange(() => {
  for (const row of rows.rowsOf(file)) {
    const stats = rows.figures(row);
    if (row.function?.name !== functionName || stats === undefined || stats.count === last) continue;
    last = stats.count;
    shown.push({ atMs: Date.now(), count: last });
  }
});
let delay = monitorEventLoopDelay({ resolution: 1 });
const figures = () => ({ p50Ms: delay.percentile(50) / 1e6, p99Ms: delay.percentile(99) / 1e6, longestMs: delay.max / 1e6 });
const measured = {};
process.on('message', (told) => {
  delay.disable();
  if (told === 'load') measured.idle = figures();
  if (told === 'end') {
    process.send({ ...measured, load: figures(), shown });
    rows.dispose();
    hub.close();
    void locator.close().then(() => process.disconnect());
    return;
  }
  delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
});
process.send('ready');
