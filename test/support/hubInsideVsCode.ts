/** What the suites inside VS Code share that ask the hub themselves. */
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { connectHub, type HubConnection } from '../../src/client/hubConnection.ts';
import type { TracelineApi } from '../../src/extension.ts';
import { eventually, workspaceFolder } from './insideVsCode.ts';

const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** A connection of the test's own to the hub of this window, once it is up. */
export async function connectHubOfWindow(): Promise<HubConnection> {
  const api = await vscode.extensions.getExtension<TracelineApi>('traceline.traceline')?.activate();
  assert.ok(api !== undefined);
  await eventually('the hub', () => api.hubStatus().catch(() => undefined));
  return connectHub({ dataDir: api.dataDir, version: '0.0.0', hubScript: '', clientName: 'test', startIfMissing: false, log: quiet, otlpHttpPort: 0, otlpGrpcPort: 0, limitBytes: 1e9 });
}

/** Starts the configuration “Server” under the debugger, and gives what its requests begin with: it writes its port into a file. */
export async function startServer(): Promise<string> {
  const file = path.join(workspaceFolder().uri.fsPath, 'port');
  await rm(file, { force: true });
  assert.ok(await vscode.debug.startDebugging(workspaceFolder(), 'Server'), 'the server starts');
  return eventually('the server', () => readFile(file, 'utf8').then((port) => (port === '' ? undefined : `http://127.0.0.1:${port}`), () => undefined));
}
