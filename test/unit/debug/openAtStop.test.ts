import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AskedSession, OpenAtStop } from '../../../src/debug/openAtStop.ts';

const document = '{"process":{"id":"1","pid":1,"host":""},"ended":[],"resourceSpans":[]}';
const stopped = { type: 'event', event: 'stopped', body: { reason: 'breakpoint', threadId: 7 } };
const settled = () => new Promise((resolve) => setTimeout(resolve, 150));

interface Asked {
  readonly command: string;
  readonly parameters: Record<string, unknown>;
}

function session(answer: (command: string) => unknown, type = 'pwa-node'): { readonly session: AskedSession; readonly asked: Asked[]; readonly told: string[]; readonly atStop: OpenAtStop } {
  const asked: Asked[] = [];
  const told: string[] = [];
  const made: AskedSession = {
    type,
    customRequest: (command, parameters) => {
      asked.push({ command, parameters: parameters as Record<string, unknown> });
      return new Promise((resolve) => resolve(answer(command)));
    },
  };
  return { session: made, asked, told, atStop: new OpenAtStop(made, (json) => told.push(json)) };
}

const frames = (command: string, result: unknown = document): unknown => (command === 'stackTrace' ? { stackFrames: [{ id: 42 }] } : { result });

test('the top frame of the thread that stopped is asked', async () => {
  const { atStop, asked, told } = session((command) => frames(command));
  atStop.fromAdapter(stopped);
  await settled();
  assert.deepEqual(asked.map(({ command, parameters }) => [command, parameters.threadId ?? parameters.frameId]), [['stackTrace', 7], ['evaluate', 42]]);
  assert.deepEqual(told, [document]);
});

test('a text as Python or a debugger writes it is read', async () => {
  const python = session((command) => frames(command, `'${document}'`), 'debugpy');
  python.atStop.fromAdapter(stopped);
  const quoted = session((command) => frames(command, JSON.stringify(document)));
  quoted.atStop.fromAdapter(stopped);
  await settled();
  assert.match(String(python.asked[1]?.parameters.expression), /_traceline_open_spans/);
  assert.deepEqual([python.told, quoted.told], [[document], [document]]);
});

test('who steps on is not asked at each line, who went on not at all', async () => {
  const { atStop, asked } = session((command) => frames(command));
  for (let i = 0; i < 5; i++) atStop.fromAdapter(stopped);
  await settled();
  assert.equal(asked.length, 2);
  atStop.fromAdapter(stopped);
  atStop.fromAdapter({ type: 'event', event: 'continued', body: { threadId: 7 } });
  await settled();
  atStop.fromAdapter(stopped);
  atStop.end();
  await settled();
  assert.equal(asked.length, 2);
});

test('no probe, a debugger of another language, a refusal, an answer that is none: nothing', async () => {
  const cases = [
    session((command) => frames(command, 'undefined')),
    session((command) => frames(command), 'java'),
    session(() => Promise.reject(new Error('not stopped'))),
    session(() => undefined),
    session((command) => frames(command, { no: 'text' })),
  ];
  for (const { atStop } of cases) atStop.fromAdapter(stopped);
  for (const message of [null, 5, {}, { type: 'event', event: 'stopped' }, { type: 'response', command: 'stopped' }]) cases[0]!.atStop.fromAdapter(message);
  await settled();
  assert.deepEqual(cases.flatMap(({ told }) => told), []);
  assert.deepEqual(cases[1]!.asked, []);
});
