import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

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
 * The whole body, inflated. No more than `maxBytes` are held, before inflating and after.
 * @throws TooLargeError, CorruptBodyError, AbortedError
 */
export async function readBody(request: IncomingMessage, coding: ContentCoding, maxBytes: number): Promise<Buffer> {
  const body = await readRaw(request, maxBytes);
  return coding === 'identity' || body.length === 0 ? body : inflate(body, coding, maxBytes);
}

function readRaw(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLarge = () => new TooLargeError(`the body is larger than ${maxBytes} bytes`);
    if (Number(request.headers['content-length']) > maxBytes) {
      reject(tooLarge());
      return;
    }
    let chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) {
        chunks = [];
        request.removeAllListeners('data');
        reject(tooLarge());
      } else {
        chunks.push(chunk);
      }
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0] as Buffer : Buffer.concat(chunks, length)));
    request.on('close', () => reject(new AbortedError('the connection closed in the middle of the request')));
    request.on('error', () => reject(new AbortedError('the connection broke in the middle of the request')));
  });
}

const gunzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip);
const inflateZlib = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate);
const inflateRaw = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);

async function inflate(body: Buffer, coding: 'gzip' | 'deflate', maxBytes: number): Promise<Buffer> {
  // RFC 9110 8.4.1.2: "deflate" is the zlib format, and some senders leave its header out.
  const method = coding === 'gzip' ? gunzip : hasZlibHeader(body) ? inflateZlib : inflateRaw;
  try {
    return await method(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new TooLargeError(`the body is larger than ${maxBytes} bytes once it is inflated`);
    }
    throw new CorruptBodyError(`the body is not ${coding}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** RFC 1950 2.2: method 8 in the low half of the first byte, and the first two bytes a multiple of 31. */
function hasZlibHeader(body: Buffer): boolean {
  const [first = 0, second = 0] = body;
  return (first & 0x0f) === 8 && (first << 8 | second) % 31 === 0;
}
