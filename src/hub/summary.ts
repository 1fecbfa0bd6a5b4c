import type { SpanKindName } from '../model/span.ts';
import { spanKinds } from '../model/span.ts';
import { DurationRing } from '../stats/durationRing.ts';
import { relativeBaseUnixNano } from './holds.ts';
import type { Process } from './processes.ts';
import { RecentSpans } from './recentSpans.ts';
import type { SummaryPart } from './store/store.ts';

const ringSize = 1000;

/** The running figures of one (site, operation, capture). */
export class Summary {
  readonly summaryId: number;
  readonly siteId: number | undefined;
  readonly captureId: string;
  readonly service: string;
  readonly operation: string;
  readonly kind: SpanKindName;
  readonly ring = new DurationRing(ringSize);
  readonly recent = new RecentSpans();
  count = 0;
  errorCount = 0;
  lastEndUnixNano = 0n;
  /** When its last span came. */
  lastCameUnixMs = 0;
  /** The one that is known to run since last. */
  newestProcess: Process | undefined;
  /** It has changed since it was written last. */
  isDirty = true;
  /** Nothing is counted in it any more. */
  isRemoved = false;
  #inRing = 0;

  constructor(summaryId: number, { siteId, captureId, service, operation, kind }: Pick<Summary, 'siteId' | 'captureId' | 'service' | 'operation' | 'kind'>) {
    this.summaryId = summaryId;
    this.siteId = siteId;
    this.captureId = captureId;
    this.service = service;
    this.operation = operation;
    this.kind = kind;
  }

  addDuration(durationNs: number, startNs: number): void {
    this.ring.add(durationNs, startNs);
    this.#inRing++;
  }

  /**
   * All of it as bytes: | length of the head, u32 | head, JSON | durations | starts | recent spans |. Starts are counted from where this process
   * counts from (holds.ts), which the head says.
   */
  encode(): Uint8Array {
    const { durationsNs, startsNs } = this.ring.values();
    const recent = this.recent.state();
    const head = Buffer.from(JSON.stringify({
      ...(this.siteId === undefined ? {} : { site: this.siteId }),
      service: this.service, operation: this.operation, kind: spanKinds.indexOf(this.kind), count: this.count, errors: this.errorCount,
      lastEnd: this.lastEndUnixNano.toString(), lastCame: this.lastCameUnixMs, clock: relativeBaseUnixNano.toString(), durations: durationsNs.length, recent: recent.bytes.length,
      ...(this.newestProcess === undefined ? {} : { process: this.newestProcess.identity }),
      texts: recent.texts.every(({ operation, statusMessage }) => operation === this.operation && statusMessage === '') ? [] : recent.texts.map(({ operation, statusMessage }) => [operation, statusMessage]),
    } satisfies Head));
    const bytes = Buffer.allocUnsafe(4 + head.length + durationsNs.length * 16 + recent.bytes.length);
    bytes.writeUInt32LE(head.length, 0);
    head.copy(bytes, 4);
    let at = 4 + head.length;
    // The oldest first: the ring goes on where it stood.
    const first = this.#inRing > durationsNs.length ? this.#inRing % durationsNs.length : 0;
    for (const values of [durationsNs, startsNs]) {
      for (const part of [values.subarray(first), values.subarray(0, first)]) {
        bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
        at += part.byteLength;
      }
    }
    bytes.set(recent.bytes, at);
    return bytes;
  }

  /** The site of an encoded one. */
  static siteOf(state: Uint8Array): number | undefined {
    return read(state).head.site;
  }

  /** @throws Error where the bytes are not those of a summary */
  static decode({ summaryId, captureId, state }: SummaryPart, siteOf: (siteId: number) => number | undefined, processOf: (key: string) => Process | undefined): Summary {
    const { buffer, head, headLength } = read(state);
    const summary = new Summary(summaryId, { siteId: head.site === undefined ? undefined : siteOf(head.site), captureId, service: head.service, operation: head.operation, kind: spanKinds[head.kind] ?? 'unspecified' });
    summary.count = head.count;
    summary.errorCount = head.errors;
    summary.lastEndUnixNano = BigInt(head.lastEnd);
    summary.lastCameUnixMs = head.lastCame;
    summary.newestProcess = head.process === undefined ? undefined : processOf(head.process);
    const moved = Number(BigInt(head.clock) - relativeBaseUnixNano);
    const durationsAt = 4 + headLength;
    const startsAt = durationsAt + head.durations * 8;
    const recentAt = startsAt + head.durations * 8;
    if (recentAt + head.recent !== buffer.length) throw new RangeError(`a summary of ${buffer.length} bytes`);
    for (let i = 0; i < head.durations; i++) summary.addDuration(buffer.readDoubleLE(durationsAt + i * 8), buffer.readDoubleLE(startsAt + i * 8) + moved);
    const recent = buffer.subarray(recentAt);
    const texts = head.texts.length > 0 ? head.texts.map(([operation, statusMessage]) => ({ operation, statusMessage })) : undefined;
    summary.recent.restore(recent, texts ?? RecentSpans.plainTexts(recent, head.operation));
    summary.isDirty = false;
    return summary;
  }
}

function read(state: Uint8Array): { readonly buffer: Buffer; readonly head: Head; readonly headLength: number } {
  const buffer = Buffer.from(state.buffer, state.byteOffset, state.byteLength);
  const headLength = buffer.readUInt32LE(0);
  return { buffer, headLength, head: JSON.parse(buffer.toString('utf8', 4, 4 + headLength)) as Head };
}

interface Head {
  readonly site?: number;
  readonly service: string;
  readonly operation: string;
  readonly kind: number;
  readonly count: number;
  readonly errors: number;
  readonly lastEnd: string;
  readonly lastCame: number;
  readonly clock: string;
  readonly durations: number;
  readonly recent: number;
  readonly process?: string;
  /** Operation and status message of the recent spans; none where all have the summary's operation and no message. */
  readonly texts: readonly (readonly [string, string])[];
}
