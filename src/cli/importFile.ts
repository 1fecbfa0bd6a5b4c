import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { traceRequestJson } from '../decode/otlpJsonWriter.ts';
import { decodeTraceFile } from '../decode/traceFile.ts';
import type { HubCaller } from '../protocol/hub.ts';
import { maxTraceFileBytes } from '../protocol/traceFile.ts';

const lineFeed = 0x0a;

export interface Imported {
  accepted: number;
  rejected: number;
}

/**
 * OTLP/JSON, one request a line, goes to the hub line by line, however long the file is; OTLP protobuf and JSON as they are; what
 * is of another format (Jaeger, Zipkin, an API's answer) as OTLP/JSON made of it. What is gzip is unpacked first, whatever its name.
 * @throws Error where it cannot be read or is not whole, saying what of it is kept
 */
export async function importFile(hub: HubCaller, file: string, captureId: string): Promise<Imported> {
  const total: Imported = { accepted: 0, rejected: 0 };
  const send = async (bytes: Uint8Array, encoding: 'json' | 'protobuf') => {
    const { accepted, rejected } = await hub.call('importOtlp', { bytes, encoding, captureId });
    total.accepted += accepted;
    total.rejected += rejected;
  };
  if (await firstLineIsRequest(file)) {
    let number = 0;
    try {
      for await (const line of linesOf(file)) {
        number++;
        if (!isBlank(line)) await send(line, 'json');
      }
    } catch (error) {
      throw new Error(`line ${number}: ${error instanceof Error ? error.message : String(error)}; ${total.accepted} spans of the lines before it are kept`, { cause: error });
    }
    return total;
  }
  const bytes = await allOf(file);
  const read = decodeTraceFile(bytes);
  if (read.format === 'otlp-protobuf') await send(bytes, 'protobuf');
  else await send(Buffer.from(JSON.stringify(traceRequestJson(read.spans))), 'json');
  total.rejected += read.format === 'otlp-protobuf' ? 0 : read.rejections.reduce((sum, { count }) => sum + count, 0);
  return total;
}

/** And there is more than that line, or it is the whole of a file that may be long. */
async function firstLineIsRequest(file: string): Promise<boolean> {
  for await (const line of linesOf(file)) {
    const text = line.toString().replace(/^\uFEFF/, '').trim();
    if (text === '') continue;
    if (!text.startsWith('{')) return false;
    try {
      return 'resourceSpans' in (JSON.parse(text) as object);
    } catch {
      return false;
    }
  }
  return false;
}

/** Piece by piece what the file holds, unpacked. */
async function* piecesOf(file: string): AsyncGenerator<Buffer> {
  const stream = createReadStream(file);
  const unpacked = (await isGzip(file)) ? pipeline(stream, createGunzip(), () => undefined) : stream;
  try {
    for await (const piece of unpacked) yield piece as Buffer;
  } catch (error) {
    // Z_DATA_ERROR, Z_BUF_ERROR (zlib.h).
    const isPacking = (error as NodeJS.ErrnoException).code?.startsWith('Z_') === true;
    throw isPacking ? new Error(`the file is no whole gzip: ${(error as Error).message}`, { cause: error }) : error;
  } finally {
    stream.destroy();
  }
}

async function isGzip(file: string): Promise<boolean> {
  await using handle = await open(file, 'r');
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
}

/** Without their ends. Only a line feed ends one: JSON may hold any other of Unicode's line ends within a string. */
async function* linesOf(file: string): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  let length = 0;
  const line = () => {
    const whole = Buffer.concat(begun);
    begun = [];
    length = 0;
    return whole;
  };
  for await (const piece of piecesOf(file)) {
    let from = 0;
    for (let end = piece.indexOf(lineFeed); end >= 0; end = piece.indexOf(lineFeed, from)) {
      begun.push(piece.subarray(from, end));
      from = end + 1;
      yield line();
    }
    begun.push(piece.subarray(from));
    length += piece.length - from;
    refuseTooLarge(length);
  }
  if (length > 0) yield line();
}

async function allOf(file: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of piecesOf(file)) {
    pieces.push(piece);
    length += piece.length;
    refuseTooLarge(length);
  }
  return Buffer.concat(pieces);
}

/** So that what unpacks to far more than it is ends in words. */
function refuseTooLarge(bytes: number): void {
  if (bytes <= maxTraceFileBytes) return;
  throw new Error(`one document of more than ${maxTraceFileBytes / 1_048_576} MiB is not read at once; one request a line may be as long as it likes`);
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);
}
