// What the issue about the hub asks of its speed and size, of the hub as it is packed: ingest beside decoding alone and beside the plain
// design, a steady 20,000 spans a second with a window that looks on, a million spans kept, a restart, and a hub that does nothing.
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../scripts/lib/run.mjs';
import { connectHub } from '../../src/client/hubConnection.ts';
import { operationRows } from '../../src/client/functionTable.ts';
import { localLocator } from '../../src/client/locator.ts';
import { capturedKey, capturedSites } from '../../src/client/past/seenSites.ts';
import { Batches, functionPlace, functions, spansOfBatch } from './hub/batch.mjs';
import { memoryOf, processorSeconds, runScript, send, startHub, startServer, startWindow, wakeUps } from './hub/processes.mjs';
import { figure, median } from './lib/figure.mjs';

const plannedSizes = { rounds: 9, batchesOfRound: 600, plainBatches: 60, perSecond: 20_000, loadSeconds: 20, kept: 1_000_000, idleSeconds: 30, starts: 5, queries: 50 };
/** After the load: what is kept, not what was under way. */
const restMs = 20_000;
const atLeast = (value) => ({ kind: 'atLeast', value });
const atMost = (value) => ({ kind: 'atMost', value });

/** @param {{ root: string, dir: string, signal: AbortSignal, log(line: string): void, sizes?: typeof plannedSizes }} options */
export async function bench({ root, dir, signal, log, sizes = plannedSizes }) {
  log('building the hub, as it is packed');
  const dist = path.join(dir, 'dist');
  await run(process.execPath, [path.join(root, 'scripts', 'build.mjs'), '--production', `--out=${dist}`]);
  const folder = path.join(dir, 'workspace');
  await writeWorkspace(folder);
  const context = { hubScript: path.join(dist, 'hub.cjs'), dist, dir, folder, signal, log, sizes };
  const started = [];
  context.started = (server) => {
    started.push(server);
    return server;
  };
  try {
    const ingest = await measureIngest(context);
    const idle = await measureIdle(context);
    const load = await measureLoad(context);
    const kept = await measureKept(context);
    return {
      setup: {
        ...sizes, spansOfBatch, functions, bytesOfSpan: new Batches('protobuf', folder, 0).bytesOfBatch / spansOfBatch, bytesOfJsonSpan: new Batches('json', folder, 0).bytesOfBatch / spansOfBatch,
        rates: 'spans a second of wall time, sender and hub sharing the cores, over those of the decoder alone on the protobuf bytes, right before and after, the median of the rounds; the processor ratio is the decoder\'s seconds over the hub\'s, which other work on the machine touches less',
      },
      figures: [...ingest, ...load, ...kept, ...idle],
    };
  } finally {
    for (const server of started) await server.stop();
  }
}

async function writeWorkspace(folder) {
  const files = new Map();
  for (let n = 0; n < functions; n++) {
    const { file, line, name } = functionPlace(n);
    const lines = files.get(file) ?? [];
    lines[line - 1] = `export function ${name}() {\n  return ${n};\n}`;
    files.set(file, lines);
  }
  for (const [file, lines] of files) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), `${lines.filter((text) => text !== undefined).join('\n')}\n`);
  }
}

const protocols = ['protobuf', 'grpc', 'json', 'plain'];

/** Each run over the mean of the decoder's rates right before and after it: the machine may be twice as fast a second later. */
function overAlone(runs, protocol, alone) {
  return runs.map((run, round) => {
    const at = round * protocols.length + protocols.indexOf(protocol);
    return run / ((alone[at] + alone[at + 1]) / 2);
  });
}

async function measureIngest({ hubScript, dir, folder, signal, log, sizes, started }) {
  const alone = [];
  const rates = Object.fromEntries(protocols.map((protocol) => [protocol, []]));
  const processor = Object.fromEntries(protocols.map((protocol) => [protocol, []]));
  let run = 0;
  for (let round = 0; round < sizes.rounds; round++) {
    for (const protocol of protocols) {
      log(`round ${round + 1}: the decoder alone, then ${protocol}`);
      alone.push(await runScript('decodeAlone.mjs', [folder, '400'], signal));
      const dataDir = path.join(dir, `ingest-${round}-${protocol}`);
      await mkdir(dataDir);
      const server = started(await (protocol === 'plain' ? startServer(path.join(import.meta.dirname, 'hub', 'plainHub.mjs'), [path.join(dataDir, 'plain.db')]) : startHub(hubScript, dataDir)));
      const url = protocol === 'grpc' ? server.info.otlpGrpc : server.info.otlpHttp;
      const kind = protocol === 'plain' ? 'protobuf' : protocol;
      const count = protocol === 'plain' ? sizes.plainBatches : sizes.batchesOfRound;
      // As many before: a hub is there all day, and its code is compiled.
      await send({ protocol: kind, url, folder, run: ++run, first: 0, count }, signal);
      const before = await processorSeconds(server.child.pid);
      const { spans, tookMs } = await send({ protocol: kind, url, folder, run: ++run, first: 0, count }, signal);
      processor[protocol].push(spans / ((await processorSeconds(server.child.pid)) - before));
      rates[protocol].push((spans * 1000) / tookMs);
      await server.stop();
    }
  }
  alone.push(await runScript('decodeAlone.mjs', [folder, '400'], signal));
  const of = (runs, protocol, field) => median(overAlone(runs[protocol], protocol, alone.map((each) => each[field])));
  const details = (protocol) => ({
    spansPerSecond: median(rates[protocol]), runs: rates[protocol], ratios: overAlone(rates[protocol], protocol, alone.map(({ perSecond }) => perSecond)),
    decodingAlonePerSecond: median(alone.map(({ perSecond }) => perSecond)), runsAlone: alone.map(({ perSecond }) => perSecond),
    processorRatio: of(processor, protocol, 'perProcessorSecond'), spansPerProcessorSecond: median(processor[protocol]),
  });
  return [
    figure('ingestHttpRatio', 'Committed over HTTP/protobuf, over decoding alone', of(rates, 'protobuf', 'perSecond'), '×', atLeast(0.5), details('protobuf')),
    figure('ingestGrpcRatio', '… over gRPC', of(rates, 'grpc', 'perSecond'), '×', atLeast(0.25), details('grpc')),
    figure('ingestJsonRatio', '… over HTTP/JSON (over decoding the same spans\' protobuf)', of(rates, 'json', 'perSecond'), '×', atLeast(0.25), details('json')),
    figure('plainRatio', 'Committed over HTTP/protobuf, over the plain design', median(rates.protobuf) / median(rates.plain), '×', atLeast(3), { ...details('plain'), processorTimes: median(processor.protobuf) / median(processor.plain) }),
  ];
}

async function measureLoad({ hubScript, dist, dir, folder, signal, log, sizes, started }) {
  log(`${sizes.perSecond} spans a second, with a window`);
  const dataDir = path.join(dir, 'load');
  await mkdir(dataDir);
  const server = started(await startHub(hubScript, dataDir));
  // One of each function's spans comes with every batch from the thirteenth function on.
  const { file, name } = functionPlace(13);
  const window = started(await startWindow({ dataDir, workerScript: path.join(dist, 'locateWorker.cjs'), folder, file: path.join(folder, file), functionName: name }));
  await send({ protocol: 'protobuf', url: server.info.otlpHttp, folder, run: 1, first: 0, count: 1 }, signal);
  await delay(3000);
  window.tell('idle');
  await delay(5000);
  window.tell('load');
  const count = Math.ceil((sizes.perSecond * sizes.loadSeconds) / spansOfBatch);
  const sent = await send({ protocol: 'protobuf', url: server.info.otlpHttp, folder, run: 2, first: 0, count, perSecond: sizes.perSecond, inFlight: 4 }, signal);
  await delay(1500);
  const seen = await window.end();
  const memory = await memoryOf(server.child.pid);
  await server.stop();
  const ends = sent.endsMs.toSorted((a, b) => a - b);
  // The first batch was there before.
  const lensMs = ends.map((endMs, k) => (seen.shown.find(({ count: shown }) => shown >= k + 2)?.atMs ?? Infinity) - endMs);
  const held = { offeredPerSecond: sizes.perSecond, reachedPerSecond: (sent.spans * 1000) / sent.tookMs, longestLateMs: sent.longestLateMs };
  return [
    figure('ackP99Ms', `Acknowledgement at ${sizes.perSecond} spans a second, p99`, quantile(sent.ackMs, 0.99), 'ms', atMost(25), { p50Ms: quantile(sent.ackMs, 0.5), p95Ms: quantile(sent.ackMs, 0.95), longestMs: Math.max(...sent.ackMs), ...held, memory }),
    figure('lensP95Ms', 'From a span\'s end to its figures in a window, p95', quantile(lensMs, 0.95), 'ms', atMost(500), { p50Ms: quantile(lensMs, 0.5), longestMs: Math.max(...lensMs), updates: seen.shown.length }),
    figure('windowDelayMs', 'Delay of the window\'s event loop over idle, p99', seen.load.p99Ms - seen.idle.p99Ms, 'ms', atMost(5), { idle: seen.idle, load: seen.load }),
  ];
}

async function measureKept({ hubScript, dist, dir, folder, signal, log, sizes, started }) {
  const dataDir = path.join(dir, 'kept');
  await mkdir(dataDir);
  let server = started(await startHub(hubScript, dataDir));
  const count = Math.ceil(sizes.kept / spansOfBatch);
  log(`${count * spansOfBatch} spans, to be kept`);
  const sent = await send({ protocol: 'protobuf', url: server.info.otlpHttp, folder, run: 3, first: 0, count }, signal);
  const during = await memoryOf(server.child.pid);
  await delay(restMs);
  const memory = await memoryOf(server.child.pid);
  const ids = new Batches('protobuf', folder, 3);
  const ask = async () => {
    const hub = connectHub({ dataDir, hubScript: '', version: '0.0.0', clientName: 'bench', startIfMissing: false, log: { trace() {}, debug() {}, info() {}, warn() {}, error() {} } });
    await hub.ready();
    return hub;
  };
  const timed = async (times, body) => {
    const ms = [];
    for (let i = 0; i < times; i++) {
      const startMs = performance.now();
      await body(i);
      ms.push(performance.now() - startMs);
    }
    return { medianMs: median(ms), longestMs: Math.max(...ms) };
  };
  let hub = await ask();
  const stored = (await hub.call('status', undefined)).spans.stored;
  if (stored !== count * spansOfBatch) throw new Error(`${stored} spans are kept of ${count * spansOfBatch}`);
  const trace = await timed(sizes.queries, async (i) => {
    const columns = await hub.call('trace', ids.ids(Math.floor((i * count) / sizes.queries)));
    if (columns?.spanCount !== 32) throw new Error(`a trace of ${columns?.spanCount} spans`);
  });
  const newest = await timed(sizes.queries, async () => {
    if ((await hub.call('traces', { limit: 100 })).length !== 100) throw new Error('not 100 traces');
  });
  const locator = localLocator({ grammarDir: path.join(dist, 'grammars') });
  await locator.call('configure', { workspaceFolders: [folder], pathRules: [] });
  await functionsOf(hub, locator);
  const functionsMs = await timed(10, async () => {
    const rows = await functionsOf(hub, locator);
    if (rows < functions * 0.9) throw new Error(`${rows} rows`);
  });
  const rare = await timed(5, async () => {
    const found = await hub.call('traces', { attribute: { key: 'user.id', value: 'user-999999' }, limit: 100 });
    if (found.length !== 0) throw new Error(`${found.length} traces`);
  });
  const common = await timed(5, async () => {
    const found = await hub.call('traces', { attribute: { key: 'user.id', value: 'user-000042' }, limit: 100 });
    if (found.length !== 100) throw new Error(`${found.length} traces`);
  });
  const afterQueries = await memoryOf(server.child.pid);
  hub.close();
  const answers = async () => {
    const startMs = performance.now();
    const again = await startHub(hubScript, dataDir);
    started(again);
    hub = await ask();
    const rows = await functionsOf(hub, locator);
    const answeredMs = performance.now() - startMs;
    const { summaries } = await hub.call('summaries', undefined);
    const counted = summaries.reduce((sum, each) => sum + each.count, 0);
    hub.close();
    server = again;
    return { readyMs: again.readyMs, functionsMs: answeredMs, rows, counted };
  };
  log('restarts: asked to leave, then killed under load');
  await server.stop();
  const disk = await bytesOf(dataDir);
  const restart = await answers();
  const sending = send({ protocol: 'protobuf', url: server.info.otlpHttp, folder, run: 4, first: 0, count: 2000 }, signal, { mayFail: true });
  await delay(1500);
  server.child.kill('SIGKILL');
  await sending;
  const killed = await answers();
  const restarted = await memoryOf(server.child.pid);
  await locator.close();
  await server.stop();
  return [
    figure('memoryMegabytes', `Memory of the hub with ${count * spansOfBatch} spans kept`, memory.nowMegabytes, 'MB', atMost(300), { ...memory, rightAfter: during.nowMegabytes, afterQueries, restarted }),
    figure('traceMs', 'A trace of 32 spans by its id', trace.medianMs, 'ms', atMost(10), trace),
    figure('newestMs', 'The newest 100 traces', newest.medianMs, 'ms', atMost(20), newest),
    figure('functionsMs', `The ${functions} functions of a workspace, with places and figures`, functionsMs.medianMs, 'ms', atMost(100), functionsMs),
    figure('attributeMs', 'Traces by an attribute that none has, all spans searched', rare.medianMs, 'ms', atMost(1000), { rare, common }),
    figure('restartMs', 'Restart, until the functions of the workspace are answered', restart.functionsMs, 'ms', atMost(1000), { restart, afterKillUnderLoad: killed }),
    figure('diskRatio', 'Disk, over the bytes that were received', disk / sent.bytes, '×', atMost(1.5), { diskMegabytes: disk / 1e6, receivedMegabytes: sent.bytes / 1e6, spansPerSecond: (sent.spans * 1000) / sent.tookMs }),
  ];
}

/** As `traceline functions` does. */
async function functionsOf(hub, locator) {
  const [{ summaries }, sites, { captures }] = await Promise.all([hub.call('summaries', undefined), hub.call('sites', { afterSiteId: -1 }), hub.call('status', undefined)]);
  const byId = new Map(sites.map((site) => [site.siteId, site]));
  const asked = capturedSites(summaries, (siteId) => byId.get(siteId), captures);
  const found = await locator.call('locate', [...asked.values()]);
  const places = new Map([...asked.keys()].map((key, i) => [key, i]));
  const numbered = summaries.map((summary) => ({ ...summary, siteId: summary.siteId === undefined ? undefined : places.get(capturedKey({ siteId: summary.siteId, captureId: summary.captureId })) }));
  const rows = operationRows(numbered, (index) => found[index], false);
  await hub.call('latencies', { groups: rows.map((row) => row.summaryIds) });
  return rows.length;
}

async function measureIdle({ hubScript, dir, log, sizes, started }) {
  log('a hub that does nothing');
  const starts = [];
  for (let i = 0; i < sizes.starts; i++) {
    const dataDir = path.join(dir, `cold-${i}`);
    await mkdir(dataDir);
    const server = started(await startHub(hubScript, dataDir));
    starts.push(server.readyMs);
    if (i < sizes.starts - 1) await server.stop();
    else {
      // What a start leaves to be tidied up is no idling.
      await delay(restMs);
      const woken = await wakeUps(server.child.pid, sizes.idleSeconds * 1000);
      const memory = await memoryOf(server.child.pid);
      await server.stop();
      return [
        figure('idleMegabytes', 'Memory of a hub that does nothing', memory.nowMegabytes, 'MB', atMost(60), memory),
        figure('wakeUpsPerSecond', '… and how often a second it is woken', woken / sizes.idleSeconds, '/s', atMost(2), { woken, seconds: sizes.idleSeconds }),
        figure('coldStartMs', 'Cold start, until it receives', median(starts), 'ms', atMost(300), { starts }),
      ];
    }
  }
  return [];
}

async function bytesOf(folder) {
  let sum = 0;
  for (const name of await readdir(folder)) sum += (await stat(path.join(folder, name))).size;
  return sum;
}

function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
