import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectHub } from '../../src/client/hubConnection.ts';
import { freePort } from '../unit/hub/freePort.ts';
import { runService, type Sent, type ServiceShape } from './services.ts';
import { openWindows, type WindowCounts } from './windows.ts';

export interface SoakOptions {
  /** Empty; stays afterwards. */
  readonly dataDir: string;
  readonly hubScript: string;
  readonly minutes: number;
  readonly limitBytes: number;
  onSample?(sample: Sample): void;
}

export interface Sample {
  readonly atMinutes: number;
  readonly hubMb: number;
  readonly diskMb: number;
  readonly stored: number;
  readonly dropped: number;
  readonly windows: number;
}

export interface SoakResult {
  readonly samples: readonly Sample[];
  readonly services: readonly (ServiceShape & Sent & { readonly keptOfLast: number })[];
  readonly windows: WindowCounts;
  readonly acknowledged: number;
  readonly stored: number;
  readonly dropped: number;
  readonly faults: readonly string[];
}

const sampleEveryMs = 10_000;
const mostWindows = 20;

/** A busy pair, a health check that never stops, a rare failure, a quiet job, and bursts. */
export const soakServices: readonly ServiceShape[] = [
  { name: 'orders', operation: 'POST /orders', everyMs: 100, traces: 5, spansOfTrace: 20, failed: false },
  { name: 'inventory', operation: 'GET /stock', everyMs: 50, traces: 4, spansOfTrace: 8, failed: false },
  { name: 'health', operation: 'GET /healthz', everyMs: 20, traces: 10, spansOfTrace: 1, failed: false },
  { name: 'payments', operation: 'POST /payments', everyMs: 20_000, traces: 1, spansOfTrace: 6, failed: true },
  { name: 'nightly', operation: 'report', everyMs: 45_000, traces: 1, spansOfTrace: 30, failed: false },
  { name: 'import', operation: 'import file', everyMs: 60_000, traces: 20, spansOfTrace: 500, failed: false },
];

/**
 * Runs a hub for so long under mixed services, bursts, and windows that come and go, and counts what was acknowledged against what is
 * kept and what was let go. Whatever it starts has ended when it resolves.
 */
export async function soak({ dataDir, hubScript, minutes, limitBytes, onSample }: SoakOptions): Promise<SoakResult> {
  const port = await freePort();
  const options = {
    dataDir, hubScript, version: '1.0.0', clientName: 'soak', startIfMissing: true, otlpHttpPort: port, otlpGrpcPort: 0, limitBytes,
    log: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  };
  const hub = connectHub(options);
  const stopped = new AbortController();
  const samples: Sample[] = [];
  const faults: string[] = [];
  const windows: WindowCounts = { opened: 0, asked: 0, mostAtOnce: 0, faults };
  const sent = soakServices.map((): Sent => ({ acknowledged: 0, sent: 0, resent: 0, traceIds: [] }));
  try {
    await hub.ready();
    const { pid } = await hub.call('status', undefined);
    const running = [
      ...soakServices.map((shape, index) => runService(`http://127.0.0.1:${port}/v1/traces`, shape, sent[index]!, stopped.signal)),
      openWindows(options, mostWindows, windows, stopped.signal),
    ];
    const startMs = performance.now();
    while (performance.now() - startMs < minutes * 60_000) {
      await delay(sampleEveryMs);
      const status = await hub.call('status', undefined);
      if (status.pid !== pid) faults.push(`another hub, ${status.pid} for ${pid}`);
      for (const { code, message } of status.troubles) if (!faults.includes(`${code}: ${message}`)) faults.push(`${code}: ${message}`);
      const sample = {
        atMinutes: (performance.now() - startMs) / 60_000, hubMb: await residentMb(pid), diskMb: (await bytesIn(dataDir)) / 1e6,
        stored: status.spans.stored, dropped: status.spans.dropped, windows: status.clients ?? 0,
      };
      samples.push(sample);
      onSample?.(sample);
    }
    stopped.abort();
    await Promise.all(running);
    const { spans } = await hub.call('status', undefined);
    const services = [];
    for (const [index, shape] of soakServices.entries()) {
      const last = sent[index]!.traceIds.slice(-20);
      const kept = await Promise.all(last.map((traceId) => hub.call('trace', { traceId })));
      services.push({ ...shape, ...sent[index]!, keptOfLast: kept.filter((columns) => columns !== undefined).length / last.length });
    }
    return { samples, services, windows, acknowledged: sent.reduce((sum, { acknowledged }) => sum + acknowledged, 0), stored: spans.stored, dropped: spans.dropped, faults };
  } finally {
    stopped.abort();
    await hub.call('shutdown', { reason: 'the soak is over' }).catch(() => undefined);
    hub.close();
  }
}

/** Of /proc, so on Linux alone. */
async function residentMb(pid: number): Promise<number> {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`process ${pid} does not say how large it is`);
  return Number(kilobytes) / 1000;
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map((name) => stat(path.join(folder, name)).then(({ size }) => size, () => 0)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
