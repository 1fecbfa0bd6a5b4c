/**
 * Runs a command as `traceline run` does, in a process of its own, against a hub that is played by this file:
 * what was asked of it goes to the file named by the first argument, one JSON line each.
 */
import { appendFileSync } from 'node:fs';
import type { HubPort } from '../../../src/client/liveRows.ts';
import { runCommand } from '../../../src/cli/run.ts';

const [log, mode, ...command] = process.argv.slice(2) as [string, string, ...string[]];

const hub = {
  call: (method: string, params: unknown) => {
    appendFileSync(log, `${JSON.stringify({ method, params })}\n`);
    return Promise.resolve(answer(method));
  },
} as Pick<HubPort, 'call'>;

let captureId = '';
function answer(method: string): unknown {
  if (method === 'status') {
    const spanCount = mode === 'spans' ? 3 : 0;
    return { otlpHttp: 'http://127.0.0.1:9', otlpGrpc: undefined, captures: [{ captureId, spanCount, errorCount: spanCount === 0 ? 0 : 1 }] };
  }
  const summary = { captureId, siteId: undefined, kind: 'server', errorCount: 0, lastEndUnixMs: 0, count: 1 };
  if (method === 'summaries') {
    return {
      version: 1,
      summaries: [
        { ...summary, summaryId: 1, service: 'shop', operation: 'GET /a' },
        { ...summary, summaryId: 2, service: 'shop', operation: 'GET /\u001b[31mslow' },
        { ...summary, summaryId: 3, service: 'shop', operation: 'GET /a' },
        { ...summary, summaryId: 4, service: 'other', operation: 'x', captureId: 'another' },
      ],
    };
  }
  if (method === 'latencies') {
    return [
      { count: 2, errorCount: 0, p50Ns: 1e6, p95Ns: 2e6, maxNs: 2e6 },
      { count: 1, errorCount: 1, p50Ns: 9e6, p95Ns: 9e6, maxNs: 9e6 },
    ];
  }
  if (method === 'traces') return mode === 'open' ? [{ open: { running: 0, neverEnded: 2 } }, {}] : [];
  return undefined;
}

const connect = (): Promise<Pick<HubPort, 'call'>> => {
  if (mode === 'down') return Promise.reject(new Error('the folder is held by another'));
  const call = hub.call.bind(hub);
  return Promise.resolve({
    call: (method, params) => {
      if (method === 'startCapture') captureId = (params as { captureId: string }).captureId;
      return call(method, params);
    },
  });
};

process.exitCode = await runCommand({ command, environment: process.env, connect, probes: { node: '/dev/null' }, stderr: process.stderr });
