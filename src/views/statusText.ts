import type { CaptureChoice } from '../client/captureChoice.ts';
import { grouped, spansText } from '../model/countText.ts';
import { plainText } from '../model/plainText.ts';
import type { HubStatus, Trouble } from '../protocol/hub.ts';
import { iconText } from './iconText.ts';
import { captureName, currentCapture, type ReceiverState, runningCaptures } from './receiverState.ts';

export interface StatusText {
  readonly state: 'off' | 'starting' | 'waiting' | 'receiving' | 'trouble';
  /** May hold icons; span text in it is escaped. */
  readonly text: string;
  /** Lines of plain text. */
  readonly tooltip: readonly string[];
  readonly warning: boolean;
}

const shortTrouble: Readonly<Record<Trouble['code'], string>> = {
  'port-taken': 'port taken',
  'memory-store': 'kept in memory only',
  'store-failed': 'cannot store',
  'store-full': 'store full',
  'rejected-spans': 'spans refused',
  'store-recovered': 'store recovered',
  'store-damaged': 'store damaged',
  'overloaded': 'overloaded',
};

/** Why a launch has sent nothing. */
export interface StatusNotice {
  readonly captureId: string | undefined;
  readonly messages: readonly string[];
  /** False where the program needs but a request. */
  readonly isTrouble: boolean;
}

/** What the status bar says; a notice counts while its program runs and has sent nothing. */
export function statusText(state: ReceiverState, notices: readonly StatusNotice[] = [], choice: CaptureChoice = { kind: 'latest' }): StatusText {
  switch (state.kind) {
    case 'off':
      return { state: 'off', text: '$(circle-slash) Traceline: off', tooltip: ['Traceline is not receiving spans.', 'Click to start receiving.'], warning: false };
    case 'starting':
      return { state: 'starting', text: '$(loading~spin) Traceline: starting', tooltip: ['Traceline is starting its receiver.'], warning: false };
    case 'failed':
      return { state: 'trouble', text: '$(warning) Traceline: not receiving', tooltip: ['Traceline could not start its receiver:', state.message, 'Click to see what can be done.'], warning: true };
    case 'connected':
      return connectedText(state.feed.status, state.feed.spansPerSecond, notices, choice);
  }
}

function connectedText(status: HubStatus, spansPerSecond: number, notices: readonly StatusNotice[], choice: CaptureChoice): StatusText {
  const capture = currentCapture(status.captures, spansPerSecond);
  const waiting = capture === undefined || capture.spanCount === 0;
  const running = runningCaptures(status.captures);
  const name = capture === undefined ? 'Traceline' : running.length > 1 ? `${running.length} programs` : iconText(captureName(capture), 30);
  const notice = waiting && capture !== undefined && capture.endedUnixMs === undefined ? notices.find(({ captureId }) => captureId === capture.captureId) : undefined;
  const hindered = notice?.isTrouble === true;
  const words = hindered ? `${name}: no spans will come` : waiting ? `${name}: waiting for spans` : spansPerSecond > 0 ? `${name}: ${rateText(spansPerSecond)}` : `${name}: ${spansText(running.length > 1 ? running.reduce((sum, { spanCount }) => sum + spanCount, 0) : capture.spanCount)}`;
  const lenses = lensesOf(choice, status);
  const trouble = status.troubles[0];
  return {
    state: trouble !== undefined || hindered ? 'trouble' : waiting ? 'waiting' : 'receiving',
    text: [`$(${hindered || trouble !== undefined ? 'warning' : 'pulse'}) ${words}`, ...(trouble === undefined ? [] : [shortTrouble[trouble.code]]), ...(lenses === undefined ? [] : [`lenses of ${iconText(lenses, 30)}`])].join(' · '),
    tooltip: [
      ...(notice?.messages ?? []).map((message) => plainText(message, 400)),
      ...(lenses === undefined ? [] : [`Lenses show the numbers of ${plainText(lenses, 60)}.`]),
      ...status.troubles.map((each) => plainText(each.message, 300)),
      ...endpoints(status),
      `${spansText(status.spans.stored)} kept${status.spans.dropped > 0 ? `, ${grouped(status.spans.dropped)} dropped to stay within the limits` : ''}${status.spans.rejected > 0 ? `, ${grouped(status.spans.rejected)} refused` : ''}`,
      `${megabytes(status.store.bytes)} of ${megabytes(status.store.limitBytes)} MB used${status.store.kind === 'memory' ? ', in memory only' : ''}`,
      'Click for more.',
    ],
    warning: trouble !== undefined || hindered,
  };
}

/** Nothing where they are of the latest, as they are unless a person chose otherwise. */
function lensesOf(choice: CaptureChoice, { captures }: HubStatus): string | undefined {
  if (choice.kind === 'latest') return undefined;
  if (choice.kind === 'all') return 'all captures';
  const capture = captures.find(({ captureId }) => captureId === choice.captureId);
  return capture === undefined ? undefined : captureName(capture);
}

/** Where programs send their spans. */
export function endpoints(status: HubStatus): string[] {
  return [
    ...(status.otlpHttp === undefined ? [] : [`OTLP/HTTP ${status.otlpHttp}`]),
    ...(status.otlpGrpc === undefined ? [] : [`OTLP/gRPC ${status.otlpGrpc}`]),
  ];
}

function rateText(spansPerSecond: number): string {
  return spansPerSecond < 1 ? 'under 1 span/s' : `${grouped(Math.round(spansPerSecond))} ${Math.round(spansPerSecond) === 1 ? 'span' : 'spans'}/s`;
}

function megabytes(bytes: number): string {
  return grouped(Math.round(bytes / 1_048_576));
}
