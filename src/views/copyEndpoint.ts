import * as vscode from 'vscode';
import type { HubCaller } from '../protocol/hub.ts';
import { showPick } from './showPick.ts';

/** Copies the address a program sends to; asks which where there are two. */
export async function copyEndpoint(hub: HubCaller): Promise<void> {
  const { otlpHttp, otlpGrpc } = await hub.call('status', undefined);
  const items = [
    ...(otlpHttp === undefined ? [] : [{ label: otlpHttp, description: 'OTLP/HTTP', detail: `OTEL_EXPORTER_OTLP_ENDPOINT=${otlpHttp}` }]),
    ...(otlpGrpc === undefined ? [] : [{ label: otlpGrpc, description: 'OTLP/gRPC', detail: `OTEL_EXPORTER_OTLP_ENDPOINT=${otlpGrpc} OTEL_EXPORTER_OTLP_PROTOCOL=grpc` }]),
  ];
  const picked = items.length > 1 ? await showPick(items, { title: 'Copy which endpoint?' }) : items[0];
  if (picked === undefined) return;
  await vscode.env.clipboard.writeText(picked.label);
  vscode.window.setStatusBarMessage(`$(check) Copied ${picked.label}`, 3000);
}
