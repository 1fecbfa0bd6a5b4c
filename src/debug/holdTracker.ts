import { jsonObject } from '../client/jsonObject.ts';

type JsonFields = Readonly<Record<string, unknown>>;

/** A stretch in which the debugger held a program, by this machine's clock. */
export interface Held {
  readonly fromUnixMs: number;
  readonly toUnixMs: number;
}

const stepping = new Set(['next', 'stepIn', 'stepOut', 'stepBack']);
/** Requests after which the program runs again (Debug Adapter Protocol). Many adapters send no `continued` event after them. */
const resuming = new Set(['continue', 'reverseContinue', ...stepping]);
/** Requests after which it is held no more, whatever the adapter says. */
const ending = new Set(['disconnect', 'terminate', 'restart']);

/** A program that goes on without being asked to did so before its adapter could say it. */
const unaskedLatenessMs = 20;

/**
 * A step that takes no longer is the debugger's own time: debugpy needs 200 ms for a line of microseconds, js-debug some tens.
 * Fifty of them would be ten seconds of a handler that takes none.
 */
const longestStepMs = 300;

interface Resume {
  readonly isStep: boolean;
  readonly threadId: number | undefined;
  readonly all: boolean;
  readonly atUnixMs: number;
}

/**
 * Follows one debug session by its messages and tells when its program was held:
 *
 *   adapter    stopped ··············· response        stopped ········ continued
 *   VS Code            ··· continue ▶                          (nothing asked)
 *                 [from         to)                       [from   to)
 *
 *   adapter    stopped ········ stopped ········
 *   VS Code            ··· next ▶
 *                 [hold   )[hold )[hold …             the second, of the step itself, only where it was a short one
 *
 * A hold ends with the request to go on, not with its answer: a handler that has only microseconds left ends before the answer
 * is here, and must not look as if it had ended while it was held. So a hold is a few milliseconds short, never long.
 *
 * The time of a short step is a hold of its own, so that a span which ends within it is held only by the one before.
 *
 * Where threads stop one by one (Java, some Go and Python setups) a session counts as held while any of them is: which thread
 * a span ran on is not known.
 */
export class HoldTracker {
  readonly #report: (held: Held) => void;
  readonly #stopped = new Set<number>();
  #allStopped = false;
  #sinceUnixMs: number | undefined;
  #steppedAtUnixMs: number | undefined;
  /** Asked, not yet answered; by the request's number. */
  readonly #asked = new Map<number, Resume>();

  constructor(report: (held: Held) => void) {
    this.#report = report;
  }

  get isHeld(): boolean {
    return this.#sinceUnixMs !== undefined;
  }

  /** What VS Code tells the adapter. */
  toAdapter(message: unknown, atUnixMs: number): void {
    const request = jsonObject(message);
    if (!this.isHeld || request?.['type'] !== 'request') return;
    const { command, seq } = request;
    if (typeof command !== 'string') return;
    if (ending.has(command)) this.end(atUnixMs);
    else if (resuming.has(command) && typeof seq === 'number') {
      const given = jsonObject(request['arguments']);
      this.#asked.set(seq, { isStep: stepping.has(command), threadId: numberOf(given?.['threadId']), all: given?.['singleThread'] !== true, atUnixMs });
    }
  }

  /** What the adapter tells VS Code. */
  fromAdapter(message: unknown, atUnixMs: number): void {
    const given = jsonObject(message);
    const body = jsonObject(given?.['body']) ?? {};
    if (given?.['type'] === 'response') this.#answered(given, body);
    else if (given?.['type'] === 'event') this.#happened(given['event'], body, atUnixMs);
  }

  /** The session is over, or its program. */
  end(atUnixMs: number): void {
    this.#asked.clear();
    this.#goOn({ isStep: false, threadId: undefined, all: true, atUnixMs });
    this.#steppedAtUnixMs = undefined;
  }

  #answered(message: JsonFields, body: JsonFields): void {
    const seq = numberOf(message['request_seq']);
    const resume = seq === undefined ? undefined : this.#asked.get(seq);
    if (seq === undefined || resume === undefined) return;
    this.#asked.delete(seq);
    // A refused step leaves the program where it was.
    if (message['success'] === true) this.#goOn({ ...resume, all: resume.all && body['allThreadsContinued'] !== false });
  }

  #happened(event: unknown, body: JsonFields, atUnixMs: number): void {
    const threadId = numberOf(body['threadId']);
    if (event === 'stopped') {
      // It can only stop again if it went on.
      this.#goOnAsAsked();
      const stepped = this.#steppedAtUnixMs;
      this.#steppedAtUnixMs = undefined;
      if (stepped !== undefined && atUnixMs > stepped && atUnixMs - stepped <= longestStepMs) this.#report({ fromUnixMs: stepped, toUnixMs: atUnixMs });
      if (threadId !== undefined) this.#stopped.add(threadId);
      if (threadId === undefined || body['allThreadsStopped'] === true) this.#allStopped = true;
      this.#sinceUnixMs ??= atUnixMs;
    } else if (event === 'continued') {
      if (this.#asked.size > 0) this.#goOnAsAsked();
      else this.#goOn({ isStep: false, threadId, all: threadId === undefined || body['allThreadsContinued'] !== false, atUnixMs: atUnixMs - unaskedLatenessMs });
    } else if (event === 'thread' && body['reason'] === 'exited' && !this.#allStopped) {
      this.#goOn({ isStep: false, threadId, all: false, atUnixMs });
    } else if (event === 'terminated' || event === 'exited') {
      this.end(atUnixMs);
    }
  }

  #goOnAsAsked(): void {
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    for (const resume of asked) this.#goOn(resume);
  }

  #goOn({ isStep, threadId, all, atUnixMs }: Resume): void {
    // An adapter that named no thread when it stopped has but one to go on with.
    if (all || this.#stopped.size === 0) {
      this.#stopped.clear();
      this.#allStopped = false;
    } else if (threadId !== undefined) {
      this.#stopped.delete(threadId);
      // Others may stand still with it; the one that is looked at runs.
      if (this.#stopped.size === 0) this.#allStopped = false;
    }
    const sinceUnixMs = this.#sinceUnixMs;
    if (sinceUnixMs === undefined || this.#allStopped || this.#stopped.size > 0) return;
    this.#sinceUnixMs = undefined;
    this.#steppedAtUnixMs = isStep ? atUnixMs : undefined;
    if (atUnixMs > sinceUnixMs) this.#report({ fromUnixMs: sinceUnixMs, toUnixMs: atUnixMs });
  }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
