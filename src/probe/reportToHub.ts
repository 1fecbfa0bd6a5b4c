import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import { environmentAttributes } from './environmentAttributes.ts';
import { HubPosts } from './hubPosts.ts';
import { keepOpenSpans, openSpans } from './openSpans.ts';
import { keyOf, openSpansJson, startUnixMs } from './openSpansJson.ts';
import type { Span } from './span.ts';

/** How the spans of this process are made, or why by nobody. */
export interface ProgramFacts {
  readonly sdk: 'own' | 'bundled' | 'none';
  /** Why none is. */
  readonly reason?: string;
}

/** What the debugger calls while it holds the program. */
const openSpansName = Symbol.for('traceline.openSpans');
const everyMs = 200;
const helloAfterMs = 1000;
/** What a socket takes at once, so that a hub which does not read holds nothing up. */
const maxReportLength = 60_000;
const maxAnswerLength = 500_000;
const maxReported = 500;

// The program's tests may put others in their place.
const { setTimeout } = globalThis;
const now = Date.now;

/**
 * Tells the hub, once a second after the start, what makes this process's spans; and of each span that is open for more than 200 ms, once, and
 * when it has ended. Nothing is sent while nothing hangs. Never throws, never keeps the program running.
 */
export function reportToHub(hub: URL, facts: () => ProgramFacts): void {
  const posts = new HubPosts(new URL('/v1/traceline/probe', hub));
  /** Of these the hub was told that they are open. */
  const reported = new Set<Span>();
  let ended: object[] = [];
  let isTold = false;
  let isArmed = false;

  // Made here, so that it belongs to no request of the program's.
  const tick = setTimeout(() => quietly(send), everyMs).unref();
  const arm = (): void => {
    if (isArmed) return;
    isArmed = true;
    tick.refresh();
  };

  const send = (): void => {
    isArmed = false;
    if (openSpans().size > 0 || ended.length > 0) arm();
    if (!posts.isReady) return;
    const sinceMs = now() - everyMs;
    const slow: Span[] = [];
    for (const span of openSpans()) {
      const startMs = startUnixMs(span);
      if (startMs !== undefined && startMs <= sinceMs && !reported.has(span)) slow.push(span);
    }
    if (slow.length === 0 && ended.length === 0) return;
    const { groups, told } = openSpansJson(slow.slice(-Math.max(0, maxReported - reported.size)), maxReportLength);
    if (groups.length === 0 && ended.length === 0) return;
    const endedNow = ended;
    ended = [];
    for (const span of told) reported.add(span);
    posts.post(document(groups, endedNow), (taken) => {
      if (taken) return;
      // It may be another hub that answers next: it is told all anew.
      reported.clear();
      if (openSpans().size > 0) arm();
    });
  };

  keepOpenSpans(arm, (span) => {
    if (reported.size === 0 || !reported.delete(span)) return;
    ended.push(keyOf(span));
    arm();
  });
  Object.defineProperty(globalThis, openSpansName, {
    configurable: true,
    value: () => document(openSpansJson([...openSpans()].slice(-maxReported), maxAnswerLength).groups, []),
  });
  const hello = setTimeout(() => quietly(() => {
    if (isTold) return;
    if (!posts.isReady) {
      hello.refresh();
      return;
    }
    posts.post(`{"process":${JSON.stringify(processFacts())},"program":${JSON.stringify({ ...runtimeFacts(), capture: environmentAttributes()['traceline.capture'], ...facts() })}}`, (taken) => (isTold = taken));
  }), helloAfterMs).unref();
}

function document(groups: readonly string[], ended: readonly object[]): string {
  return `{"process":${JSON.stringify(processFacts())},"ended":${JSON.stringify(ended)},"resourceSpans":[${groups.join()}]}`;
}

function runtimeFacts(): { readonly runtime: string; readonly version: string } {
  for (const runtime of ['bun', 'deno']) {
    const version = process.versions[runtime];
    if (version !== undefined) return { runtime, version };
  }
  return { runtime: 'node', version: process.version };
}

interface ProcessFacts {
  readonly id: string;
  readonly pid: number;
  /** Processes of one host can ask the system whether this one still runs. */
  readonly host: string;
}

let known: ProcessFacts | undefined;

function processFacts(): ProcessFacts {
  return (known ??= { id: `${process.pid}.${threadId}.${Math.round(performance.timeOrigin)}`, pid: process.pid, host: host() });
}

/** A container may have the name of its machine, and its own numbers of processes. */
function host(): string {
  try {
    return `${hostname()} ${process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : ''}`;
  } catch {
    return '';
  }
}

function quietly(effect: () => void): void {
  try {
    effect();
  } catch {
    // The program must not notice.
  }
}
