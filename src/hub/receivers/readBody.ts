import type { IncomingMessage } from 'node:http';
import zlib from 'node:zlib';
import type { Share } from '../intake.ts';
import { freeBytes } from './freeBytes.ts';

export type ContentCoding = 'identity' | 'gzip' | 'deflate';

export class TooLargeError extends Error {
  static is(error: unknown): error is TooLargeError {
    return error instanceof TooLargeError;
  }
}

/** The body is not what its Content-Encoding says. */
export class CorruptBodyError extends Error {
  static is(error: unknown): error is CorruptBodyError {
    return error instanceof CorruptBodyError;
  }
}

/** The client went away before its request was whole; there is nobody to answer. */
export class AbortedError extends Error {
  static is(error: unknown): error is AbortedError {
    return error instanceof AbortedError;
  }
}

/**
 * The whole body, inflated, in a buffer that is the caller's alone. No more than `maxBytes` are held, before inflating and after, and `share` counts them as they come. Who sends more is given
 * `advice`.
 * @throws TooLargeError, CorruptBodyError, AbortedError, SinkError('overloaded')
 */
export async function readBody(request: IncomingMessage, coding: ContentCoding, maxBytes: number, share: Share, advice = ''): Promise<Buffer> {
  try {
    const body = await readRaw(request, maxBytes, share);
    return coding === 'identity' || body.length === 0 ? body : await inflate(body, coding, maxBytes, share);
  } catch (error) {
    throw TooLargeError.is(error) && advice !== '' ? new TooLargeError(`${error.message}; ${advice}`) : error;
  }
}

function readRaw(request: IncomingMessage, maxBytes: number, share: Share): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLarge = () => new TooLargeError(`the body is larger than ${maxBytes} bytes`);
    if (Number(request.headers['content-length']) > maxBytes) {
      reject(tooLarge());
      return;
    }
    let chunks: Buffer[] = [];
    let length = 0;
    let isRead = false;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      try {
        if (length > maxBytes) throw tooLarge();
        share.add(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        chunks = [];
        request.removeAllListeners('data');
        reject(error as Error);
      }
    });
    request.on('end', () => {
      isRead = true;
      resolve(joined(chunks, length));
    });
    request.on('close', () => {
      if (!isRead) reject(new AbortedError('the connection closed in the middle of the request'));
    });
    request.on('error', () => reject(new AbortedError('the connection broke in the middle of the request')));
  });
}

function joined(chunks: readonly Buffer[], length: number): Buffer {
  if (chunks.length === 1) return chunks[0] as Buffer;
  const body = Buffer.concat(chunks, length);
  for (const chunk of chunks) freeBytes(chunk);
  return body;
}

function inflate(body: Buffer, coding: 'gzip' | 'deflate', maxBytes: number, share: Share): Promise<Buffer> {
  // RFC 9110 8.4.1.2: "deflate" is the zlib format, and some senders leave its header out.
  const inflater = coding === 'gzip' ? zlib.createGunzip() : hasZlibHeader(body) ? zlib.createInflate() : zlib.createInflateRaw();
  return new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    inflater.on('data', (chunk: Buffer) => {
      length += chunk.length;
      try {
        if (length > maxBytes) throw new TooLargeError(`the body is larger than ${maxBytes} bytes once it is inflated`);
        share.add(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        reject(error as Error);
        inflater.destroy();
      }
    });
    inflater.on('end', () => resolve(chunks.length === 1 ? chunks[0] as Buffer : Buffer.concat(chunks, length)));
    inflater.on('error', (error) => reject(new CorruptBodyError(`the body is not ${coding}: ${error.message}`)));
    inflater.end(body);
  });
}

/** RFC 1950 2.2: method 8 in the low half of the first byte, and the first two bytes a multiple of 31. */
function hasZlibHeader(body: Buffer): boolean {
  const [first = 0, second = 0] = body;
  return (first & 0x0f) === 8 && (first << 8 | second) % 31 === 0;
}
