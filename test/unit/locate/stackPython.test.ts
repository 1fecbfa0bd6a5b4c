// Texts of Python 3.11 were recorded by running programs; only their paths were changed. Others say where they are from.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePythonStack } from '../../../src/locate/stack/python.ts';
import { shown } from './stackSupport.ts';

const chained = `Traceback (most recent call last):
  File "/srv/app/orders.py", line 6, in price
    return load(order)
           ^^^^^^^^^^^
  File "/srv/app/orders.py", line 3, in load
    return {}[key]
           ~~^^^^^
KeyError: 'a'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/app/orders.py", line 11, in total
    return sum(price(each) for each in orders)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/srv/app/orders.py", line 11, in <genexpr>
    return sum(price(each) for each in orders)
               ^^^^^^^^^^^
  File "/srv/app/orders.py", line 8, in price
    raise ValueError('no price') from error
ValueError: no price

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/app/orders.py", line 24, in show
    try: f()
         ^^^
  File "/srv/app/orders.py", line 13, in total
    raise RuntimeError('no total')
RuntimeError: no total
`;

test('the last exception of a chain comes first, innermost frame first', () => {
  assert.deepEqual(shown(parsePythonStack(chained)), [
    'total /srv/app/orders.py:13',
    'show /srv/app/orders.py:24',
    'price /srv/app/orders.py:8',
    '- /srv/app/orders.py:11',
    'total /srv/app/orders.py:11',
    'load /srv/app/orders.py:3',
    'price /srv/app/orders.py:6',
  ]);
  assert.deepEqual(parsePythonStack(chained.replaceAll('\n', '\r\n').trim()), parsePythonStack(chained));
  assert.deepEqual(parsePythonStack(chained.replaceAll(/^/gm, '    ')), parsePythonStack(chained));
});

const group = `Traceback (most recent call last):
  File "/srv/app/orders.py", line 40, in inner
    try: load('a')
         ^^^^^^^^^
KeyError: 'a'

The above exception was the direct cause of the following exception:

  + Exception Group Traceback (most recent call last):
  |   File "/srv/app/orders.py", line 24, in show
  |     try: f()
  |          ^^^
  |   File "/srv/app/orders.py", line 41, in inner
  |     except KeyError as e: raise ExceptionGroup('several', [e, ValueError('x')]) from e
  | ExceptionGroup: several (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/srv/app/orders.py", line 40, in inner
    |     try: load('a')
    |          ^^^^^^^^^
    |   File "/srv/app/orders.py", line 3, in load
    |     return {}[key]
    |            ~~^^^^^
    | KeyError: 'a'
    +---------------- 2 ----------------
    | ValueError: x
    +------------------------------------
`;

test('a group comes before its cause, and both before the exceptions in it', () => {
  assert.deepEqual(shown(parsePythonStack(group)), [
    'inner /srv/app/orders.py:41',
    'show /srv/app/orders.py:24',
    'inner /srv/app/orders.py:40',
    'load /srv/app/orders.py:3',
    'inner /srv/app/orders.py:40',
  ]);
  const alone = group.slice(group.indexOf('  + Exception'));
  assert.deepEqual(shown(parsePythonStack(alone.trim()))?.[0], 'inner /srv/app/orders.py:41');
});

test('reads repeated lines, errors of syntax and text without a file', () => {
  assert.deepEqual(
    shown(
      parsePythonStack(`Traceback (most recent call last):
  File "/srv/app/orders.py", line 32, in <lambda>
    show('recursion', lambda: again(0))
                              ^^^^^^^^
  File "/srv/app/orders.py", line 15, in again
    return again(n + 1)
           ^^^^^^^^^^^^
  [Previous line repeated 994 more times]
RecursionError: maximum recursion depth exceeded
`),
    ),
    ['again /srv/app/orders.py:15', '- /srv/app/orders.py:32'],
  );
  assert.deepEqual(
    shown(
      parsePythonStack(`Traceback (most recent call last):
  File "/srv/app/orders.py", line 35, in show
    show('syntax import', lambda: __import__('broken'))
  File "/srv/app/broken.py", line 1
    x = (1,
        ^
SyntaxError: '(' was never closed
`),
    ),
    ['- /srv/app/broken.py:1', 'show /srv/app/orders.py:35'],
  );
  assert.deepEqual(
    shown(parsePythonStack('Traceback (most recent call last):\n  File "<string>", line 1, in <module>\n  File "<frozen importlib._bootstrap>", line 241, in _call_with_frames_removed\nKeyError: 1\n')),
    ['_call_with_frames_removed -', '- -'],
  );
});

test('a stack without an exception (traceback.format_stack) and Windows paths', () => {
  // Written after the documentation of `traceback`.
  assert.deepEqual(shown(parsePythonStack('  File "C:\\srv\\a "b".py", line 9, in <module>\n    main()\n  File "C:\\srv\\b.py", line 3, in main\n    f()\n')), [
    'main C:\\srv\\b.py:3',
    '- C:\\srv\\a "b".py:9',
  ]);
});

test('a traceback that was cut has lost its innermost frames, and says nothing', () => {
  const cut = chained.slice(0, chained.lastIndexOf('  File'));
  assert.deepEqual(parsePythonStack(cut), []);
  assert.deepEqual(parsePythonStack(chained.slice(0, chained.indexOf('KeyError'))), []);
});

test('of a text that is too long the end is read', () => {
  const first = '  File "/srv/app/deep.py", line 1, in deep\n    deep()\n';
  const text = `Traceback (most recent call last):\n${first.repeat(2_000)}  File "/srv/app/end.py", line 7, in end\n    raise ValueError()\nValueError\n`;
  const frames = parsePythonStack(text);
  assert.equal(frames.length, 200);
  assert.deepEqual(shown(frames.slice(0, 2)), ['end /srv/app/end.py:7', 'deep /srv/app/deep.py:1']);
});
