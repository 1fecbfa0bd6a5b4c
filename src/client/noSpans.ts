import type { ProgramRecord } from '../protocol/hub.ts';

export interface NoSpansInput {
  /** False where the person's own settings keep spans away; `notes` say which. */
  readonly spansWillCome: boolean;
  readonly notes: readonly string[];
  /** What the probes of the capture's processes said. */
  readonly programs: readonly ProgramRecord[];
  /** What was started; 'any' where that is not known: a command of a terminal. */
  readonly runtime: 'node' | 'python' | 'other' | 'any';
}

export interface NoSpans {
  /** False where the program needs but a request. */
  readonly isTrouble: boolean;
  /** A few words, for where there is room for no more. */
  readonly short: string;
  /** A sentence or two each: what is the case, and what to do. */
  readonly messages: readonly string[];
}

/** Why a capture whose program is up has no spans, as far as can be known, and what to do. */
export function noSpans({ spansWillCome, notes, programs, runtime }: NoSpansInput): NoSpans {
  if (!spansWillCome) return { isTrouble: true, short: 'no spans will come', messages: notes };
  const waiting = (...messages: readonly string[]): NoSpans => ({ isTrouble: false, short: 'no spans yet', messages: [...messages, ...notes] });
  const trouble = (...messages: readonly string[]): NoSpans => ({ isTrouble: true, short: 'no spans', messages: [...messages, ...notes] });
  if (programs.some(({ sdk }) => sdk === 'bundled')) {
    return waiting('The program is up and instrumented, and has done nothing yet that makes a span. Send it a request.');
  }
  const own = programs.find(({ sdk }) => sdk === 'own');
  if (own !== undefined) {
    const what = own.reason === undefined ? 'an OpenTelemetry SDK of its own' : `${own.reason} of its own`;
    return waiting(
      `The program has ${what}, so Traceline leaves its tracing to that. Send it a request. If still nothing comes, see that it is set up when the program starts, and that no exporter in its code has another endpoint.`,
    );
  }
  const unsupported = programs.find(({ sdk }) => sdk === 'none');
  if (unsupported !== undefined) return trouble(unsupportedText(unsupported));
  switch (runtime) {
    case 'node':
      return trouble('Traceline\'s probe was not loaded into the program: something between here and there starts it without NODE_OPTIONS, or with TRACELINE_PROBE off. Start it by `node` itself, or let its launcher pass the environment on.');
    case 'python':
      return waiting(
        'Send the program a request. If still nothing comes: it is traced where opentelemetry-distro, opentelemetry-exporter-otlp and the instrumentations of its libraries are installed (`opentelemetry-bootstrap -a install`), or where it sets the SDK up itself.',
      );
    case 'other':
    case 'any':
      return waiting(
        'Send the program a request. If still nothing comes: it has no OpenTelemetry SDK or agent, or sets its exporter up in code with another endpoint. Let the SDK be set up from the environment.',
      );
  }
}

function unsupportedText({ runtime, version, reason }: ProgramRecord): string {
  if (reason !== undefined && reason !== 'runtime') return `The program makes no spans: ${reason}`;
  if (runtime !== 'node') return `The program runs on ${runtime}, which Traceline cannot instrument, and it has no OpenTelemetry SDK that would be loaded. Add one, or run it with Node.`;
  return `The program runs on Node ${version.replace(/^v/, '')} and has no OpenTelemetry SDK. Traceline's own needs Node 18.19, 20.6 or newer: run it with a newer Node, or add the SDK to the program.`;
}
