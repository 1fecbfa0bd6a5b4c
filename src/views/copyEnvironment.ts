import * as vscode from 'vscode';
import { environmentTexts } from '../client/environmentText.ts';
import { injectEnvironment } from '../client/injection.ts';
import type { ProbePaths } from '../client/probePaths.ts';
import { externalCaptureId } from '../model/span.ts';
import type { HubCaller } from '../protocol/hub.ts';
import { showPick } from './showPick.ts';

/** Copies the variables for a program that Traceline does not start: in a container, in a shell, or before a debugger attaches. */
export async function copyEnvironment(hub: HubCaller, probes: ProbePaths): Promise<void> {
  const { otlpHttp, otlpGrpc } = await hub.call('status', undefined);
  if (otlpHttp === undefined) throw new Error('the receiver has no OTLP/HTTP port at present');
  // A program that is started with a capture's id is traced even if it has no OpenTelemetry; of which start it is, nobody knows.
  const { variables } = injectEnvironment({ environment: {}, otlpHttp, otlpGrpc, captureId: externalCaptureId, probes });
  const items = environmentTexts(variables, process.platform).map(({ label, detail, text }) => ({ label, detail, text }));
  const picked = await showPick(items, { title: 'Copy the environment for what?' });
  if (picked === undefined) return;
  await vscode.env.clipboard.writeText(picked.text);
  vscode.window.setStatusBarMessage(`$(check) Copied the environment: ${picked.label}`, 3000);
}
