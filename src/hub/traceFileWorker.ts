/** The worker that reads a file of traces and answers for it (dist/traceFile.cjs), so that no file is decoded on a window's loop. */
import { parentPort } from 'node:worker_threads';
import { decodeTraceFile } from '../decode/traceFile.ts';
import { type Handlers, RpcPeer } from '../protocol/rpc.ts';
import type { TraceFileEvents, TraceFileRequests } from '../protocol/traceFile.ts';
import { TraceFileContents } from './traceFile.ts';
import { traceFileBytes, unpacked } from './traceFileBytes.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker');
let answers: Omit<Handlers<TraceFileRequests>, 'open'> | undefined;

function opened(): Omit<Handlers<TraceFileRequests>, 'open'> {
  if (answers === undefined) throw new Error('no file is open');
  return answers;
}

const peer = new RpcPeer<Record<never, never>, Record<never, never>, TraceFileRequests, TraceFileEvents>(
  {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', listener),
    onClose: (listener) => port.on('close', listener),
  },
  {
    open: async (source) => {
      const bytes = 'file' in source ? await traceFileBytes(source.file) : unpacked(source.bytes);
      let said = 0;
      const contents = new TraceFileContents(decodeTraceFile(bytes, (uptoByte) => {
        const percent = Math.floor((100 * uptoByte) / bytes.length);
        if (percent > said) peer.emit('reading', { percent: (said = percent) });
      }));
      answers = contents.handlers();
      return contents.summary;
    },
    traces: (query) => opened().traces(query),
    trace: (query) => opened().trace(query),
    spanDetails: (query) => opened().spanDetails(query),
    searchTrace: (query) => opened().searchTrace(query),
    traceLogs: (query) => opened().traceLogs(query),
    linksTo: (query) => opened().linksTo(query),
    findSpan: (query) => opened().findSpan(query),
    sites: (query) => opened().sites(query),
    exportOtlpJson: (query) => opened().exportOtlpJson(query),
    exportJaegerJson: (query) => opened().exportJaegerJson(query),
  },
);
