/**
 * What package.json contributes, by name. A test compares these tables with the manifest both ways, so a command without
 * a handler, a setting nobody reads or a context key nobody sets cannot stay.
 */
export const extensionId = 'traceline.traceline';
export const commandCategory = 'Traceline';

export interface CommandContribution {
  readonly id: string;
  readonly title: string;
  /** When the palette offers it; `false` where it needs an item to work on. */
  readonly palette: string;
}

export const contextKeys = {
  /** 'off' | 'starting' | 'waiting' | 'receiving' | 'trouble': what the status bar says. */
  state: 'traceline.state',
  /** True while a hub answers this window. */
  connected: 'traceline.connected',
  /** True where the hub keeps any span. */
  hasSpans: 'traceline.hasSpans',
  /** True while the list of a function's recent spans is there. */
  recentSpansShown: 'traceline.recentSpansShown',
} as const;

/** What VS Code calls our webviews: the waterfall of a hub's trace, and the editors of a file of traces (of any JSON: only where a person asks). */
export const viewTypes = { waterfall: 'traceline.waterfall', traceFile: 'traceline.traceFile', traceJson: 'traceline.traceJson' } as const;

const connected = contextKeys.connected;
const hasSpans = `${contextKeys.connected} && ${contextKeys.hasSpans}`;
const waterfallShown = `activeCustomEditorId == ${viewTypes.traceFile} || activeCustomEditorId == ${viewTypes.traceJson} || activeWebviewPanelId == ${viewTypes.waterfall}`;

export const commands = {
  showRecentSpans: { id: 'traceline.showRecentSpans', title: 'Show Recent Spans of Function', palette: `${hasSpans} && editorIsOpen` },
  explainPlace: { id: 'traceline.explainPlace', title: 'Why Is There No Lens Here?', palette: `${connected} && editorIsOpen` },
  openTrace: { id: 'traceline.openTrace', title: 'Open Trace…', palette: hasSpans },
  compareTraces: { id: 'traceline.compareTraces', title: 'Compare Traces…', palette: `${hasSpans} || ${waterfallShown}` },
  compareCaptures: { id: 'traceline.compareCaptures', title: 'Compare Captures…', palette: hasSpans },
  chooseTraceOfFile: { id: 'traceline.chooseTraceOfFile', title: 'Choose Trace of File…', palette: `activeCustomEditorId == ${viewTypes.traceFile} || activeCustomEditorId == ${viewTypes.traceJson}` },
  exportTrace: { id: 'traceline.exportTrace', title: 'Export Trace…', palette: 'true' },
  showSpanAtCursor: { id: 'traceline.showSpanAtCursor', title: 'Show Span at Cursor', palette: 'editorIsOpen' },
  showTraces: { id: 'traceline.showTraces', title: 'Show Captures and Traces', palette: 'true' },
  showMenu: { id: 'traceline.showMenu', title: 'Show Menu', palette: 'true' },
  showHubStatus: { id: 'traceline.showHubStatus', title: 'Show Hub Status', palette: connected },
  copyEndpoint: { id: 'traceline.copyEndpoint', title: 'Copy OTLP Endpoint', palette: connected },
  copyEnvironment: { id: 'traceline.copyEnvironment', title: 'Copy Environment for a Container or Shell…', palette: connected },
  startReceiving: { id: 'traceline.startReceiving', title: 'Start Receiving', palette: `!${connected}` },
  stopReceiving: { id: 'traceline.stopReceiving', title: 'Stop Receiving', palette: connected },
  restartReceiving: { id: 'traceline.restartReceiving', title: 'Restart Receiving', palette: connected },
  refreshCaptures: { id: 'traceline.refreshCaptures', title: 'Refresh', palette: 'false' },
  showMoreTraces: { id: 'traceline.showMoreTraces', title: 'Show More Traces', palette: 'false' },
  chooseCapture: { id: 'traceline.chooseCapture', title: 'Show Lenses of Capture…', palette: hasSpans },
  pinCapture: { id: 'traceline.pinCapture', title: 'Pin Capture', palette: hasSpans },
  unpinCapture: { id: 'traceline.unpinCapture', title: 'Unpin Capture', palette: hasSpans },
  renameCapture: { id: 'traceline.renameCapture', title: 'Rename Capture…', palette: hasSpans },
  deleteCapture: { id: 'traceline.deleteCapture', title: 'Delete Capture…', palette: hasSpans },
  openSettings: { id: 'traceline.openSettings', title: 'Open Settings', palette: 'true' },
  openWalkthrough: { id: 'traceline.openWalkthrough', title: 'Get Started', palette: 'true' },
  showOutput: { id: 'traceline.showOutput', title: 'Show Output', palette: 'true' },
} as const satisfies Record<string, CommandContribution>;

/** Where the setting's value may come from, and its default. */
export const settings = {
  lensEnabled: { key: 'traceline.lens.enabled', default: true },
  hintsEnabled: { key: 'traceline.hints.enabled', default: true },
  otlpHttpPort: { key: 'traceline.hub.otlpHttpPort', default: 4318 },
  otlpGrpcPort: { key: 'traceline.hub.otlpGrpcPort', default: 4317 },
  limitMegabytes: { key: 'traceline.store.limitMegabytes', default: 512 },
  followSelection: { key: 'traceline.waterfall.followSelection', default: true },
  debugInject: { key: 'traceline.debug.inject', default: true },
  terminalsInject: { key: 'traceline.terminals.inject', default: false },
  javaAgentPath: { key: 'traceline.java.agentPath', default: '' },
  pathMappings: { key: 'traceline.pathMappings', default: {} as Readonly<Record<string, string>> },
} as const;

export const views = { container: 'traceline', captures: 'traceline.captures' } as const;
export const walkthroughId = 'traceline.start';
