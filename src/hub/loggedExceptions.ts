import { stringAttribute } from '../model/attributes.ts';
import type { LogRecord, Span } from '../model/span.ts';
import { exceptionStack } from '../model/stackAttribute.ts';
import { RecentMap } from './recentMap.ts';
import { keptStack } from './siteTable.ts';

/** Characters of stacks that are remembered. */
const maxChars = 16 * 1024 * 1024;
/** What an entry costs beside its stack. */
const entryWeight = 200;
/** Traces that lost something. */
const maxForgotten = 10_000;

/** The stack of the exception that a log record tells, whatever the record is called (semantic conventions, "Exceptions in logs"). */
export function loggedStack({ attributes, resource }: LogRecord): string | undefined {
  const language = stringAttribute(resource.attributes, 'telemetry.sdk.language');
  const stack = exceptionStack(attributes, language);
  return stack === undefined ? undefined : keptStack(stack, language);
}

interface Told {
  readonly stack: string;
  readonly at: number;
}

/** The stacks of exceptions that logs tell of spans, the first of each; a log may come before its span or after it. Bounded. */
export class LoggedExceptions {
  readonly #stacks = new RecentMap<Told>(maxChars, ({ stack }) => entryWeight + stack.length);
  /** When they were forgotten: what was told before does not count. */
  readonly #forgotten = new RecentMap<number>(maxForgotten, () => 1);
  /** Grows with each stack and each trace that is forgotten. */
  #clock = 0;
  /** Most programs log no exceptions, and all spans are asked about. */
  #hasAny = false;

  /** The traces of which something new is known. */
  add(records: readonly LogRecord[]): ReadonlySet<string> {
    const traceIds = new Set<string>();
    for (const record of records) {
      const { traceId, spanId } = record;
      const stack = traceId === undefined || spanId === undefined ? undefined : loggedStack(record);
      if (stack === undefined || this.#told(traceId!, spanId!) !== undefined) continue;
      const key = keyOf(traceId!, spanId!);
      this.#stacks.delete(key);
      this.#stacks.set(key, { stack, at: ++this.#clock });
      traceIds.add(traceId!);
      this.#hasAny = true;
    }
    this.#stacks.trim();
    return traceIds;
  }

  of(span: Pick<Span, 'traceId' | 'spanId'>): string | undefined {
    return this.#hasAny ? this.#told(span.traceId, span.spanId) : undefined;
  }

  /** What was told of the trace so far. */
  forget(traceId: string): void {
    if (!this.#hasAny) return;
    this.#forgotten.delete(traceId);
    this.#forgotten.set(traceId, ++this.#clock);
    this.#forgotten.trim();
  }

  #told(traceId: string, spanId: string): string | undefined {
    const told = this.#stacks.get(keyOf(traceId, spanId));
    return told === undefined || told.at < (this.#forgotten.get(traceId) ?? 0) ? undefined : told.stack;
  }
}

function keyOf(traceId: string, spanId: string): string {
  return `${traceId} ${spanId}`;
}
