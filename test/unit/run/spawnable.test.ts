import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { spawnable } from '../../../src/cli/spawnable.ts';

const environment = { Path: 'C:\\Windows;"C:\\Program Files\\nodejs"', PATHEXT: '.COM;.EXE;.BAT;.CMD', ComSpec: 'C:\\Windows\\cmd.exe' };
const files = new Set(['C:\\Program Files\\nodejs\\npm.CMD', 'C:\\Program Files\\nodejs\\node.EXE', 'run.bat']);
const onWindows = (...command: string[]) => spawnable(command, environment, 'win32', (file) => files.has(file));

describe('spawnable', () => {
  it('leaves a command as it is elsewhere than on Windows', () => {
    assert.deepEqual(spawnable(['npm', 'run', 'a b'], environment, 'linux', () => true), { file: 'npm', args: ['run', 'a b'] });
  });

  it('finds a program on the path, and leaves its arguments to spawn', () => {
    assert.deepEqual(onWindows('node', 'a b'), { file: 'C:\\Program Files\\nodejs\\node.EXE', args: ['a b'] });
    assert.deepEqual(onWindows('nothing', 'x'), { file: 'nothing', args: ['x'] });
  });

  it('runs a batch file by the interpreter, and nothing that its arguments hold is acted upon', () => {
    const { file, args, windowsVerbatimArguments } = onWindows('npm', 'run', 'a b', '%PATH%', 'x&calc', 'say "hi\\"');
    assert.deepEqual([file, windowsVerbatimArguments, args.slice(0, 3)], ['C:\\Windows\\cmd.exe', true, ['/d', '/s', '/c']]);
    const line = args[3] ?? '';
    assert.ok(line.startsWith('"C:\\Program^ Files\\nodejs\\npm.CMD '), line);
    // The interpreter takes one caret off each of what it would act on; after both readings the words are quoted ones.
    const once = (text: string) => text.replace(/\^(.)/g, '$1');
    assert.equal(once(once(line.slice(line.indexOf('.CMD ') + 5, -1))), String.raw`"run" "a b" "%PATH%" "x&calc" "say \"hi\\\""`);
    assert.doesNotMatch(line.slice(1, -1), /(?<!\^)[&%"]/);
    assert.equal(onWindows('./run.bat').args.length, 0, 'a path that is not there is for spawn to refuse');
    assert.equal(onWindows('run.bat').args[3], '"run.bat"');
  });
});
