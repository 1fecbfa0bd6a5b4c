// Recorded by running a program on Ruby 3.1, except where a test says "documented".
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRubyStack } from '../../../src/locate/stack/ruby.ts';
import { shown } from './stackSupport.ts';

const top = `/srv/app/orders.rb:11:in \`rescue in checkout': no checkout (RuntimeError)
	from /srv/app/orders.rb:8:in \`checkout'
	from /srv/app/orders.rb:15:in \`<main>'
/srv/app/orders.rb:5:in \`price': bad price (ArgumentError)
second line
	from /srv/app/orders.rb:3:in \`block in total'
	from /srv/app/orders.rb:3:in \`map'
	from /srv/app/orders.rb:9:in \`checkout'
`;
const expected = [
  'checkout /srv/app/orders.rb:11',
  'checkout /srv/app/orders.rb:8',
  '- /srv/app/orders.rb:15',
  'price /srv/app/orders.rb:5',
  'total /srv/app/orders.rb:3',
  'map /srv/app/orders.rb:3',
  'checkout /srv/app/orders.rb:9',
];

test('the exception, then its cause', () => {
  assert.deepEqual(shown(parseRubyStack(top)), expected);
});

test('with the newest call last', () => {
  assert.deepEqual(
    shown(
      parseRubyStack(`Traceback (most recent call last):
	3: from /srv/app/orders.rb:9:in \`checkout'
	2: from /srv/app/orders.rb:3:in \`map'
	1: from /srv/app/orders.rb:3:in \`block in total'
/srv/app/orders.rb:5:in \`price': bad price (ArgumentError)
second line
	2: from /srv/app/orders.rb:15:in \`<main>'
	1: from /srv/app/orders.rb:8:in \`checkout'
/srv/app/orders.rb:11:in \`rescue in checkout': no checkout (RuntimeError)
`),
    ),
    expected,
  );
});

test('highlighted, a bare backtrace, and evaluated text', () => {
  assert.deepEqual(
    shown(parseRubyStack("/srv/app/orders.rb:11:in `rescue in checkout': \x1b[1mno checkout (\x1b[1;4mRuntimeError\x1b[m\x1b[1m)\x1b[m\n	from /srv/app/orders.rb:8:in `checkout'\n")),
    expected.slice(0, 2),
  );
  assert.deepEqual(shown(parseRubyStack("/srv/app/orders.rb:11:in `rescue in checkout'\n/srv/app/orders.rb:8:in `checkout'\n/srv/app/orders.rb:15:in `<main>'")), expected.slice(0, 3));
  assert.deepEqual(shown(parseRubyStack("(eval):1:in `/': divided by 0 (ZeroDivisionError)\n	from (eval):1:in `<main>'\n	from /srv/app/orders.rb:17:in `eval'\n")), [
    '/ -',
    '- -',
    'eval /srv/app/orders.rb:17',
  ]);
});

test("documented: Ruby 3.4's quotes and classes, internal frames, Windows, and a message that looks like a frame", () => {
  assert.deepEqual(
    shown(
      parseRubyStack(`/srv/app/orders.rb:5:in 'Shop::Cart#price': bad at x.rb:1:in 'f' (ArgumentError)
	from /srv/app/orders.rb:3:in 'block (2 levels) in Shop::Cart#total'
	from <internal:array>:42:in 'Array#each'
	from C:/app/orders.rb:9:in 'Shop::Cart.checkout'
	from (eval at /srv/app/orders.rb:17):1:in '<main>'
	from -e:1:in '<main>'
	from /srv/app/old.rb:2
`),
    ),
    [
      'Shop::Cart#price /srv/app/orders.rb:5',
      'Shop::Cart#total /srv/app/orders.rb:3',
      'Array#each -',
      'Shop::Cart.checkout C:/app/orders.rb:9',
      '- -',
      '- -',
      '- /srv/app/old.rb:2',
    ],
  );
});
