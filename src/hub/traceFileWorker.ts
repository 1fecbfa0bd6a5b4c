/** The worker that reads a file of traces and answers for it (dist/traceFile.cjs), so that no file is decoded on a window's loop. */
import { open } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { decodeTraceFile } from '../decode/traceFile.ts';
import { type Handlers, RpcPeer } from '../protocol/rpc.ts';
import { maxTraceFileBytes, type TraceFileRequests } from '../protocol/traceFile.ts';
import { TraceFileContents } from './traceFile.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker');
let answers: Omit<Handlers<TraceFileRequests>, 'open'> | undefined;

function opened(): Omit<Handlers<TraceFileRequests>, 'open'> {
  if (answers === undefined) throw new Error('no file is open');
  return answers;
}

/** Never more than the limit, however fast the file grows. */
async function bytesOf(file: string): Promise<Uint8Array> {
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  refuseTooLarge(size);
  const bytes = Buffer.alloc(size);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(bytes, length, size - length, length);
    length += bytesRead;
    if (bytesRead === 0 || length === size) return bytes.subarray(0, length);
  }
}

function refuseTooLarge(bytes: number): void {
  if (bytes <= maxTraceFileBytes) return;
  throw new Error(
    `the file has ${Math.ceil(bytes / 1_048_576)} MiB, and no more than ${maxTraceFileBytes / 1_048_576} MiB are shown from a file. `
    + 'Run “traceline import FILE” and open its traces from the list of captures, or cut the file',
  );
}

new RpcPeer<Record<never, never>, Record<never, never>, TraceFileRequests, Record<never, never>>(
  {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', listener),
    onClose: (listener) => port.on('close', listener),
  },
  {
    open: async (source) => {
      const bytes = 'file' in source ? await bytesOf(source.file) : source.bytes;
      refuseTooLarge(bytes.length);
      const contents = new TraceFileContents(decodeTraceFile(bytes));
      answers = contents.handlers();
      return contents.summary;
    },
    traces: (query) => opened().traces(query),
    trace: (query) => opened().trace(query),
    spanDetails: (query) => opened().spanDetails(query),
    searchTrace: (query) => opened().searchTrace(query),
    traceLogs: (query) => opened().traceLogs(query),
    findSpan: (query) => opened().findSpan(query),
    sites: (query) => opened().sites(query),
    exportOtlpJson: (query) => opened().exportOtlpJson(query),
    exportJaegerJson: (query) => opened().exportJaegerJson(query),
  },
);
