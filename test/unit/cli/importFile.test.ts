import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { importFile } from '../../../src/cli/importFile.ts';
import { traceRequestJson } from '../../../src/decode/otlpJsonWriter.ts';
import { decodeTraces } from '../../../src/hub/chunkReader.ts';
import type { Encoding } from '../../../src/hub/sink.ts';
import type { HubCaller } from '../../../src/protocol/hub.ts';
import { traceRequest } from '../decode/modelToProto.ts';
import { encode } from '../decode/otlpProto.ts';
import { makeSpan, temporaryFolder } from '../hub/spans.ts';

/** A hub that decodes what it is sent. */
function fakeHub() {
  const sent: { encoding: Encoding; names: string[] }[] = [];
  const call = (method: string, { bytes, encoding }: { bytes: Uint8Array; encoding: Encoding }) => {
    assert.equal(method, 'importOtlp');
    const { spans } = decodeTraces(bytes, encoding);
    sent.push({ encoding, names: spans.map(({ name }) => name) });
    return Promise.resolve({ accepted: spans.length, rejected: 0 });
  };
  return { hub: { call } as unknown as HubCaller, sent };
}

async function fileOf(t: TestContext, bytes: Uint8Array | string, name = 'spans'): Promise<string> {
  const file = path.join(await temporaryFolder(t), name);
  await writeFile(file, bytes);
  return file;
}

const span = (id: number, name: string) => ({ ...makeSpan({ id }), name });
const line = (id: number, name: string) => JSON.stringify(traceRequestJson([span(id, name)]));

test('a packed file is imported as the one in it: lines, protobuf, Jaeger; whatever its name is', async (t) => {
  const jaeger = JSON.stringify({ data: [{ traceID: '1', spans: [{ traceID: '1', spanID: '2', operationName: 'op', startTime: 1, duration: 1, processID: 'p' }], processes: { p: { serviceName: 's' } } }] });
  const contents: Readonly<Record<string, readonly [Uint8Array | string, readonly { encoding: Encoding; names: readonly string[] }[]]>> = {
    lines: [`${line(1, 'a')}\r\n\n${line(2, 'é\u2028b\u0085c')}`, [{ encoding: 'json', names: ['a'] }, { encoding: 'json', names: ['é\u2028b\u0085c'] }]],
    protobuf: [encode('ExportTraceServiceRequest', traceRequest([span(1, 'p')])), [{ encoding: 'protobuf', names: ['p'] }]],
    jaeger: [jaeger, [{ encoding: 'json', names: ['op'] }]],
    'more lines than are read at once': [Array.from({ length: 3000 }, (_, n) => line(n + 1, `n${n}`)).join('\n'), Array.from({ length: 3000 }, (_, n) => ({ encoding: 'json' as const, names: [`n${n}`] }))],
  };
  for (const [what, [content, wanted]] of Object.entries(contents)) {
    // Two gzips, one behind the other, are one.
    const half = Math.floor(Buffer.from(content).length / 2);
    const twice = Buffer.concat([gzipSync(Buffer.from(content).subarray(0, half)), gzipSync(Buffer.from(content).subarray(half))]);
    assert.deepEqual(gunzipSync(twice), Buffer.from(content));
    for (const [name, bytes] of [['plain.json', content], ['spans.json.gz', gzipSync(content)], ['spans.json', gzipSync(content)], ['two.gz', twice]] as const) {
      const { hub, sent } = fakeHub();
      assert.deepEqual(await importFile(hub, await fileOf(t, bytes, name), 'c'), { accepted: wanted.length, rejected: 0 }, `${what} as ${name}`);
      assert.deepEqual(sent, wanted, `${what} as ${name}`);
    }
  }
});

test('a packed file that is cut short or broken says so, and how much of it is kept', async (t) => {
  const lines = gzipSync(Array.from({ length: 5000 }, (_, n) => line(n + 1, `name ${n * 7919}`)).join('\n'));
  const { hub, sent } = fakeHub();
  await assert.rejects(importFile(hub, await fileOf(t, lines.subarray(0, lines.length - 2000)), 'c'), (error: Error) => {
    const [, kept] = /^line \d+: the file is no whole gzip: .*; (\d+) spans of the lines before it are kept$/.exec(error.message) ?? [];
    assert.equal(Number(kept), sent.length, error.message);
    return true;
  });
  assert.ok(sent.length > 100, `${sent.length}`);
  const none = fakeHub();
  await assert.rejects(importFile(none.hub, await fileOf(t, Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(50, 7)])), 'c'), /^Error: the file is no whole gzip: /);
  await assert.rejects(importFile(none.hub, await fileOf(t, gzipSync('{"no":"spans"}')), 'c'), Error);
  await assert.rejects(importFile(none.hub, await fileOf(t, ''), 'c'), /the file is empty/);
  assert.deepEqual(none.sent, []);
});

test('what unpacks to far more than it is is not unpacked to its end', async (t) => {
  const { hub, sent } = fakeHub();
  const mebibyte = gzipSync(Buffer.alloc(1024 * 1024, ' '));
  await assert.rejects(importFile(hub, await fileOf(t, Buffer.concat(new Array<Buffer>(300).fill(mebibyte))), 'c'), /more than 256 MiB is not read at once/);
  assert.deepEqual(sent, []);
});
