import type { SpanKindName } from '../model/span.ts';
import { Summary } from './summary.ts';

const maxSummaries = 20_000;
/** What further operations are counted under: a program that puts ids into span names would fill the memory. */
const otherOperations = '(more operations)';

/** The summaries, found by what they are of. */
export class SummaryTable {
  readonly #byId = new Map<number, Summary>();
  /** By site and operation: those of each kind, service and capture. */
  readonly #bySite = new Map<number, Map<string, Summary[]>>();
  nextId = 1;

  all(): Iterable<Summary> {
    return this.#byId.values();
  }

  named(summaryIds: readonly number[]): Summary[] {
    return summaryIds.map((id) => this.#byId.get(id)).filter((summary) => summary !== undefined);
  }

  /** Made where it is not there. */
  of(siteId: number | undefined, captureId: string, service: string, kind: SpanKindName, operation: string): Summary {
    const found = this.#find(siteId, captureId, service, kind, operation);
    if (found !== undefined) return found;
    const isFull = this.#byId.size >= maxSummaries;
    const other = isFull ? this.#find(siteId, captureId, service, kind, otherOperations) : undefined;
    if (other !== undefined) return other;
    const summary = new Summary(this.nextId++, { siteId, captureId, service, kind, operation: isFull ? otherOperations : operation });
    this.put(summary);
    return summary;
  }

  put(summary: Summary): void {
    this.#byId.set(summary.summaryId, summary);
    let byOperation = this.#bySite.get(summary.siteId ?? -1);
    if (byOperation === undefined) this.#bySite.set(summary.siteId ?? -1, (byOperation = new Map()));
    const alike = byOperation.get(summary.operation);
    if (alike === undefined) byOperation.set(summary.operation, [summary]);
    else alike.push(summary);
  }

  remove(summary: Summary): void {
    summary.isRemoved = true;
    this.#byId.delete(summary.summaryId);
    const byOperation = this.#bySite.get(summary.siteId ?? -1);
    const left = byOperation?.get(summary.operation)?.filter((each) => each !== summary) ?? [];
    if (left.length > 0) byOperation?.set(summary.operation, left);
    else byOperation?.delete(summary.operation);
  }

  #find(siteId: number | undefined, captureId: string, service: string, kind: SpanKindName, operation: string): Summary | undefined {
    const alike = this.#bySite.get(siteId ?? -1)?.get(operation);
    if (alike === undefined) return undefined;
    for (const each of alike) if (each.kind === kind && each.service === service && each.captureId === captureId) return each;
    return undefined;
  }
}
