import * as vscode from 'vscode';
import { injectEnvironment } from '../client/injection.ts';
import type { Logger } from '../client/logger.ts';
import { type ProbePaths, probesBeside } from '../client/probePaths.ts';
import { within } from '../client/within.ts';
import { settings } from '../contributions.ts';
import type { HubStatus } from '../protocol/hub.ts';
import { debugEnvironment, debugRuntime, envFilesOf } from './debugEnvironment.ts';
import { debugNotes } from './debugNotes.ts';
import { debugServiceName } from './debugServiceName.ts';
import { parseEnvFile } from './envFile.ts';
import { withJavaAgent } from './javaAgent.ts';

/** Where the id of its capture stands in a configuration that we injected into. */
export const captureKey = 'tracelineCapture';

export interface DebugNotice {
  /** The configuration's name. */
  readonly configuration: string;
  readonly captureId: string | undefined;
  /** A sentence each: what it means and what to do. */
  readonly messages: readonly string[];
  /** False where no span can come from this session. */
  readonly spansWillCome: boolean;
  /** It is up, and nothing has come. */
  readonly isWaiting?: boolean;
}

/** The capture of a configuration that is being started, by its name and its folder's. */
export type CaptureFor = (name: string, folder: string | undefined) => Promise<string>;

/** How long a launch waits for a hub to start. */
const hubTimeoutMs = 3000;

/**
 * Adds to each launch of a trusted workspace the environment that brings its spans here. A launch is never stopped and
 * never fails because of us: where anything is wrong the configuration goes on as it came, and `onNotice` hears why.
 */
export class DebugInjection implements vscode.DebugConfigurationProvider {
  readonly #hubReady: () => Promise<HubStatus | undefined>;
  readonly #probes: Required<ProbePaths>;
  readonly #logger: Logger;
  readonly #captureFor: CaptureFor;
  readonly #onNotice: (notice: DebugNotice) => void;

  constructor(hubReady: () => Promise<HubStatus | undefined>, nodeProbe: string, captureFor: CaptureFor, logger: Logger, onNotice: (notice: DebugNotice) => void) {
    this.#hubReady = hubReady;
    this.#probes = probesBeside(nodeProbe);
    this.#captureFor = captureFor;
    this.#logger = logger;
    this.#onNotice = onNotice;
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration> {
    try {
      return await this.#inject(folder, configuration);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#logger.error(`debug: ${configuration.name} is started without tracing: ${reason}`);
      this.#onNotice({
        configuration: configuration.name,
        captureId: undefined,
        messages: [`${configuration.name} runs without tracing, since Traceline's receiver did not start: ${reason}`],
        spansWillCome: false,
      });
      return configuration;
    }
  }

  async #inject(folder: vscode.WorkspaceFolder | undefined, configuration: vscode.DebugConfiguration): Promise<vscode.DebugConfiguration> {
    const runtime = debugRuntime(configuration);
    // With a capture already: a session that another one starts with its own configuration.
    if (runtime === undefined || configuration[captureKey] !== undefined || !vscode.workspace.isTrusted) return configuration;
    if (!vscode.workspace.getConfiguration(undefined, folder).get(settings.debugInject.key, settings.debugInject.default)) return configuration;
    const status = await within(hubTimeoutMs, this.#hubReady());
    if (status === undefined) return configuration;
    const { otlpHttp, otlpGrpc } = status;
    if (otlpHttp === undefined) throw new Error('its OTLP/HTTP port does not listen');
    const captureId = await this.#captureFor(configuration.name, folder?.name);
    const environment = debugEnvironment(configuration, process.env, await readEnvFiles(envFilesOf(configuration)));
    const { variables, notes: injectionNotes, spansWillCome } = injectEnvironment({
      environment,
      otlpHttp,
      otlpGrpc,
      captureId,
      serviceName: debugServiceName(configuration, folder?.uri.fsPath),
      probes: runtime === 'other' ? {} : { [runtime]: this.#probes[runtime] },
    });
    const notes = [...injectionNotes, ...debugNotes(configuration)];
    this.#logger.info(`debug: ${configuration.name} is capture ${captureId}, with ${Object.keys(variables).join(', ')}`);
    if (notes.length > 0) {
      for (const note of notes) this.#logger.warn(`debug: ${configuration.name}: ${note}`);
      this.#onNotice({ configuration: configuration.name, captureId, messages: notes, spansWillCome });
    }
    const agentPath = vscode.workspace.getConfiguration(undefined, folder).get(settings.javaAgentPath.key, settings.javaAgentPath.default);
    const form = configuration.type === 'java' && agentPath !== '' ? withJavaAgent(configuration, agentPath, environment) : {};
    return { ...configuration, ...form, [captureKey]: captureId, env: { ...(configuration.env as object | undefined), ...variables } };
  }
}

/** Later files win. One that cannot be read is the debugger's to complain about. */
async function readEnvFiles(files: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const texts = await Promise.all(
    files.map(async (file) => {
      try {
        return new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.file(file)));
      } catch {
        return '';
      }
    }),
  );
  return Object.assign({}, ...texts.map(parseEnvFile)) as Record<string, string>;
}
