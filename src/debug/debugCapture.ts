import * as vscode from 'vscode';
import type { HubPort } from '../client/liveRows.ts';
import type { Logger } from '../client/logger.ts';
import { within } from '../client/within.ts';
import type { PathRule } from '../locate/location.ts';
import type { HubStatus } from '../protocol/hub.ts';
import { captureKey, DebugInjection, type DebugNotice } from './debugInjection.ts';
import { launchPathRules } from './pathRules.ts';

export interface DebugHub extends Pick<HubPort, 'call'> {
  /** Starts the hub where none runs; undefined where the person turned receiving off. Rejects with an Error for a person to read. */
  hubReady(): Promise<HubStatus | undefined>;
}

/** How long a session waits for its capture to be written down before its program starts. */
const captureTimeoutMs = 800;

/**
 * F5: every launch is a capture of its own, from the start of its debug adapter (so before its program) to its end. Sessions
 * that a session starts belong to the same.
 */
export class DebugCapture implements vscode.Disposable {
  readonly #hub: DebugHub;
  readonly #logger: Logger;
  readonly #noticeEmitter = new vscode.EventEmitter<DebugNotice>();
  readonly #pathRulesEmitter = new vscode.EventEmitter<readonly PathRule[]>();
  readonly #disposables: vscode.Disposable[];
  /** Running sessions, by id. */
  readonly #sessions = new Map<string, vscode.DebugSession>();
  /** What is yet to be said in a session's console, by capture. */
  readonly #unsaid = new Map<string, DebugNotice>();
  #pathRules: readonly PathRule[] = [];

  /** A launch goes on otherwise than the person may expect: the hub did not start, or their settings keep spans away. */
  readonly onNotice = this.#noticeEmitter.event;
  readonly onPathRulesChanged = this.#pathRulesEmitter.event;

  constructor(hub: DebugHub, probePath: string, logger: Logger) {
    this.#hub = hub;
    this.#logger = logger;
    const injection = new DebugInjection(() => hub.hubReady(), probePath, logger, (notice) => {
      if (notice.captureId !== undefined) this.#unsaid.set(notice.captureId, notice);
      this.#noticeEmitter.fire(notice);
    });
    this.#disposables = [
      this.#noticeEmitter,
      this.#pathRulesEmitter,
      vscode.debug.registerDebugConfigurationProvider('*', injection),
      // Nothing is tracked: this is called, and waited for, before the adapter starts the program.
      vscode.debug.registerDebugAdapterTrackerFactory('*', {
        createDebugAdapterTracker: async (session) => {
          await this.#begin(session);
          return undefined;
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

  async #begin(session: vscode.DebugSession): Promise<void> {
    const captureId = captureOf(session);
    const known = captureId !== undefined && this.#sessionsOf(captureId).some((other) => other.id !== session.id);
    this.#sessions.set(session.id, session);
    this.#updatePathRules();
    if (captureId === undefined || known) return;
    try {
      await within(captureTimeoutMs, this.#hub.call('startCapture', { captureId, name: session.name, kind: 'debug' }));
    } catch (error) {
      this.#logger.warn(`debug: the capture of ${session.name} was not started: ${String(error)}`);
    }
  }

  #started(session: vscode.DebugSession): void {
    const captureId = captureOf(session);
    const notice = captureId === undefined ? undefined : this.#unsaid.get(captureId);
    if (captureId === undefined || notice === undefined) return;
    this.#unsaid.delete(captureId);
    for (const message of notice.messages) vscode.debug.activeDebugConsole.appendLine(`Traceline: ${message}`);
  }

  #ended(session: vscode.DebugSession): void {
    this.#sessions.delete(session.id);
    this.#updatePathRules();
    const captureId = captureOf(session);
    if (captureId === undefined) return;
    this.#unsaid.delete(captureId);
    if (this.#sessionsOf(captureId).length > 0) return;
    this.#hub.call('endCapture', { captureId }).catch((error: unknown) => {
      this.#logger.warn(`debug: the capture of ${session.name} was not ended: ${String(error)}`);
    });
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

function captureOf(session: vscode.DebugSession): string | undefined {
  const captureId: unknown = session.configuration[captureKey];
  return typeof captureId === 'string' ? captureId : undefined;
}
