import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { TraceBatch } from '../../../src/decode/batch.ts';
import { decodeTraces } from '../../../src/decode/otlpJson.ts';
import { traceRequestJson } from '../../../src/decode/otlpJsonWriter.ts';
import type { Attribute } from '../../../src/model/attributes.ts';
import { captureAttribute, type Resource, type Span, statusError } from '../../../src/model/span.ts';

export interface SpanShape {
  readonly trace?: number;
  readonly id: number;
  readonly parent?: number;
  readonly name?: string;
  readonly kind?: number;
  readonly service?: string;
  readonly capture?: string;
  readonly startMs?: number;
  readonly durationMs?: number;
  readonly error?: boolean;
  /** code.file.path, and a stack in that file. */
  readonly file?: string;
  readonly attributes?: readonly Attribute[];
}

export const baseUnixNano = 1_790_000_000_000_000_000n;

export function traceIdOf(n: number): string {
  return n.toString(16).padStart(32, '0');
}

export function spanIdOf(n: number): string {
  return n.toString(16).padStart(16, '0');
}

const resources = new Map<string, Resource>();

function resourceOf(service: string, capture: string | undefined): Resource {
  const key = `${service}/${capture}`;
  let resource = resources.get(key);
  if (resource === undefined) {
    const attributes: Attribute[] = [{ key: 'service.name', value: service }];
    if (capture !== undefined) attributes.push({ key: captureAttribute, value: capture });
    resources.set(key, (resource = { attributes, droppedAttributesCount: 0, schemaUrl: '' }));
  }
  return resource;
}

export function makeSpan(shape: SpanShape): Span {
  const startUnixNano = baseUnixNano + BigInt(Math.round((shape.startMs ?? 0) * 1e6));
  const site: Attribute[] = shape.file === undefined ? [] : [
    { key: 'code.file.path', value: shape.file }, { key: 'code.stacktrace', value: `    at f (${shape.file}:1:1)` },
  ];
  return {
    traceId: traceIdOf(shape.trace ?? 1),
    spanId: spanIdOf(shape.id),
    parentSpanId: shape.parent === undefined ? undefined : spanIdOf(shape.parent),
    traceState: '', flags: 0,
    name: shape.name ?? `span ${shape.id}`,
    kind: shape.kind ?? 1,
    startUnixNano,
    endUnixNano: startUnixNano + BigInt(Math.round((shape.durationMs ?? 1) * 1e6)),
    attributes: [...site, ...(shape.attributes ?? [])],
    droppedAttributesCount: 0, events: [], droppedEventsCount: 0, links: [], droppedLinksCount: 0,
    status: { code: shape.error === true ? statusError : 0, message: '' },
    resource: resourceOf(shape.service ?? 'shop', shape.capture),
    scope: { name: 'test', version: '', attributes: [], droppedAttributesCount: 0, schemaUrl: '' },
  };
}

/** As a receiver hands a request over. */
export function request(shapes: readonly SpanShape[]): { readonly bytes: Uint8Array<ArrayBuffer>; readonly encoding: 'json'; readonly batch: TraceBatch } {
  const bytes = Buffer.from(JSON.stringify(traceRequestJson(shapes.map(makeSpan))));
  return { bytes, encoding: 'json', batch: decodeTraces(bytes) };
}

const cleanups = new WeakMap<TestContext, (() => Promise<void>)[]>();

/** Runs when the test is over, the last registered first: a folder goes after the hub that writes into it. */
export function atEnd(test: TestContext, cleanup: () => Promise<void>): void {
  const known = cleanups.get(test);
  if (known !== undefined) {
    known.push(cleanup);
    return;
  }
  const list = [cleanup];
  cleanups.set(test, list);
  test.after(async () => {
    for (const run of list.reverse()) await run();
  });
}

export async function temporaryFolder(test: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'traceline-hub-'));
  atEnd(test, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}
