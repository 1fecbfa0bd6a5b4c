/* eslint-disable no-control-regex -- a log quotes what was sent, and is read in terminals */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import type { HubLog } from './log.ts';

const maxBytes = 1024 * 1024;

/**
 * hub.log in the data folder, its predecessor beside it as hub.log.old: at most two megabytes together. A hub that a window started
 * has no terminal to speak to; one that cannot write its log goes on without.
 */
export function hubLog(dataDir: string): HubLog {
  const file = path.join(dataDir, 'hub.log');
  let size: number | undefined;
  const write = (level: string, message: string): void => {
    const line = `${new Date().toISOString()} [${process.pid}] ${level} ${message.replaceAll('\n', '\n  ').replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')}\n`;
    try {
      size ??= sizeOf(file);
      if (size > maxBytes) {
        renameSync(file, `${file}.old`);
        size = 0;
      }
      appendFileSync(file, line, { mode: 0o600 });
      size += Buffer.byteLength(line);
    } catch {
      // There is nowhere left to say it. (A folder that was deleted is not made again: its hub is leaving.)
    }
  };
  return {
    // One line a request is for someone who looks for it, and costs a write each.
    debug: process.env['TRACELINE_DEBUG'] === undefined ? () => {} : (message) => write('debug', message),
    info: (message) => write('info', message),
    warn: (message) => write('warn', message),
    error: (message) => write('error', message instanceof Error ? (message.stack ?? message.message) : message),
  };
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}
