// There is no .NET on the machine these tests were written on. The texts are after public issues (dotnet/coreclr#14564 and #14608), public German
// and Turkish logs, and the resources of .NET; names and paths were changed. The Hungarian line is after the resources only.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDotnetStack } from '../../../src/locate/stack/dotnet.ts';
import { shown } from './stackSupport.ts';

test('the outer exception comes before the inner ones, the nearest first', () => {
  assert.deepEqual(
    shown(
      parseDotnetStack(`System.Exception: Inner1 ---> System.Exception: Inner2 ---> System.InvalidOperationException: Collection was modified (really).
   at System.Collections.Generic.List\`1.Enumerator.MoveNext()
   at Program.FirstException(Int32 count) in C:\\StackTrace\\Program.cs:line 28
   at Program.<Iterator>d__2.MoveNext() in C:\\StackTrace\\Program.cs:line 40
   --- End of inner exception stack trace ---
   at Program.InnerType\`1.InnerException2(Int32 count) in C:\\StackTrace\\Program.cs:line 67
   --- End of inner exception stack trace ---
   at Program.InnerException1[T](Int32 count, String name) in C:\\StackTrace\\Program.cs:line 84
--- End of stack trace from previous location where exception was thrown ---
   at System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw()
   at Program.<ValueTaskAsync>d__7.MoveNext() in C:\\StackTrace\\Program.cs:line 95`),
    ),
    [
      'Program::InnerException1 C:\\StackTrace\\Program.cs:84',
      'System.Runtime.ExceptionServices.ExceptionDispatchInfo::Throw -',
      'Program::ValueTaskAsync C:\\StackTrace\\Program.cs:95',
      'Program.InnerType::InnerException2 C:\\StackTrace\\Program.cs:67',
      'System.Collections.Generic.List.Enumerator::MoveNext -',
      'Program::FirstException C:\\StackTrace\\Program.cs:28',
      'Program::Iterator C:\\StackTrace\\Program.cs:40',
    ],
  );
});

test('.NET 6 and later: the inner exception on its own line, and an aggregate', () => {
  assert.deepEqual(
    shown(
      parseDotnetStack(`System.AggregateException: One or more errors occurred. (bad)
 ---> System.ArgumentException: bad
   at Acme.Shop.Cart.Price(Int32 n) in /srv/app/Cart.cs:line 4
   --- End of inner exception stack trace ---
   at System.Threading.Tasks.Task.Wait(Int32 millisecondsTimeout, CancellationToken cancellationToken)
   at Acme.Shop.Program.Main(String[] args) in /srv/app/Program.cs:line 9
 ---> (Inner Exception #1) System.Exception: other
   at Acme.Shop.Cart.Other() in /srv/app/Cart.cs:line 7<---
`),
    ),
    [
      'System.Threading.Tasks.Task::Wait -',
      'Acme.Shop.Program::Main /srv/app/Program.cs:9',
      'Acme.Shop.Cart::Price /srv/app/Cart.cs:4',
      'Acme.Shop.Cart::Other /srv/app/Cart.cs:7',
    ],
  );
});

test('names that the compiler makes', () => {
  const names = [
    'Acme.Cart.<Total>d__3.MoveNext()', 'Acme.Cart.<>c.<Total>b__0_0(Item i)', 'Acme.Cart.<>c__DisplayClass1_0.<<Total>b__0>d.MoveNext()', 'Acme.Cart.<Total>g__Add|0_0(Int32 a)',
    'Program.<Main>$(String[] args)', 'Program.<<Main>$>g__Run|0_0()', 'Acme.Cart..ctor(String name)', 'Acme.Cart..cctor()', 'Acme.Repo`1[T].Find[K](K key)', 'Acme.Repo`1.<Load>d__3`1.MoveNext()',
    'Acme.Cart.get_Total()',
  ];
  assert.deepEqual(
    parseDotnetStack(names.map((name) => `   at ${name}`).join('\n')).map(({ className, functionName }) => `${className} ${functionName}`),
    [
      'Acme.Cart Total', 'Acme.Cart Total', 'Acme.Cart Total', 'Acme.Cart Add', 'Program Main', 'Program Run', 'Acme.Cart .ctor', 'Acme.Cart .cctor', 'Acme.Repo Find', 'Acme.Repo Load',
      'Acme.Cart get_Total',
    ],
  );
});

test('the words of other languages', () => {
  assert.deepEqual(
    shown(
      parseDotnetStack(`   bei System.Data.SQLite.SQLiteDataReader..ctor(SQLiteCommand cmd, CommandBehavior behave) in c:\\dev\\sq lite\\SQLiteDataReader.cs:Zeile 103.
   bei Acme.Cart.Total(Double[,] matrix) in E:\\Draw Extension\\Cart.cs:Zeile 101.
   konum: System.Int32.Parse(String s)
   konum: Acme.Cart.Click(Object sender, EventArgs e) C:\\Users\\a\\Box Office\\Cart.cs içinde: satır 131
   a következő helyen: Acme.Cart.Total() hely: C:\\srv\\Cart.cs, sor: 20
   à Acme.Cart.Total() dans C:\\srv\\Cart.cs:ligne 21
   場所 Acme.Cart.Total() 場所 C:\\srv\\Cart.cs:行 22
   --- Ende der internen Ausnahmestapelüberwachung ---
   bei Acme.Cart.Outer() in \\\\server\\share\\Cart.cs:Zeile 23.
--- Ende der Stapelüberwachung vom vorhergehenden Ort, an dem die Ausnahme ausgelöst wurde ---
   bei Acme.Cart.Later() in C:\\srv\\Cart.cs:Zeile 24.`),
    ),
    [
      'Acme.Cart::Outer \\\\server\\share\\Cart.cs:23',
      'Acme.Cart::Later C:\\srv\\Cart.cs:24',
      'System.Data.SQLite.SQLiteDataReader::.ctor c:\\dev\\sq lite\\SQLiteDataReader.cs:103',
      'Acme.Cart::Total E:\\Draw Extension\\Cart.cs:101',
      'System.Int32::Parse -',
      'Acme.Cart::Click C:\\Users\\a\\Box Office\\Cart.cs:131',
      'Acme.Cart::Total C:\\srv\\Cart.cs:20',
      'Acme.Cart::Total C:\\srv\\Cart.cs:21',
      'Acme.Cart::Total C:\\srv\\Cart.cs:22',
    ],
  );
});

test('Mono', () => {
  assert.deepEqual(
    shown(
      parseDotnetStack(`System.Exception: x
  at Acme.Editor+Wrapper.Run (System.Object sender, System.EventArgs e) [0x00216] in /srv/app/Editor.cs:1234 
  at Acme.Editor.Main () [0x00000] in <0123456789abcdef0123456789abcdef>:0 
  at (wrapper managed-to-native) System.Object.Wait()`),
    ),
    ['Acme.Editor.Wrapper::Run /srv/app/Editor.cs:1234', 'Acme.Editor::Main -'],
  );
});

test('a message that mentions a method is none', () => {
  assert.deepEqual(parseDotnetStack("System.Exception: see the method Acme.Cart.Total()\nValue does not fall within the range. (Parameter 'x.y')\nopen /srv/x.cs (now)"), []);
});

test('of a text that is too long the outer exception is read', () => {
  const inner = '   at Acme.Cart.Deep() in /srv/app/Cart.cs:line 3\n'.repeat(3_000);
  const text = `System.Exception: a\n ---> System.Exception: b\n${inner}   --- End of inner exception stack trace ---\n   at Acme.Cart.Outer() in /srv/app/Cart.cs:line 9\n`;
  assert.deepEqual(shown(parseDotnetStack(text)), ['Acme.Cart::Outer /srv/app/Cart.cs:9']);
});

// Recorded from .NET 9.0.5 (test/corpus/recorded/dotnet-no-symbols.json and dotnet-sdk.json).
test('the body of an iterator, with symbols and without', () => {
  assert.deepEqual(
    shown(
      parseDotnetStack(`System.Collections.Generic.KeyNotFoundException: order 0
   at Acme.Shop.Orders.OrderService.Lines(Int32 id)+MoveNext()
   at Acme.Shop.Orders.OrderService.Lines(Int32 id)+MoveNext() in /app/Orders/OrderService.cs:line 33
   at System.Linq.Enumerable.Sum[TSource,TResult,TAccumulator](IEnumerable\`1 source, Func\`2 selector)`),
    ),
    [
      'Acme.Shop.Orders.OrderService::Lines -',
      'Acme.Shop.Orders.OrderService::Lines /app/Orders/OrderService.cs:33',
      'System.Linq.Enumerable::Sum -',
    ],
  );
});
