import * as vscode from 'vscode';
import type { HubPort } from '../client/liveRows.ts';
import { openTraceFile } from '../client/traceFileSource.ts';
import { plainText } from '../model/plainText.ts';
import type { TraceColumns } from '../protocol/hub.ts';
import type { OpenWaterfalls } from './openWaterfalls.ts';
import { showPick } from './showPick.ts';
import { isTraceTarget } from './tracePicker.ts';
import { maxPictureRows, traceSvg } from './traceSvg.ts';

interface ExportFormat extends vscode.QuickPickItem {
  readonly extension: string;
  text(columns: TraceColumns): Promise<string>;
}

export interface ExportPorts {
  readonly hub: HubPort;
  readonly open: OpenWaterfalls;
  /** dist/traceFile.cjs */
  readonly workerScript: string;
}

/**
 * Writes a trace into a file that the person names: the one of a tree's row, or the one in the waterfall the person was in last.
 * @throws Error, RpcError where it cannot be read or written
 */
export async function exportTrace(argument: unknown, ports: ExportPorts): Promise<void> {
  const named = isTraceTarget(argument) ? argument : (argument as { readonly trace?: unknown } | undefined)?.trace;
  const all = ports.open.all();
  const waterfall = all.find(({ isActive }) => isActive) ?? all[0];
  const [hub, traceId] = isTraceTarget(named) ? [ports.hub, named.traceId] : [waterfall?.hub, waterfall?.traceId];
  if (hub === undefined || traceId === undefined) {
    void vscode.window.showInformationMessage('Open the trace that is to be exported first.');
    return;
  }
  const columns = await hub.call('trace', { traceId });
  if (columns === undefined) throw new Error('the trace is not kept any more');
  const format = await showPick(formats(hub, ports.workerScript), { title: `Export ${nameOf(columns, 60)}` });
  if (format === undefined) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const fileName = `${nameOf(columns, 60).replaceAll(/[^\w.-]+/g, '-').replaceAll(/^-+|-+$/g, '') || 'trace'}-${traceId.slice(0, 8)}.${format.extension}`;
  const target = await vscode.window.showSaveDialog({ ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, fileName) }), title: 'Export Trace' });
  if (target === undefined) return;
  const text = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: 'Exporting the trace' }, () => format.text(columns));
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
}

function formats(hub: HubPort, workerScript: string): ExportFormat[] {
  const otlpJson = async ({ traceId }: TraceColumns): Promise<string> => {
    const { json, nextChunk } = await hub.call('exportOtlpJson', { traceIds: [traceId] });
    if (nextChunk !== undefined) throw new Error(`the trace is too large for the editor: traceline export ${traceId} --out FILE takes it in parts`);
    return json;
  };
  return [
    { label: 'OTLP/JSON', detail: 'All of it, attribute for attribute; opens here, and in any collector', extension: 'otlp.json', text: otlpJson },
    { label: 'Jaeger JSON', detail: 'For Jaeger’s UI; its times have microseconds', extension: 'jaeger.json', text: async (columns) => {
      const source = await openTraceFile({ workerScript, source: { bytes: new TextEncoder().encode(await otlpJson(columns)) } });
      return source.exportJaegerJson().finally(() => void source.close());
    } },
    { label: 'Picture (SVG)', detail: `The waterfall of up to ${maxPictureRows} spans, for a report or an issue`, extension: 'svg', text: (columns) => Promise.resolve(traceSvg(columns)) },
  ];
}

function nameOf({ name, strings }: TraceColumns, maxLength: number): string {
  return plainText(strings[name[0] ?? -1] ?? '', maxLength);
}
