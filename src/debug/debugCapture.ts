import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { HubPort } from '../client/liveRows.ts';
import type { Logger } from '../client/logger.ts';
import type { noSpans } from '../client/noSpans.ts';
import { within } from '../client/within.ts';
import type { PathRule } from '../locate/location.ts';
import type { HubStatus } from '../protocol/hub.ts';
import { CaptureGroups, settleMs } from './captureGroups.ts';
import { captureKey, DebugInjection, type DebugNotice } from './debugInjection.ts';
import { HoldReports } from './holdReports.ts';
import { HoldTracker } from './holdTracker.ts';
import { launchCompounds } from './launchCompounds.ts';
import { debugRuntime } from './debugEnvironment.ts';
import { NoSpansWatch } from './noSpansWatch.ts';
import { OpenAtStop } from './openAtStop.ts';
import { launchPathRules } from './pathRules.ts';

export interface DebugHub extends Pick<HubPort, 'call'> {
  /** Starts the hub where none runs; undefined where the person turned receiving off. Rejects with an Error for a person to read. */
  hubReady(): Promise<HubStatus | undefined>;
}

/** How long a session waits for its capture to be written down before its program starts. */
const captureTimeoutMs = 800;

/**
 * F5: every launch is a capture of its own, from the start of its debug adapter (so before its program) to its end. Sessions
 * that a session starts belong to the same, and so do those of one compound. While the debugger holds a program of it, the
 * hub is told: that time does not count.
 */
export class DebugCapture implements vscode.Disposable {
  readonly #hub: DebugHub;
  readonly #logger: Logger;
  readonly #groups = new CaptureGroups(launchCompounds);
  readonly #holds: HoldReports;
  readonly #noSpans: NoSpansWatch;
  /** Of the running sessions, by capture. */
  readonly #trackers = new Map<string, Set<HoldTracker>>();
  /** What was found as each configuration was started, by capture and configuration. */
  readonly #found = new Map<string, DebugNotice>();
  readonly #noticeEmitter = new vscode.EventEmitter<DebugNotice>();
  readonly #pathRulesEmitter = new vscode.EventEmitter<readonly PathRule[]>();
  readonly #disposables: vscode.Disposable[];
  /** Running sessions, by id. */
  readonly #sessions = new Map<string, vscode.DebugSession>();
  /** The name each running capture was given. */
  readonly #names = new Map<string, string>();
  /** What is yet to be said in a session's console, by capture and configuration. */
  readonly #unsaid = new Map<string, DebugNotice>();
  #pathRules: readonly PathRule[] = [];

  /** A launch goes on otherwise than the person may expect: the hub did not start, or their settings keep spans away. */
  readonly onNotice = this.#noticeEmitter.event;
  readonly onPathRulesChanged = this.#pathRulesEmitter.event;

  constructor(hub: DebugHub, probePath: string, logger: Logger) {
    this.#hub = hub;
    this.#logger = logger;
    this.#holds = new HoldReports(hub, logger);
    this.#noSpans = new NoSpansWatch(hub);
    const injection = new DebugInjection(() => hub.hubReady(), probePath, (name, folder) => this.#captureFor(name, folder), logger, (notice) => {
      if (notice.captureId !== undefined) {
        this.#unsaid.set(unsaidKey(notice.captureId, notice.configuration), notice);
        this.#found.set(unsaidKey(notice.captureId, notice.configuration), notice);
      }
      this.#noticeEmitter.fire(notice);
    });
    this.#disposables = [
      this.#noticeEmitter,
      this.#pathRulesEmitter,
      this.#holds,
      this.#noSpans,
      vscode.debug.registerDebugConfigurationProvider('*', injection),
      // Asked of all members of a compound at once; what comes after it (tasks, prompts) takes each its own time.
      vscode.debug.registerDebugConfigurationProvider('*', {
        resolveDebugConfiguration: (folder, configuration) => {
          // Not the session of one process of a program that Node's debugger has started already.
          if (configuration['__pendingTargetId'] === undefined) this.#groups.begin({ name: configuration.name, folder: folder?.name, type: configuration.type }, performance.now());
          return configuration;
        },
      }),
      vscode.debug.registerDebugAdapterTrackerFactory('*', {
        // Called, and waited for, before the adapter starts the program.
        createDebugAdapterTracker: async (session) => {
          await this.#begin(session);
          return this.#trackerOf(session);
        },
      }),
      vscode.debug.onDidStartDebugSession((session) => this.#started(session)),
      vscode.debug.onDidTerminateDebugSession((session) => this.#ended(session)),
    ];
  }

  /** Of the running sessions' `remoteRoot` and `localRoot`. */
  get pathRules(): readonly PathRule[] {
    return this.#pathRules;
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #captureFor(name: string, folder: string | undefined): Promise<string> {
    if (this.#groups.isUnsure(name, folder)) await sleep(settleMs);
    return this.#groups.captureOf(name, folder);
  }

  async #begin(session: vscode.DebugSession): Promise<void> {
    const captureId = captureOf(session);
    const others = captureId === undefined ? [] : this.#sessionsOf(captureId).filter((other) => other.id !== session.id);
    this.#sessions.set(session.id, session);
    this.#updatePathRules();
    if (captureId === undefined) return;
    if (session.parentSession === undefined) this.#groups.started(captureId, session.configuration.name, session.workspaceFolder?.name);
    const name = this.#groups.compoundOf(captureId) ?? (others.length === 0 ? session.configuration.name : undefined);
    const told = this.#names.get(captureId);
    // A second configuration makes a compound of what began as one.
    const renamed = others.length > 0 && name !== undefined && name !== told;
    if (name === undefined || (others.length > 0 && !renamed)) return;
    this.#names.set(captureId, name);
    const call = renamed ? this.#hub.call('renameCapture', { captureId, name }) : this.#hub.call('startCapture', { captureId, name, kind: 'debug' });
    try {
      await within(captureTimeoutMs, call);
    } catch (error) {
      this.#logger.warn(`debug: the capture of ${session.name} was not started: ${String(error)}`);
    }
  }

  #trackerOf(session: vscode.DebugSession): vscode.DebugAdapterTracker | undefined {
    const captureId = captureOf(session);
    if (captureId === undefined) return undefined;
    const tracker = new HoldTracker((held) => this.#holds.report(captureId, held));
    const openAtStop = new OpenAtStop(session, (json) => {
      this.#hub.call('probeReport', { json }).catch((error: unknown) => this.#logger.debug('debug: the hub was not told which spans are open', error));
    });
    const trackers = this.#trackers.get(captureId) ?? new Set();
    this.#trackers.set(captureId, trackers.add(tracker));
    const end = () => {
      tracker.end(Date.now());
      openAtStop.end();
      trackers.delete(tracker);
    };
    return {
      onWillReceiveMessage: (message) => tracker.toAdapter(message, Date.now()),
      onDidSendMessage: (message) => {
        tracker.fromAdapter(message, Date.now());
        openAtStop.fromAdapter(message);
      },
      onWillStopSession: end,
      onError: end,
      onExit: end,
    };
  }

  #started(session: vscode.DebugSession): void {
    const captureId = captureOf(session);
    if (captureId === undefined) return;
    if (session.parentSession === undefined) this.#watch(session, captureId);
    const key = unsaidKey(captureId, session.configuration.name);
    const notice = this.#unsaid.get(key);
    if (notice === undefined) return;
    this.#unsaid.delete(key);
    for (const message of notice.messages) vscode.debug.activeDebugConsole.appendLine(`Traceline: ${message}`);
  }

  #ended(session: vscode.DebugSession): void {
    this.#sessions.delete(session.id);
    this.#updatePathRules();
    const captureId = captureOf(session);
    if (captureId === undefined) return;
    this.#unsaid.delete(unsaidKey(captureId, session.configuration.name));
    if (session.parentSession === undefined) this.#found.delete(unsaidKey(captureId, session.configuration.name));
    if (session.parentSession === undefined) this.#groups.ended(captureId, session.configuration.name, session.workspaceFolder?.name);
    if (this.#sessionsOf(captureId).length > 0) return;
    this.#names.delete(captureId);
    this.#trackers.delete(captureId);
    this.#noSpans.end(captureId);
    this.#hub.call('endCapture', { captureId }).catch((error: unknown) => {
      this.#logger.warn(`debug: the capture of ${session.name} was not ended: ${String(error)}`);
    });
  }

  #watch(session: vscode.DebugSession, captureId: string): void {
    const { configuration } = session;
    const found = this.#found.get(unsaidKey(captureId, configuration.name));
    this.#noSpans.begin({
      captureId,
      facts: { spansWillCome: found?.spansWillCome ?? true, notes: found?.messages ?? [], runtime: debugRuntime(configuration) ?? 'other' },
      isHeld: () => [...(this.#trackers.get(captureId) ?? [])].some(({ isHeld }) => isHeld),
      tell: (told) => this.#nothingCame(configuration.name, captureId, told),
    });
  }

  #nothingCame(configuration: string, captureId: string, { isTrouble, messages }: ReturnType<typeof noSpans>): void {
    this.#logger.info(`debug: nothing has come from ${configuration}: ${messages.join(' ')}`);
    // What was found at the start was said then.
    const said = this.#found.get(unsaidKey(captureId, configuration))?.messages ?? [];
    for (const message of messages) if (!said.includes(message)) vscode.debug.activeDebugConsole.appendLine(`Traceline: no spans have come from ${configuration}. ${message}`);
    this.#noticeEmitter.fire({ configuration, captureId, messages, spansWillCome: !isTrouble, isWaiting: true });
  }

  #sessionsOf(captureId: string): readonly vscode.DebugSession[] {
    return [...this.#sessions.values()].filter((session) => captureOf(session) === captureId);
  }

  #updatePathRules(): void {
    const rules = launchPathRules([...this.#sessions.values()].map((session) => ({ configuration: session.configuration, folder: session.workspaceFolder?.uri.fsPath ?? '' })));
    if (JSON.stringify(rules) === JSON.stringify(this.#pathRules)) return;
    this.#pathRules = rules;
    this.#pathRulesEmitter.fire(rules);
  }
}

/** Of the session, or of the one that started it. */
function captureOf(session: vscode.DebugSession): string | undefined {
  for (let at: vscode.DebugSession | undefined = session; at !== undefined; at = at.parentSession) {
    const captureId: unknown = at.configuration[captureKey];
    if (typeof captureId === 'string') return captureId;
  }
  return undefined;
}

function unsaidKey(captureId: string, configuration: string): string {
  return `${captureId} ${configuration}`;
}
