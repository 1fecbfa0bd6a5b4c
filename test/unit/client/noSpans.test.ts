import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noSpans, type NoSpansInput } from '../../../src/client/noSpans.ts';
import type { ProgramRecord } from '../../../src/protocol/hub.ts';

const program = (over: Partial<ProgramRecord>): ProgramRecord => ({ pid: 1, runtime: 'node', version: 'v24.1.0', sdk: 'none', reason: undefined, ...over });
const why = (over: Partial<NoSpansInput>) => noSpans({ spansWillCome: true, notes: [], programs: [], runtime: 'node', ...over });

test('the person\'s own settings, in their words', () => {
  const notes = ['OTEL_SDK_DISABLED is true, so the program makes no spans. Unset it to see them.'];
  assert.deepEqual(why({ spansWillCome: false, notes, programs: [program({ sdk: 'own' })] }), { isTrouble: true, short: 'no spans will come', messages: notes });
});

test('instrumented, and nobody has asked it anything: no trouble', () => {
  const told = why({ programs: [program({ sdk: 'none', reason: 'runtime' }), program({ sdk: 'bundled' })], notes: ['a note'] });
  assert.equal(told.isTrouble, false);
  assert.match(told.messages.join(' '), /instrumented.*Send it a request\. a note$/);
});

test('an SDK of its own: named where it is known', () => {
  assert.match(why({ programs: [program({ sdk: 'own', reason: 'dd-trace' })] }).messages[0] ?? '', /^The program has dd-trace of its own/);
  assert.match(why({ programs: [program({ sdk: 'own' })] }).messages[0] ?? '', /^The program has an OpenTelemetry SDK of its own/);
});

test('a runtime that ours does not run on: which, and what would', () => {
  assert.match(why({ programs: [program({ version: 'v18.4.0', reason: 'runtime' })] }).messages[0] ?? '', /Node 18\.4\.0 .*18\.19, 20\.6 or newer/);
  assert.match(why({ programs: [program({ runtime: 'bun', reason: 'runtime' })] }).messages[0] ?? '', /runs on bun/);
  assert.match(why({ programs: [program({ runtime: 'python', reason: 'no opentelemetry-distro is installed.' })] }).messages[0] ?? '', /no opentelemetry-distro/);
  assert.equal(why({ programs: [program({ reason: 'runtime' })] }).isTrouble, true);
});

test('no word from a probe: what that means for what was started', () => {
  assert.match(why({}).messages[0] ?? '', /NODE_OPTIONS/);
  assert.match(why({ runtime: 'python' }).messages[0] ?? '', /opentelemetry-bootstrap/);
  assert.match(why({ runtime: 'other' }).messages[0] ?? '', /no OpenTelemetry SDK or agent/);
  assert.deepEqual([why({}).isTrouble, why({ runtime: 'python' }).isTrouble, why({ runtime: 'any' }).isTrouble], [true, false, false]);
});
