// Recorded by running programs built by Go 1.26, except where a test says "documented".
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoStack } from '../../../src/locate/stack/go.ts';
import { shown } from './stackSupport.ts';

test('methods, method values, generics and closures', () => {
  assert.deepEqual(
    shown(
      parseGoStack(`goroutine 1 [running]:
runtime/debug.Stack()
	/usr/local/go/src/runtime/debug/stack.go:26 +0x5e
main.(*Shop).Sell(0x452e16?, 0x0?)
	/srv/app/main.go:5 +0x1f
main.Shop.Value({{0x7594b0?, 0x1?}})
	/srv/app/main.go:6 +0x1f
main.main.func1.1()
	/srv/app/main.go:15 +0x1f
main.Map[...]({0x28f3127d8eb0?, 0x1, 0x28f3127941e0}, 0x777c70?)
	/srv/app/main.go:7 +0x33
main.(*Box[...]).Open(0x28f3127d8eb0?)
	/srv/app/main.go:9 +0x13
example.com/shop/cart.Add({0x28f312856070?, 0x777c80?}, 0x777c78?)
	/srv/app/cart/cart.go:2 +0x22
main.crash(...)
	example.com/shop/main.go:29
main.main()
	/srv/app/main.go:22 +0x247
`),
    ),
    [
      'runtime/debug.Stack /usr/local/go/src/runtime/debug/stack.go:26',
      'main.(*Shop).Sell /srv/app/main.go:5',
      'main.Shop.Value /srv/app/main.go:6',
      'main.main /srv/app/main.go:15',
      'main.Map /srv/app/main.go:7',
      'main.(*Box).Open /srv/app/main.go:9',
      'example.com/shop/cart.Add /srv/app/cart/cart.go:2',
      'main.crash example.com/shop/main.go:29',
      'main.main /srv/app/main.go:22',
    ],
  );
});

test('what panicked comes before the deferred functions that ran after it', () => {
  assert.deepEqual(
    shown(
      parseGoStack(`goroutine 1 [running]:
main.dump({0x75d3e6, 0x11})
	/srv/app/main.go:4 +0x45
main.boom.func1()
	/srv/app/main.go:10 +0x1f
panic({0x6fac20?, 0xa03d00?})
	/usr/local/go/src/runtime/panic.go:860 +0x13a
main.boom(0x452e16?)
	/srv/app/main.go:10 +0x46
main.main()
	/srv/app/main.go:17 +0xdb
`),
    ),
    [
      'panic /usr/local/go/src/runtime/panic.go:860',
      'main.boom /srv/app/main.go:10',
      'main.main /srv/app/main.go:17',
      'main.dump /srv/app/main.go:4',
      'main.boom /srv/app/main.go:10',
    ],
  );
});

test('goroutines: what made one is its last frame, and the first goroutine is the one', () => {
  const first = `panic: runtime error: index out of range [5] with length 0

goroutine 20 [running]:
main.main.func2()
	/srv/app/main.go:18 +0x4f
created by main.main in goroutine 1
	/srv/app/main.go:18 +0x13b
`;
  assert.deepEqual(shown(parseGoStack(first)), ['main.main /srv/app/main.go:18', 'main.main /srv/app/main.go:18']);
  // Documented: several goroutines, and `created by` before Go 1.21.
  const second = `
goroutine 1 [semacquire, 2 minutes]:
sync.runtime_Semacquire(0x1)
	C:/Program Files/Go/src/runtime/sema.go:62 +0x27
created by example.com/a%2eb.Start
	C:/work/main.go:3 +0x1
exit status 2
`;
  assert.deepEqual(shown(parseGoStack(first + second))?.slice(2), ['sync.runtime_Semacquire C:/Program Files/Go/src/runtime/sema.go:62', 'example.com/a.b.Start C:/work/main.go:3']);
});

test('the line that the 2,048 bytes of the SDK end in is left out', () => {
  const whole = 'goroutine 1 [running]:\nmain.deep(0x1)\n\t/srv/app/main.go:28 +0x29\nmain.main()\n\t/srv/app/main.go:234';
  for (let length = whole.length - '\t/srv/app/main.go:234'.length; length <= whole.length; length++) {
    assert.deepEqual(shown(parseGoStack(whole.slice(0, length))), ['main.deep /srv/app/main.go:28'], String(length));
  }
  assert.equal(parseGoStack(`${whole} +0x2`).length, 2);
  assert.equal(parseGoStack(`${whole}\n`).length, 2);
});

test('documented: method values, wrappers and closures of variables', () => {
  const names = ['main.(*T).M-fm', 'main.run.gowrap1', 'main.run.deferwrap2', 'main.run.func1-range1', 'main.glob..func1', 'main.(*T).M.func1.2.3'];
  const text = `goroutine 1 [running]:\n${names.map((name) => `${name}(0x1)\n\t/srv/a.go:1 +0x1\n`).join('')}`;
  assert.deepEqual(parseGoStack(text).map(({ functionName }) => functionName), ['main.(*T).M', 'main.run', 'main.run', 'main.run', undefined, 'main.(*T).M']);
});
