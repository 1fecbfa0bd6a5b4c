import { Worker } from 'node:worker_threads';
import type { HubRequests } from '../protocol/hub.ts';
import { RpcError, RpcPeer } from '../protocol/rpc.ts';
import type { TraceFileEvents, TraceFileHubRequests, TraceFileRequests, TraceFileSummary } from '../protocol/traceFile.ts';
import type { HubPort } from './liveRows.ts';

/** Decoded spans take several times the bytes of their file. */
const maxHeapMegabytes = 4096;
const answered: Readonly<Record<keyof TraceFileHubRequests, true>> = {
  traces: true, trace: true, spanDetails: true, searchTrace: true, traceLogs: true, linksTo: true, findSpan: true, sites: true, exportOtlpJson: true,
};

/** The traces of a file: a hub to whoever only reads traces. What a file has no answer to is rejected. */
export interface TraceFileSource extends HubPort {
  readonly summary: TraceFileSummary;
  /** Everything in it. */
  exportJaegerJson(): Promise<string>;
  close(): Promise<void>;
}

export interface TraceFileOpen {
  /** dist/traceFile.cjs */
  readonly workerScript: string;
  readonly source: TraceFileRequests['open'][0];
  /** Hears how much of a large file was read. */
  readonly onReading?: (percent: number) => void;
  /** Ends the reading; what was asked is rejected. */
  readonly signal?: AbortSignal;
}

/** Reads a file of traces of any known format in a worker of its own. Rejects with an Error that says what is wrong with the file. */
export async function openTraceFile({ workerScript, source, onReading, signal }: TraceFileOpen): Promise<TraceFileSource> {
  signal?.throwIfAborted();
  const worker = new Worker(workerScript, { resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes }, name: 'traceline trace file' });
  let died: Error | undefined;
  worker.on('error', (error: Error & { code?: string }) => {
    died = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new Error('the file holds more than there is memory for; “traceline import FILE” takes it in parts') : error;
  });
  const peer = new RpcPeer<TraceFileRequests, TraceFileEvents, Record<never, never>, Record<never, never>>(
    {
      send: (message) => worker.postMessage(message),
      onMessage: (listener) => worker.on('message', listener),
      onClose: (listener) => worker.on('exit', listener),
    },
    {},
  );
  const ask = async <M extends keyof TraceFileRequests & string>(method: M, params: TraceFileRequests[M][0]): Promise<TraceFileRequests[M][1]> => {
    try {
      return await peer.call(method, params);
    } catch (error) {
      throw died ?? error;
    }
  };
  if (onReading !== undefined) peer.on('reading', ({ percent }) => onReading(percent));
  const end = (): void => void worker.terminate();
  signal?.addEventListener('abort', end);
  try {
    const summary = await ask('open', source);
    return {
      summary,
      async call<M extends keyof HubRequests>(method: M, params: HubRequests[M][0]): Promise<HubRequests[M][1]> {
        if (!Object.hasOwn(answered, method)) throw new RpcError(`a file of traces has no answer to ${method}`);
        return ask(method as keyof TraceFileHubRequests, params as TraceFileHubRequests[keyof TraceFileHubRequests][0]) as Promise<HubRequests[M][1]>;
      },
      onFeed: () => () => undefined,
      exportJaegerJson: () => ask('exportJaegerJson', undefined),
      close: async () => void (await worker.terminate()),
    };
  } catch (error) {
    end();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', end);
  }
}
