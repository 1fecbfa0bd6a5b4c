import { open } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { maxTraceFileBytes } from '../protocol/traceFile.ts';

const mebibyte = 1_048_576;

/**
 * What is in a file of traces, unpacked where it is gzip. Never more than the limit is read, however fast the file grows.
 * @throws Error where it is larger than `maxTraceFileBytes`, packed or not, is no file, or is no whole gzip
 */
export async function traceFileBytes(file: string): Promise<Uint8Array> {
  await using handle = await open(file, 'r');
  const stat = await handle.stat();
  if (!stat.isFile()) throw new Error('it is not a file');
  refuseTooLarge(stat.size);
  const bytes = Buffer.alloc(stat.size);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(bytes, length, stat.size - length, length);
    length += bytesRead;
    if (bytesRead === 0 || length === stat.size) return unpacked(bytes.subarray(0, length));
  }
}

/** The same bytes where they are not packed. @throws Error as `traceFileBytes` does */
export function unpacked(bytes: Uint8Array): Uint8Array {
  refuseTooLarge(bytes.length);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxTraceFileBytes });
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: string };
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new Error(`the file unpacks to more than ${maxTraceFileBytes / mebibyte} MiB, and no more are shown from a file`, { cause: error });
    throw new Error(`the file is no whole gzip: ${message}`, { cause: error });
  }
}

function refuseTooLarge(bytes: number): void {
  if (bytes <= maxTraceFileBytes) return;
  throw new Error(
    `the file has ${Math.ceil(bytes / mebibyte)} MiB, and no more than ${maxTraceFileBytes / mebibyte} MiB are shown from a file. `
    + 'Run “traceline import FILE” and open its traces from the list of captures, or cut the file',
  );
}
