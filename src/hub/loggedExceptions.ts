import { stringAttribute } from '../model/attributes.ts';
import type { LogRecord, Span } from '../model/span.ts';
import { exceptionStack } from '../model/stackAttribute.ts';
import { RecentMap } from './recentMap.ts';
import { keptStack } from './siteTable.ts';

/** Characters of stacks that are remembered. */
const maxChars = 16 * 1024 * 1024;
/** What an entry costs beside its stack. */
const entryWeight = 200;

/** The stack of the exception that a log record tells, whatever the record is called (semantic conventions, "Exceptions in logs"). */
export function loggedStack({ attributes, resource }: LogRecord): string | undefined {
  const language = stringAttribute(resource.attributes, 'telemetry.sdk.language');
  const stack = exceptionStack(attributes, language);
  return stack === undefined ? undefined : keptStack(stack, language);
}

/** The stacks of exceptions that logs tell of spans, the first of each; a log may come before its span or after it. Bounded. */
export class LoggedExceptions {
  readonly #stacks = new RecentMap<string>(maxChars, (stack) => entryWeight + stack.length);
  /** Most programs log no exceptions, and all spans are asked about. */
  #hasAny = false;

  /** The traces of which something new is known. */
  add(records: readonly LogRecord[]): ReadonlySet<string> {
    const traceIds = new Set<string>();
    for (const record of records) {
      const stack = record.traceId === undefined || record.spanId === undefined ? undefined : loggedStack(record);
      if (stack === undefined || this.#stacks.get(keyOf(record.traceId!, record.spanId!)) !== undefined) continue;
      this.#stacks.set(keyOf(record.traceId!, record.spanId!), stack);
      traceIds.add(record.traceId!);
      this.#hasAny = true;
    }
    this.#stacks.trim();
    return traceIds;
  }

  of(span: Pick<Span, 'traceId' | 'spanId'>): string | undefined {
    return this.#hasAny ? this.#stacks.get(keyOf(span.traceId, span.spanId)) : undefined;
  }
}

function keyOf(traceId: string, spanId: string): string {
  return `${traceId} ${spanId}`;
}
