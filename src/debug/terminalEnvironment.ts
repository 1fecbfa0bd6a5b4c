import * as vscode from 'vscode';
import type { ProbePaths } from '../client/probePaths.ts';
import { terminalChanges } from '../client/terminalChanges.ts';
import { settings } from '../contributions.ts';
import type { HubStatus } from '../protocol/hub.ts';

export type Endpoints = Pick<HubStatus, 'otlpHttp' | 'otlpGrpc'>;

/**
 * Gives new terminals of a trusted workspace what brings their programs' spans here, while the hub runs and the person wants it.
 * Nothing outlives this window.
 */
export class TerminalEnvironment implements vscode.Disposable {
  readonly #collection: vscode.EnvironmentVariableCollection;
  readonly #probes: ProbePaths;
  #endpoints: Endpoints | undefined;
  #shown = '[]';

  constructor(collection: vscode.EnvironmentVariableCollection, probes: ProbePaths) {
    this.#collection = collection;
    this.#probes = probes;
    collection.persistent = false;
    collection.clear();
  }

  /** Where the hub receives; undefined where it does not run. */
  show(endpoints: Endpoints | undefined): void {
    this.#endpoints = endpoints;
    this.refresh();
  }

  /** After the setting, the trust or the terminal's own variables changed. */
  refresh(): void {
    const { otlpHttp, otlpGrpc } = this.#endpoints ?? {};
    const wanted = vscode.workspace.isTrusted && vscode.workspace.getConfiguration().get(settings.terminalsInject.key, settings.terminalsInject.default);
    const changes = otlpHttp === undefined || !wanted ? [] : terminalChanges({ environment: terminalEnvironment(), otlpHttp, otlpGrpc, probes: this.#probes });
    // VS Code asks to start terminals again whenever the collection changes.
    const key = JSON.stringify(changes);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#collection.clear();
    this.#collection.description = new vscode.MarkdownString('Programs that use OpenTelemetry send their spans to Traceline. See the setting `traceline.terminals.inject`.');
    for (const { name, how, value } of changes) this.#collection[how](name, value);
  }

  dispose(): void {
    this.#collection.clear();
  }
}

function terminalEnvironment(): Readonly<Record<string, string | undefined>> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform === 'darwin' ? 'osx' : 'linux';
  const own = vscode.workspace.getConfiguration('terminal.integrated.env').get<Readonly<Record<string, string | null>>>(platform) ?? {};
  return { ...process.env, ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name, value ?? undefined])) };
}
