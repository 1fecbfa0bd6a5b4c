import * as vscode from 'vscode';
import type { OperationRow } from './client/functionTable.ts';
import { LiveRows } from './client/liveRows.ts';
import { OpenSpanRows } from './client/openSpanRows.ts';
import { ShownRows } from './client/shownRows.ts';
import { commands, contextKeys, extensionId, settings, views, walkthroughId } from './contributions.ts';
import { probesBeside } from './client/probePaths.ts';
import { hintOnAttach } from './debug/attachHint.ts';
import { DebugCapture } from './debug/debugCapture.ts';
import { TerminalEnvironment } from './debug/terminalEnvironment.ts';
import { DocumentFollower } from './editor/documentFollower.ts';
import { FileWatch } from './editor/fileWatch.ts';
import { cursorTarget } from './editor/cursorTarget.ts';
import { isFunctionTarget } from './editor/functionTarget.ts';
import { HintDecorations } from './editor/hintDecorations.ts';
import { LensProvider } from './editor/lensProvider.ts';
import { locateSettings, watchRuleFiles } from './editor/locateSettings.ts';
import { showSource } from './editor/showSource.ts';
import { SpanHover } from './editor/spanHover.ts';
import { WorkspaceLocator } from './editor/workspaceLocator.ts';
import type { ComparedWith } from './protocol/compare.ts';
import type { HubStatus } from './protocol/hub.ts';
import { CaptureActions } from './views/captureActions.ts';
import { chooseCapture } from './views/captureChoices.ts';
import { CaptureTree } from './views/captureTree.ts';
import { compareCaptures } from './views/compareCaptures.ts';
import { compareTraces } from './views/compareTraces.ts';
import { copyEndpoint } from './views/copyEndpoint.ts';
import { copyEnvironment } from './views/copyEnvironment.ts';
import { exportTrace } from './views/exportTrace.ts';
import { showHubStatus } from './views/hubStatus.ts';
import { showMenu } from './views/menu.ts';
import { showExplanation } from './views/explain.ts';
import { Receiver } from './views/receiver.ts';
import { OpenWaterfalls } from './views/openWaterfalls.ts';
import { showRecentSpans } from './views/recentSpans.ts';
import { showSpanAtCursor } from './views/showSpanAtCursor.ts';
import { StatusItem } from './views/statusItem.ts';
import { TraceFileEditors } from './views/traceFileEditor.ts';
import { isTraceTarget, pickTrace } from './views/tracePicker.ts';
import { WaterfallPanels } from './views/waterfallPanels.ts';

/** What `activate` gives: enough for a test to see what this window knows. */
export interface TracelineApi {
  readonly dataDir: string;
  hubStatus(): Promise<HubStatus>;
  rows(): readonly OperationRow[];
}

let end: (() => Promise<void>) | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<TracelineApi | undefined> {
  const log = vscode.window.createOutputChannel('Traceline', { log: true });
  context.subscriptions.push(log);
  try {
    return await compose(context, log);
  } catch (error) {
    // VS Code itself says nothing of an extension that does not start.
    log.error(error instanceof Error ? error : String(error));
    void vscode.window.showErrorMessage(`Traceline did not start: ${error instanceof Error ? error.message : String(error)}`, 'Show Output').then((answer) => {
      if (answer !== undefined) log.show();
    });
    return undefined;
  }
}

export async function deactivate(): Promise<void> {
  await end?.();
  end = undefined;
}

async function compose(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<TracelineApi> {
  const script = (name: string) => vscode.Uri.joinPath(context.extensionUri, 'dist', name).fsPath;
  const version = String(context.extension.packageJSON.version);
  const [{ connectHub }, { defaultDataDir }, { startLocator }] = await Promise.all([
    import('./client/hubConnection.ts'), import('./client/dataDir.ts'), import('./client/locator.ts'),
  ]);
  const dataDir = defaultDataDir();

  const receiver = new Receiver(() => connectHub({
    dataDir, version, hubScript: script('hub.cjs'), clientName: 'window', startIfMissing: true, log,
    otlpHttpPort: setting(settings.otlpHttpPort), otlpGrpcPort: setting(settings.otlpGrpcPort), limitBytes: limitBytes(),
  }), log);
  const debug = new DebugCapture(receiver, script('probe/node.cjs'), log);
  const probes = probesBeside(script('probe/node.cjs'));
  const terminals = new TerminalEnvironment(context.environmentVariableCollection, probes);
  const worker = startLocator({
    workerScript: script('locateWorker.cjs'),
    log,
    onPlacesChanged: () => {
      rows.reconsider();
      waterfalls.relocate();
    },
  });
  const locator = new WorkspaceLocator(worker, () => locateSettings(debug.pathRules));
  // F5 begins a capture seconds before its first span.
  receiver.onFeed(({ status }) => {
    if (status.captures.length > 0) locator.prepare();
  });
  const rows = new LiveRows(receiver, locator, log);
  const openRows = new OpenSpanRows(receiver, locator, log);
  const shown = new ShownRows(rows, openRows, receiver, (choice) => status.choose(choice));
  const documents = new DocumentFollower(shown, locator, log);
  const lenses = new LensProvider(documents, () => setting(settings.lensEnabled));
  const hints = new HintDecorations(documents, () => setting(settings.hintsEnabled));
  const hover = new SpanHover(documents, rows, () => setting(settings.lensEnabled) || setting(settings.hintsEnabled));
  const status = new StatusItem();
  const tree = new CaptureTree(receiver);
  const captures = new CaptureActions(receiver);
  const open = new OpenWaterfalls();
  const follow = { isOn: () => setting(settings.followSelection), turn: async (on: boolean) => vscode.workspace.getConfiguration().update(settings.followSelection.key, on, vscode.ConfigurationTarget.Global) };
  const waterfallWindow = { extensionUri: context.extensionUri, locator, showSource, logger: log, open, follow };
  const waterfalls = new WaterfallPanels({ ...waterfallWindow, hub: receiver });
  const traceFiles = new TraceFileEditors({ ...waterfallWindow, workerScript: script('traceFile.cjs'), openElsewhere: (traceId, spanId) => openTrace(traceId, spanId) });
  const openTrace = (traceId: string, spanId?: string) => waterfalls.open(traceId, spanId);
  const compareCapturesPorts = { hub: receiver, rows: () => rows.rows(), compare: (traceId: string, spanId: string, compare: ComparedWith) => waterfalls.open(traceId, spanId, { compare }) };
  let compareListed: (() => void) | undefined;
  const recentSpansPorts = {
    ...compareCapturesPorts,
    openTrace,
    compareCaptures: (only: unknown) => void vscode.commands.executeCommand(commands.compareCaptures.id, only),
    onCompareKey: (press: (() => void) | undefined) => {
      compareListed = press;
      void vscode.commands.executeCommand('setContext', contextKeys.recentSpansShown, press !== undefined);
    },
  };

  receiver.onState((state) => {
    status.show(state);
    tree.show(state);
    // A hub that is being found again is where it was.
    if (state.kind !== 'starting') terminals.show(state.kind === 'connected' ? state.feed.status : undefined);
  });
  status.show(receiver.state);

  const relocate = () => {
    locator.reconfigure();
    rows.relocate();
    waterfalls.relocate();
  };
  const guarded = (action: () => unknown) => () => {
    Promise.resolve().then(action).catch((error: unknown) => {
      log.error(error instanceof Error ? error : String(error));
      void vscode.window.showErrorMessage(`Traceline: ${error instanceof Error ? error.message : String(error)}`);
    });
  };
  const register = ({ id }: { readonly id: string }, action: (argument: unknown) => unknown) =>
    vscode.commands.registerCommand(id, (argument: unknown) => guarded(() => action(argument))());

  context.subscriptions.push(
    terminals, hintOnAttach(), debug, debug.onNotice((notice) => {
      status.notice(notice);
      tree.notice(notice);
    }), debug.onPathRulesChanged(relocate),
    documents, lenses, hints, hover, status, tree, waterfalls, traceFiles, new FileWatch({ rows, locator, onChange: () => waterfalls.relocate(), logger: log }), { dispose: () => rows.dispose() }, openRows, shown,
    register(commands.showRecentSpans, (argument) => {
      const target = isFunctionTarget(argument) ? argument : cursorTarget(vscode.window.activeTextEditor);
      return showRecentSpans(() => (target === undefined ? undefined : documents.group(target)), recentSpansPorts);
    }),
    register(commands.explainPlace, (argument) => {
      const target = isFunctionTarget(argument) ? argument : cursorTarget(vscode.window.activeTextEditor);
      return target && showExplanation({ file: target.file, group: documents.group(target), rows, locator });
    }),
    register(commands.openTrace, (argument) => (isTraceTarget(argument) ? openTrace(argument.traceId, argument.spanId) : pickTrace(receiver, openTrace))),
    register(commands.compareTraces, (argument) => (argument === undefined && compareListed !== undefined ? compareListed() : compareTraces(argument, { hub: receiver, open, compare: (traceId, compare) => waterfalls.open(traceId, undefined, { compare }) }))),
    register(commands.compareCaptures, (argument) => compareCaptures(argument, compareCapturesPorts)),
    register(commands.chooseTraceOfFile, () => traceFiles.chooseTrace()),
    register(commands.exportTrace, (argument) => exportTrace(argument, { hub: receiver, open, workerScript: script('traceFile.cjs') })),
    register(commands.showSpanAtCursor, () => showSpanAtCursor(open)),
    register(commands.showTraces, () => vscode.commands.executeCommand(`${views.captures}.focus`)),
    register(commands.showMenu, () => showMenu(receiver.state)),
    register(commands.showHubStatus, () => showHubStatus(receiver)),
    register(commands.copyEndpoint, () => copyEndpoint(receiver)),
    register(commands.copyEnvironment, () => copyEnvironment(receiver, probes)),
    register(commands.startReceiving, () => receiver.start()),
    register(commands.stopReceiving, () => receiver.stop('stopped by the person')),
    register(commands.restartReceiving, () => receiver.restart('restarted by the person')),
    register(commands.refreshCaptures, () => tree.refresh()),
    register(commands.showMoreTraces, (captureId) => tree.showMore(String(captureId))),
    register(commands.chooseCapture, async (node) => {
      const choice = await chooseCapture(receiver, shown.choice, node);
      if (choice !== undefined) shown.choose(choice);
    }),
    register(commands.pinCapture, (node) => captures.pin(node, true)),
    register(commands.unpinCapture, (node) => captures.pin(node, false)),
    register(commands.renameCapture, (node) => captures.rename(node)),
    register(commands.deleteCapture, (node) => captures.delete(node)),
    register(commands.openSettings, () => vscode.commands.executeCommand('workbench.action.openSettings', `@ext:${extensionId}`)),
    register(commands.openWalkthrough, () => vscode.commands.executeCommand('workbench.action.openWalkthrough', `${extensionId}#${walkthroughId}`)),
    register(commands.showOutput, () => log.show()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      const changed = ({ key }: { readonly key: string }) => event.affectsConfiguration(key);
      if (changed(settings.lensEnabled)) lenses.refresh();
      if (changed(settings.hintsEnabled)) hints.refresh();
      if (changed(settings.pathMappings) || event.affectsConfiguration('launch')) relocate();
      if (changed(settings.terminalsInject) || event.affectsConfiguration('terminal.integrated.env')) terminals.refresh();
      if (changed(settings.limitMegabytes)) guarded(() => receiver.call('setLimit', { limitBytes: limitBytes() }))();
      if (changed(settings.otlpHttpPort) || changed(settings.otlpGrpcPort)) guarded(() => receiver.restart('its ports were changed'))();
    }),
    watchRuleFiles(relocate),
    vscode.workspace.onDidChangeWorkspaceFolders(relocate),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      relocate();
      terminals.refresh();
    }),
  );
  end = async () => {
    receiver.dispose();
    await worker.close();
  };

  // Services in a terminal find the hub only while it runs, so it does wherever someone works on code.
  if (vscode.workspace.workspaceFolders !== undefined) receiver.start();
  return { dataDir, hubStatus: () => receiver.call('status', undefined), rows: () => rows.rows() };
}

function setting<T extends boolean | number>({ key, default: otherwise }: { readonly key: string; readonly default: T }): T extends boolean ? boolean : number {
  return vscode.workspace.getConfiguration().get(key) ?? (otherwise as never);
}

function limitBytes(): number {
  return setting(settings.limitMegabytes) * 1_048_576;
}
