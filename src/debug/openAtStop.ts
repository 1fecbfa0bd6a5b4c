import { within } from '../client/within.ts';

/** As much of a debug session as is asked here. */
export interface AskedSession {
  readonly type: string;
  customRequest(command: string, parameters: object): PromiseLike<unknown>;
}

/** What the probes answer in the program's own language; nothing of it runs but while the debugger holds the program. */
const expressions: Readonly<Record<string, string>> = {
  node: "globalThis[Symbol.for('traceline.openSpans')]?.()",
  python: "getattr(__import__('sys'), '_traceline_open_spans', str)()",
};
const languages: Readonly<Record<string, string>> = { node: 'node', 'pwa-node': 'node', 'node-terminal': 'node', debugpy: 'python', python: 'python' };

/** Who steps is not looked after at each line, but where they stay. */
const settleMs = 60;
const timeoutMs = 2000;

/**
 * Asks a program that the debugger holds, through that debugger, which of its spans are open. `tell` gets the document that the program's
 * probe gives (decode/probeReport.ts); where it has none, or anything goes wrong, nothing.
 */
export class OpenAtStop {
  readonly #session: AskedSession;
  readonly #tell: (json: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(session: AskedSession, tell: (json: string) => void) {
    this.#session = session;
    this.#tell = tell;
  }

  /** What the adapter tells VS Code (Debug Adapter Protocol). */
  fromAdapter(message: unknown): void {
    const { type, event, body } = fields(message);
    if (type !== 'event') return;
    if (event === 'continued' || event === 'terminated' || event === 'exited') this.end();
    const threadId = fields(body)['threadId'];
    if (event !== 'stopped' || typeof threadId !== 'number') return;
    this.end();
    this.#timer = setTimeout(() => void this.#ask(threadId), settleMs);
  }

  /** The program runs on, or is gone. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #ask(threadId: number): Promise<void> {
    const expression = expressions[languages[this.#session.type] ?? ''];
    if (expression === undefined) return;
    try {
      const stack = fields(await within(timeoutMs, this.#session.customRequest('stackTrace', { threadId, startFrame: 0, levels: 1 })))['stackFrames'];
      const frameId = fields(Array.isArray(stack) ? stack[0] : undefined)['id'];
      // Of a value for the clipboard debuggers cut nothing off.
      const { result } = fields(await within(timeoutMs, this.#session.customRequest('evaluate', { expression, frameId, context: 'clipboard' })));
      const json = typeof result === 'string' ? unquoted(result) : '';
      if (json.startsWith('{"process":')) this.#tell(json);
    } catch {
      // It went on meanwhile, or has no probe.
    }
  }
}

/** Debuggers may show a text as their language writes it. */
function unquoted(text: string): string {
  const trimmed = text.trim();
  const quote = trimmed[0];
  if ((quote !== '"' && quote !== "'") || !trimmed.endsWith(quote)) return trimmed;
  return trimmed.slice(1, -1).replace(/\\(.)/gs, '$1');
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
