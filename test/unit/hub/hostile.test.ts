/** What an untrusted span can say, through a real hub to every place that shows it: nothing of it is obeyed, nothing of it is lost. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { operationGroups } from '../../../src/client/functionGroups.ts';
import { hoverTable } from '../../../src/editor/hoverText.ts';
import type { SpanDetails, TraceSummary } from '../../../src/protocol/hub.ts';
import { startHub } from '../../../src/hub/runningHub.ts';
import { hubStatusText } from '../../../src/views/hubStatusText.ts';
import { recentSpanText } from '../../../src/views/recentSpanText.ts';
import { connect } from '../client/hubProcesses.ts';
import { row } from '../editor/rows.ts';
import { rawHttp, request } from '../receivers/rawHttp.ts';
import { atEnd, makeSpan, spanIdOf, temporaryFolder, traceIdOf } from './spans.ts';
import { traceRequestJson } from '../../../src/decode/otlpJsonWriter.ts';

const escape = '\u001b';
const hostile: readonly string[] = [
  "'; DROP TABLE chunks; --", "' OR 1=1 --", '%', '_', '"', '\\', '`', '\u0000', 'a\u0000b', '../../../../etc/passwd', '..\\..\\windows', '/dev/null', 'file:///etc/passwd', '~/.ssh/id_rsa',
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '"><svg onload=alert(1)>', '&lt;b&gt;', 'javascript:alert(1)', '${7*7}', '{{7*7}}', '%s%n%x',
  '[click](command:workbench.action.terminal.new)', '![x](https://evil.example/x.png)', '<a href="command:x">x</a>', '$(terminal) $(sync~spin)', '| a | b |\n| - | - |', '```\ncode\n```', 'https://evil.example',
  `${escape}[2J${escape}[31mred`, `${escape}]0;title\u0007`, `${escape}]8;;https://evil.example${escape}\\link${escape}]8;;${escape}\\`, '\u009b2J', '\r\n\r\nHTTP/1.1 200 OK', 'a\rb', 'a\bb', 'line\nline',
  '\u202eevil\u202c', '\u2066a\u2069', '\u200b\u200f', '\ufeff', '\ud800', '=cmd|" /C calc"!A0', '+1+1', '@SUM(1)', '-2+3', ',;\t"', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '{"a":1}', '[]', 'null', 'x'.repeat(5000),
];

/** As UTF-8 has it. */
const wellFormed = (text: string) => Buffer.from(text).toString();

const mayNotReachTerminal = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/; // eslint-disable-line no-control-regex

const run = promisify(execFile);
const cli = path.join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'main.ts');

/** Everything a span has room for, full of it. */
function hostileBody(value: string, number: number): string {
  const span = makeSpan({ trace: number, id: number, name: value, service: value, capture: value, error: true, attributes: [{ key: value, value }, { key: 'code.file.path', value }, { key: 'code.function.name', value }, { key: 'code.stacktrace', value: `Error: x\n    at ${value} (${value}:1:1)` }] });
  const json = traceRequestJson([{ ...span, traceState: value, status: { code: 2, message: value }, events: [{ timeUnixNano: 1n, name: value, attributes: [{ key: value, value }], droppedAttributesCount: 0 }], scope: { ...span.scope, name: value, version: value } }]);
  return JSON.stringify(json);
}

test('hostile spans: kept as they came, and shown without being obeyed', { timeout: 60_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const hub = await startHub({ dataDir, version: '1.0.0', otlpHttpPort: 0, otlpGrpcPort: 0, limitBytes: 1e9, idleExitMs: undefined });
  atEnd(t, () => hub.stop('the test is over'));
  const connection = connect(t, dataDir, { startIfMissing: false });
  const port = Number(new URL(hub.info.otlpHttp).port);
  for (const [i, value] of hostile.entries()) {
    const answer = await rawHttp(port, request('POST', '/v1/traces', { 'Content-Type': 'application/json' }, hostileBody(value, i + 1)));
    assert.equal(answer.status, 200, JSON.stringify(value));
    assert.equal(answer.body.toString(), '{}');
  }

  // SQL: each is found by its own text alone, and the tables are there.
  const traces = await connection.call('traces', { limit: 1000 });
  assert.equal(traces.length, hostile.length);
  for (const [i, value] of hostile.entries()) {
    const [traceId, spanId] = [traceIdOf(i + 1), spanIdOf(i + 1)];
    const details = await connection.call('spanDetails', { traceId, spanId });
    assert.deepEqual([details?.name, details?.service, details?.status.message, details?.attributes.find(({ key }) => key === value)?.value], [value, value, value, { stringValue: value }]);
    // The table of traces holds UTF-8, which has no half of a pair; the span itself keeps it.
    const stored = wellFormed(value);
    const byName = await connection.call('traces', { name: stored, limit: 1000 });
    const expected = hostile.flatMap((each, n) => (wellFormed(each).toLowerCase().includes(stored.toLowerCase()) ? [traceIdOf(n + 1)] : []));
    assert.deepEqual(byName.map((each) => each.traceId).sort(), expected.sort(), JSON.stringify(value));
    if (stored !== value) continue;
    const byService = await connection.call('traces', { service: stored, limit: 1000 });
    assert.deepEqual(byService.map((each) => each.traceId), [traceId], JSON.stringify(value));
    checkShown(value, details, byService[0]);
  }

  // A capture's id comes from the span: what is no id of ours is "external", and can neither be pinned nor reach a path.
  const status = await connection.call('status', undefined);
  for (const { captureId } of status.captures) assert.match(captureId, /^[\w.:-]{1,100}$/);
  assert.doesNotMatch(hubStatusText(status).replaceAll('\n', ''), mayNotReachTerminal);

  // The terminal, from the store.
  await hub.stop('the command line reads the store itself');
  const node = (...args: readonly string[]) => run(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', cli, ...args, '--data', dataDir], { encoding: 'utf8', maxBuffer: 1e8 });
  const some = [0, hostile.findIndex((value) => value.startsWith(escape)), hostile.indexOf('\u009b2J')];
  const commands = [['status'], ['status', '--json'], ['traces', '--limit', '1000'], ['traces', '--limit', '1000', '--json'], ...some.flatMap((i) => [['trace', traceIdOf(i + 1)], ['trace', traceIdOf(i + 1), '--json']])];
  for (const command of commands) {
    const { stdout, stderr } = await node(...command);
    assert.doesNotMatch(stdout + stderr, mayNotReachTerminal, command.join(' '));
    if (!command.includes('--json')) continue;
    const parsed: unknown = JSON.parse(stdout);
    if (command[0] === 'traces') assert.deepEqual(new Set((parsed as TraceSummary[]).map(({ service }) => service)), new Set(hostile.map((value) => wellFormed(value))));
  }

  // What cannot be read is quoted in the message.
  for (const [i, content] of [`{"resourceSpans":"${escape}[2J\u009b2J`, `{"resourceSpans": "\u009b2J"}`, `${escape}]0;x\u0007`].entries()) {
    const file = path.join(dataDir, `bad${i}.json`);
    await writeFile(file, content);
    const { stderr } = (await run(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--input-type=module', '-e', `
      import { decodeTraceFile } from ${JSON.stringify(path.join(path.dirname(cli), '..', 'decode', 'traceFile.ts'))};
      import { printableLines } from ${JSON.stringify(path.join(path.dirname(cli), 'output.ts'))};
      import { readFileSync } from 'node:fs';
      try { decodeTraceFile(readFileSync(${JSON.stringify(file)})); } catch (error) { process.stderr.write(printableLines(error.message)); }`]));
    assert.notEqual(stderr, '');
    assert.doesNotMatch(stderr, mayNotReachTerminal);
  }
  assert.doesNotMatch((await readFile(path.join(dataDir, 'hub.log'), 'utf8')).replaceAll('\n', ''), mayNotReachTerminal);
});

/** A hover's Markdown, and the labels of lists and trees. */
function checkShown(value: string, details: SpanDetails | undefined, trace: TraceSummary | undefined): void {
  assert.ok(details !== undefined && trace !== undefined);
  const operations = operationGroups([row({ operation: value, service: value }), row({ operation: value, service: 'another' })], undefined);
  const markdown = hoverTable(operations.map((operation) => ({ operation, stats: undefined })));
  for (const line of markdown.split('\n').slice(2, -1)) {
    // Every mark that Markdown, HTML or an icon could begin with stands behind a backslash; what is left is our own table.
    assert.doesNotMatch(line.replace(/\\[!-/:-@[-`{-~]/g, '').replaceAll('|', ''), /[<>[\]`$&*_~#!()\\]/, JSON.stringify(value));
    if (line !== '') assert.equal(line.replace(/\\\|/g, '').split('|').length, 8, JSON.stringify(value));
  }
  const { label, description } = recentSpanText({ traceId: trace.traceId, spanId: details.spanId, service: value, operation: value, startUnixNano: '1', durationNs: 1, error: true, statusMessage: value, captureId: 'c' }, 1, trace);
  for (const text of [label, description]) {
    assert.doesNotMatch(text, mayNotReachTerminal, JSON.stringify(value));
    assert.doesNotMatch(text.replace('$(error) ', ''), /(?<!\\)\$\(/, JSON.stringify(value));
    assert.ok(text.length < 400);
  }
}
