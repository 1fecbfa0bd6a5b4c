import type { NewPart } from './store.ts';

/** A trace's share of one part of a chunk. */
export interface TraceShare {
  readonly traceId: string;
  readonly items: number;
  readonly errors: number;
}

const entryBytes = 24;
const noTrace = 'f'.repeat(16);

/** | trace id, 16 bytes | items, u32 | errors, u32 | for each trace. */
export function packTraces(traces: NewPart['traces']): Buffer {
  const packed = Buffer.allocUnsafe(traces.length * entryBytes);
  traces.forEach(({ traceId, items, errors }, index) => {
    const at = index * entryBytes;
    packed.write(traceId, at, 16, 'hex');
    packed.writeUInt32LE(items, at + 16);
    packed.writeUInt32LE(errors, at + 20);
  });
  return packed;
}

export function unpackTraces(packed: Uint8Array): TraceShare[] {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const shares: TraceShare[] = [];
  for (let at = 0; at + entryBytes <= bytes.length; at += entryBytes) {
    shares.push({ traceId: bytes.toString('hex', at, at + 16), items: bytes.readUInt32LE(at + 16), errors: bytes.readUInt32LE(at + 20) });
  }
  return shares;
}

/** Stands for the log records of a chunk that belong to no trace. Senders choose their ids at random, or have 64 bits below zeros: none is such a one. */
export function looseTraceId(chunkId: number): string {
  return noTrace + chunkId.toString(16).padStart(16, '0');
}

export function isLooseTraceId(traceId: string): boolean {
  return traceId.startsWith(noTrace);
}
