// Recorded by running programs on OpenJDK 17, Kotlin 1.3 and Scala 2.11, except where a test says "documented".
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJavaStack } from '../../../src/locate/stack/java.ts';
import { shown } from './stackSupport.ts';

test('the exception, then its causes', () => {
  assert.deepEqual(
    shown(
      parseJavaStack(`java.lang.IllegalStateException: no total
	at com.acme.shop.Orders.total(Orders.java:5)
	at com.acme.shop.Orders.lambda$main$1(Orders.java:12)
	at com.acme.shop.Orders.show(Orders.java:10)
Caused by: java.lang.IllegalArgumentException: bad key
second line
	at com.acme.shop.Orders.load(Orders.java:4)
	at com.acme.shop.Orders.lambda$total$0(Orders.java:5)
	at java.base/java.util.stream.ReferencePipeline$4$1.accept(ReferencePipeline.java:214)
	at java.base/java.util.AbstractList$RandomAccessSpliterator.forEachRemaining(AbstractList.java:720)
	... 4 more
`),
    ),
    [
      'com.acme.shop.Orders::total Orders.java:5',
      'com.acme.shop.Orders::main Orders.java:12',
      'com.acme.shop.Orders::show Orders.java:10',
      'com.acme.shop.Orders::load Orders.java:4',
      'com.acme.shop.Orders::total Orders.java:5',
      'java.util.stream.ReferencePipeline$4::accept ReferencePipeline.java:214',
      'java.util.AbstractList$RandomAccessSpliterator::forEachRemaining AbstractList.java:720',
    ],
  );
});

test('suppressed exceptions come last, their causes too', () => {
  assert.deepEqual(
    shown(
      parseJavaStack(`java.lang.IllegalStateException: body
	at com.acme.shop.Orders.lambda$main$2(Orders.java:13)
	Suppressed: java.lang.RuntimeException: close
		at com.acme.shop.Orders$Res.close(Orders.java:6)
		... 3 more
	Caused by: java.io.IOException: disk
		at com.acme.shop.Orders$Disk.read(Orders.java:99)
		... 4 more
Caused by: java.lang.RuntimeException: root
	at com.acme.shop.Orders.root(Orders.java:14)
	... 3 more
Caused by: [CIRCULAR REFERENCE: java.lang.RuntimeException: one]
`),
    ),
    [
      'com.acme.shop.Orders::main Orders.java:13',
      'com.acme.shop.Orders::root Orders.java:14',
      'com.acme.shop.Orders$Res::close Orders.java:6',
      'com.acme.shop.Orders$Disk::read Orders.java:99',
    ],
  );
});

test('nested and anonymous classes, constructors, modules, and frames without a file', () => {
  assert.deepEqual(
    shown(
      parseJavaStack(`java.lang.RuntimeException: anon
	at com.acme.shop.Orders$Inner$1.run(Orders.java:7)
	at com.acme.shop.Orders$Inner.go(Orders.java:7)
	at com.acme.shop.Orders.<init>(Orders.java:21)
	at app/com.acme.shop.Orders.total(Orders.java:5)
	at com.acme.shop.$Proxy0.call(Unknown Source)
	at java.base/jdk.internal.reflect.NativeMethodAccessorImpl.invoke0(Native Method)
	at Main.main(Main.java)
`),
    ),
    [
      'com.acme.shop.Orders$Inner$1::run Orders.java:7',
      'com.acme.shop.Orders$Inner::go Orders.java:7',
      'com.acme.shop.Orders::<init> Orders.java:21',
      'com.acme.shop.Orders::total Orders.java:5',
      'call -',
      'jdk.internal.reflect.NativeMethodAccessorImpl::invoke0 -',
      'Main::main Main.java',
    ],
  );
});

test('documented: loaders, hidden classes, proxies of Spring, what Logback and Android write', () => {
  assert.deepEqual(
    shown(
      parseJavaStack(`	at app//com.acme.Orders.total(Orders.java:5)
	at java.base@17.0.1/java.util.ArrayList.forEach(ArrayList.java:1511)
	at com.acme.Orders$$Lambda$14/0x0000000800c03000.apply(Unknown Source)
	at com.acme.Orders$$EnhancerBySpringCGLIB$$1a2b.total(<generated>)
	at com.acme.Orders$1Local.run(Orders.java:9)
	at com.acme.Orders.lambda$new$0(Orders.java:10)
	at com.acme.Orders.total(Orders.java:5) ~[app.jar!/:1.0]
	at com.acme.Orders.total(Orders.java:6) [classes/:na]
	at com.acme.a.b(SourceFile:12)
	at com.acme.a.b(Unknown Source:12)
	at com.acme.OrdersTest.adds two prices(OrdersTest.kt:4)
at the moment (not now)
	at com.acme.Orders.total(not a file)`),
    ),
    [
      'com.acme.Orders::total Orders.java:5',
      'java.util.ArrayList::forEach ArrayList.java:1511',
      'com.acme.Orders::apply -',
      'com.acme.Orders::total -',
      'com.acme.Orders$Local::run Orders.java:9',
      'com.acme.Orders::<init> Orders.java:10',
      'com.acme.Orders::total Orders.java:5',
      'com.acme.Orders::total Orders.java:6',
      'com.acme.a::b -',
      'com.acme.a::b -',
      'com.acme.OrdersTest::adds two prices OrdersTest.kt:4',
    ],
  );
});

test('Kotlin: closures and coroutines are of the function they are written in', () => {
  assert.deepEqual(
    shown(
      parseJavaStack(`java.lang.IllegalStateException: gen
	at com.acme.shop.MainKt$main$3$1.invokeSuspend(Main.kt:14)
	at kotlin.coroutines.jvm.internal.BaseContinuationImpl.resumeWith(ContinuationImpl.kt:33)
	at com.acme.shop.MainKt.shout$default(Main.kt:9)
	at com.acme.shop.MainKt$main$2.invoke(Main.kt:13)
	at com.acme.shop.MainKt$main$2.invoke(Main.kt)
	at com.acme.shop.MainKt$main$4$1.run(Main.kt:15)
	at com.acme.shop.Cart.total(Main.kt:3)
`),
    ),
    [
      'com.acme.shop.MainKt::main Main.kt:14',
      'kotlin.coroutines.jvm.internal.BaseContinuationImpl::resumeWith ContinuationImpl.kt:33',
      'com.acme.shop.MainKt::shout Main.kt:9',
      'com.acme.shop.MainKt::main Main.kt:13',
      'com.acme.shop.MainKt::main Main.kt',
      'com.acme.shop.MainKt::run Main.kt:15',
      'com.acme.shop.Cart::total Main.kt:3',
    ],
  );
  // Documented: Kotlin 2 and later, and its mangled names.
  assert.deepEqual(
    shown(
      parseJavaStack(`	at com.acme.MainKt.main$lambda$0(Main.kt:3)
	at com.acme.Repo$load$2.invokeSuspend(Repo.kt:8)
	at com.acme.Cart$Companion.of(Cart.kt:5)
	at com.acme.Cart.add-WZ4Q5Ns(Cart.kt:6)`),
    ),
    ['com.acme.MainKt::main Main.kt:3', 'com.acme.Repo::load Repo.kt:8', 'com.acme.Cart$Companion::of Cart.kt:5', 'com.acme.Cart::add Cart.kt:6'],
  );
});

test('Scala: objects, traits and closures', () => {
  assert.deepEqual(
    shown(
      parseJavaStack(`java.lang.IllegalArgumentException: short
	at com.acme.shop.Main$.price(Main.scala:4)
	at com.acme.shop.Main$Cart$$anonfun$total$1.apply(Main.scala:3)
	at scala.collection.immutable.List.map(List.scala:284)
	at com.acme.shop.Main$Greets$class.greet(Main.scala:5)
	at com.acme.shop.Main$$anonfun$main$3$$anonfun$apply$mcV$sp$1.apply$mcVI$sp(Main.scala:8)
	at com.acme.shop.Main.main(Main.scala)
`),
    ),
    [
      'com.acme.shop.Main::price Main.scala:4',
      'com.acme.shop.Main$Cart::total Main.scala:3',
      'scala.collection.immutable.List::map List.scala:284',
      'com.acme.shop.Main$Greets::greet Main.scala:5',
      'com.acme.shop.Main::main Main.scala:8',
      'com.acme.shop.Main::main Main.scala',
    ],
  );
  // Documented: Scala 2.12 and 3.
  assert.deepEqual(shown(parseJavaStack('	at a.Main$.$anonfun$total$1(Main.scala:3)\n	at a.Main$.total$$anonfun$1(Main.scala:4)')), ['a.Main::total Main.scala:3', 'a.Main::total Main.scala:4']);
});
