// Recorded by running a program on PHP 8.2, the SDK's form by the steps of its StackTraceFormatter, except where a test says "documented".
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePhpStack } from '../../../src/locate/stack/php.ts';
import { shown } from './stackSupport.ts';

test('each place gets the function it is in, and the last exception comes first', () => {
  assert.deepEqual(
    shown(
      parsePhpStack(`InvalidArgumentException: bad price in /x.php:9
second line in /srv/app/orders.php:5
Stack trace:
#0 /srv/app/orders.php(4): App\\Shop\\Cart->price()
#1 [internal function]: App\\Shop\\Cart->App\\Shop\\{closure}()
#2 /srv/app/orders.php(4): array_map()
#3 /srv/app/orders.php(6): App\\Shop\\Cart->total()
#4 /srv/app/orders.php(9): App\\Shop\\main()
#5 {main}

Next RuntimeException: no checkout (really) in /srv/app/orders.php:6
Stack trace:
#0 /srv/app/orders.php(8): App\\Shop\\Cart::checkout()
#1 /srv/app/orders.php(9): App\\Shop\\main()
#2 {main}`),
    ),
    [
      'App\\Shop\\Cart::checkout /srv/app/orders.php:6',
      'App\\Shop\\main /srv/app/orders.php:8',
      '- /srv/app/orders.php:9',
      'App\\Shop\\Cart::price /srv/app/orders.php:5',
      'App\\Shop\\Cart::- /srv/app/orders.php:4',
      'array_map -',
      'App\\Shop\\Cart::total /srv/app/orders.php:4',
      'App\\Shop\\main /srv/app/orders.php:6',
      '- /srv/app/orders.php:9',
    ],
  );
});

test('getTraceAsString, evaluated text', () => {
  assert.deepEqual(shown(parsePhpStack('#0 /srv/app/orders.php(8): App\\Shop\\Cart::checkout()\n#1 /srv/app/orders.php(9): App\\Shop\\main()\n#2 {main}')), [
    'App\\Shop\\main /srv/app/orders.php:8',
    '- /srv/app/orders.php:9',
  ]);
  assert.deepEqual(shown(parsePhpStack("LogicException: e in /srv/app/orders.php(10) : eval()'d code:1\nStack trace:\n#0 /srv/app/orders.php(10): eval()\n#1 {main}")), ['- -', '- /srv/app/orders.php:10']);
});

test("the SDK's form, as the JVM's", () => {
  assert.deepEqual(
    shown(
      parsePhpStack(`RuntimeException: no checkout (really)
	at App.Shop.Cart.checkout(orders.php:6)
	at App.Shop.main(orders.php:8)
	at {main}(orders.php:9)
Caused by: InvalidArgumentException: bad price in /x.php:9
second line
	at App.Shop.Cart.price(orders.php:5)
	at App.Shop.Cart.App.Shop.{closure}(orders.php:4)
	at array_map(Unknown Source)
	at App.Shop.Cart.total(orders.php:4)
	... 3 more`),
    ),
    [
      'App\\Shop\\Cart::checkout orders.php:6',
      'App\\Shop::main orders.php:8',
      '- orders.php:9',
      'App\\Shop\\Cart::price orders.php:5',
      'App\\Shop\\Cart::- orders.php:4',
      'array_map -',
      'App\\Shop\\Cart::total orders.php:4',
    ],
  );
});

test("documented: PHP 8.4's closures, classes without a name, required files, arguments, Windows", () => {
  assert.deepEqual(
    shown(
      parsePhpStack(`PHP Fatal error:  Uncaught Exception: x in C:\\srv\\a.php:2
Stack trace:
#0 C:\\srv\\a.php(3): App\\Cart->{closure:App\\Cart::total():4}('a): b', Array)
#1 /srv/b.php(4): App\\Base@anonymous->run('x(', Object(App\\Cart))
#2 /srv/c.php(5): require_once('/srv/b.php')
#3 {main}
  thrown in C:\\srv\\a.php on line 2`),
    ),
    ['App\\Cart::- C:\\srv\\a.php:2', 'run C:\\srv\\a.php:3', '- /srv/b.php:4', '- /srv/c.php:5'],
  );
  assert.deepEqual(shown(parsePhpStack('X: y\n\tat App.Cart.{closure:App.Cart::total():4}(Cart.php:3)\n\tat Cart.{closure}(Cart.php:4)')), ['App\\Cart::- Cart.php:3', 'Cart::- Cart.php:4']);
});
