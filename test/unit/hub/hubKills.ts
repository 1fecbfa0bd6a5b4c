import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectHub, type HubConnection } from '../../../src/client/hubConnection.ts';
import { readLease } from '../../../src/client/findHub.ts';
import { isAcknowledged } from '../../support/acknowledged.ts';
import { freePort } from './freePort.ts';

export interface KillsOptions {
  /** Empty; stays afterwards. */
  readonly dataDir: string;
  readonly hubScript: string;
  readonly kills: number;
  /** The hub lives at most so long after a client has it again. */
  readonly maxLifeMs: number;
  onKill?(kill: number, reconnectedMs: number, stored: number): void;
}

export interface KillsResult {
  /** Spans of requests that were begun; of those that were answered with success; of those, not there afterwards. */
  readonly sent: number;
  readonly acknowledged: number;
  readonly missing: number;
  /** Different spans there afterwards, and how many rows more than that. */
  readonly found: number;
  readonly twice: number;
  /** What the summaries count. */
  readonly summarised: number;
  /** Requests that were sent again since no answer had come. */
  readonly resent: number;
  /** From each kill until the client was connected to a hub that receives on the same port. */
  readonly reconnectedMs: readonly number[];
  /** What kills left behind that was not as it was acknowledged, as soon as it was seen. */
  readonly faults: readonly string[];
  /** A program with the official SDK and exporter. */
  readonly program: { readonly exitCode: number | null; readonly stderr: string; readonly ended: number; readonly acknowledged: number; readonly longestTickMs: number };
}

const senders = 4;
const spansOfBatch = 20;
const program = fileURLToPath(new URL('sendingProgram.mjs', import.meta.url));

/**
 * Kills the hub of a folder again and again while four senders and a program with the official exporter send to it, and counts what
 * was sent, acknowledged and found. Whatever it starts has ended when it resolves.
 */
export async function killHub({ dataDir, hubScript, kills, maxLifeMs, onKill }: KillsOptions): Promise<KillsResult> {
  const port = await freePort();
  const acknowledged = new Set<string>();
  const counts = { sent: 0, resent: 0 };
  const reconnectedMs: number[] = [];
  const faults: string[] = [];
  const hub = connectHub({
    dataDir, hubScript, version: '1.0.0', clientName: 'faults', startIfMissing: true, otlpHttpPort: port, otlpGrpcPort: 0, limitBytes: 16e9,
    log: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  });
  const stopped = new AbortController();
  const endpoint = `http://127.0.0.1:${port}/v1/traces`;
  try {
    await hub.ready();
    const sending = Promise.all(Array.from({ length: senders }, () => send(endpoint, acknowledged, counts, stopped.signal)));
    const official = startProgram(endpoint, path.join(dataDir, 'acknowledged.txt'));
    for (let kill = 1; kill <= kills; kill++) {
      await delay(Math.random() * maxLifeMs);
      const pid = (await readLease(dataDir))?.pid;
      if (pid === undefined) throw new Error('a hub that a client is connected to has no lease');
      const before = acknowledged.size;
      const again = connectedAgain(hub);
      const startMs = performance.now();
      process.kill(pid, 'SIGKILL');
      await again;
      reconnectedMs.push(performance.now() - startMs);
      const { spans, otlpHttp, troubles } = await hub.call('status', undefined);
      if (spans.stored < before) faults.push(`kill ${kill}: ${before} acknowledged, ${spans.stored} stored`);
      if (!endpoint.startsWith(`${otlpHttp}/`)) faults.push(`kill ${kill}: receives on ${otlpHttp}`);
      for (const { code, message } of troubles) faults.push(`kill ${kill}: ${code}: ${message}`);
      onKill?.(kill, reconnectedMs.at(-1)!, spans.stored);
    }
    stopped.abort();
    await sending;
    const ran = await official.end();
    for (const id of ran.ids) acknowledged.add(id);
    const rows = await storedIds(hub);
    const found = new Set(rows);
    const { summaries } = await hub.call('summaries', undefined);
    return {
      sent: counts.sent + ran.ended, resent: counts.resent, acknowledged: acknowledged.size, missing: [...acknowledged].filter((id) => !found.has(id)).length,
      found: found.size, twice: rows.length - found.size, summarised: summaries.reduce((sum, { count }) => sum + count, 0), reconnectedMs, faults,
      program: { exitCode: ran.exitCode, stderr: ran.stderr, ended: ran.ended, acknowledged: ran.ids.length, longestTickMs: ran.longestTickMs },
    };
  } finally {
    stopped.abort();
    const pid = (await readLease(dataDir))?.pid;
    await hub.call('shutdown', { reason: 'the faults are over' }).catch(() => undefined);
    hub.close();
    // Its folder may be removed next.
    while (pid !== undefined && (await readLease(dataDir))?.pid === pid && isAlive(pid)) await delay(20);
  }
}

function connectedAgain(hub: HubConnection): Promise<void> {
  return new Promise((resolve) => {
    let isLost = false;
    const stop = hub.onState(({ kind }) => {
      isLost ||= kind !== 'connected';
      if (!isLost || kind !== 'connected') return;
      stop();
      resolve();
    });
  });
}

/** One request after the other, each until it is acknowledged, as an exporter with retry that does not give up. */
async function send(endpoint: string, acknowledged: Set<string>, counts: { sent: number; resent: number }, stopped: AbortSignal): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  while (!stopped.aborted) {
    const traceId = randomBytes(16).toString('hex');
    const ids = Array.from({ length: spansOfBatch }, () => randomBytes(8).toString('hex'));
    const startUnixNano = BigInt(Date.now()) * 1_000_000n;
    const spans = ids.map((spanId, index) => ({
      traceId, spanId, name: `work ${index}`, kind: 1, startTimeUnixNano: String(startUnixNano), endTimeUnixNano: String(startUnixNano + 1_000_000n),
      ...(index === 0 ? {} : { parentSpanId: ids[0] }),
    }));
    const body = JSON.stringify({ resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'load' } }] }, scopeSpans: [{ spans }] }] });
    counts.sent += spansOfBatch;
    while (!(await isAcknowledged(endpoint, body, agent))) {
      counts.resent++;
      await delay(30);
    }
    for (const id of ids) acknowledged.add(id);
    await delay(10);
  }
  agent.destroy();
}

function startProgram(endpoint: string, acknowledgedFile: string) {
  const child = spawn(process.execPath, [program, endpoint, acknowledgedFile], { stdio: ['pipe', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (part) => (text.stdout += String(part)));
  child.stderr.on('data', (part) => (text.stderr += String(part)));
  const closed = once(child, 'close') as Promise<[number | null]>;
  return {
    async end() {
      child.stdin.end();
      const [exitCode] = await closed;
      const { ended = 0, longestTickMs = 0 } = JSON.parse(text.stdout === '' ? '{}' : text.stdout) as { ended?: number; longestTickMs?: number };
      const ids = (await readFile(acknowledgedFile, 'utf8').catch(() => '')).split('\n').filter((id) => id !== '');
      return { exitCode, stderr: text.stderr, ended, longestTickMs, ids };
    },
  };
}

async function storedIds(hub: HubConnection): Promise<string[]> {
  const ids: string[] = [];
  let afterChunk: number | undefined = 0;
  while (afterChunk !== undefined) {
    const { json, nextChunk }: { json: string; nextChunk?: number } = await hub.call('exportOtlpJson', { traceIds: undefined, afterChunk });
    for (const [, id] of json.matchAll(/"spanId":"([0-9a-f]{16})"/g)) ids.push(id!);
    afterChunk = nextChunk;
  }
  return ids;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
