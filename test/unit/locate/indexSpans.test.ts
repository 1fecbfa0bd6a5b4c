import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entriesOf, factsOf } from './indexSupport.ts';

test('JavaScript: calls of a literal name, and no others', async () => {
  const text = `
const tracer = trace.getTracer('shop');
export async function pay(id) {
  return tracer.startActiveSpan('charge card', async (span) => { tracer.startSpan(\`plain\`); });
}
class Box {
  #tracer = trace.getTracer('other');
  ship() { this.tracer.startSpan('ship', {}); Sentry.startSpan({ name: 'sentry', op: 'x' }, () => {}); }
}
trace.getTracer('inline').startSpan('top');
tracer.startSpan(\`order \${id}\`); tracer.startSpan(name); tracer.startSpan('a' + b);
// tracer.startSpan('comment')
const text = "tracer.startSpan('text')";
`;
  assert.deepEqual(await entriesOf('src/a.ts', text), [
    'spanName charge card @ 4 pay', 'spanName plain @ 4 pay', 'spanName ship @ 8 Box.ship', 'spanName sentry @ 8 Box.ship', 'spanName top @ 10 -',
  ]);
  const facts = await factsOf('src/a.ts', text);
  assert.deepEqual(facts?.entries.map((entry) => (entry.kind === 'spanName' ? entry.scopeHint : undefined)), ['shop', 'shop', 'shop', undefined, 'inline']);
});

test('a tracer that is made with two names has none', async () => {
  const facts = await factsOf('a.js', `
function a() { const tracer = trace.getTracer('one'); tracer.startSpan('x'); }
function b() { const tracer = trace.getTracer('two'); tracer.startSpan('y'); }`);
  assert.deepEqual(facts?.entries.map((entry) => (entry.kind === 'spanName' ? entry.scopeHint : 'no span')), [undefined, undefined]);
});

test('Python: calls, context managers and decorators', async () => {
  assert.deepEqual(await entriesOf('a.py', `
tracer = trace.get_tracer("shop")

@tracer.start_as_current_span("work")
def do_work():
    with tracer.start_as_current_span('inner', kind=1) as span:
        tracer.start_span(name="named")
    with tracer.start_as_current_span(f"order {x}"): pass

class Shop:
    def pay(self):
        with self.tracer.start_as_current_span("pay"): pass
`), ['spanName work @ 5 do_work', 'spanName inner @ 6 do_work', 'spanName named @ 7 do_work', 'spanName pay @ 12 Shop.pay']);
});

test('Java: @WithSpan and spanBuilder', async () => {
  assert.deepEqual(await entriesOf('A.java', `
package com.foo;
class Orders {
  @WithSpan
  void place() { tracer.spanBuilder("insert order").startSpan(); }
  @WithSpan("named") void a() {}
  @WithSpan(value = "valued", kind = SpanKind.CLIENT)
  public void b(@SpanAttribute("id") String id) {}
  @WithSpan(NAME) void c() { tracer.spanBuilder("a" + b); }
}
`), ['spanName Orders.place @ 5 Orders.place', 'spanName insert order @ 5 Orders.place', 'spanName named @ 6 Orders.a', 'spanName valued @ 8 Orders.b']);
});

test('Go: Start of tracers alone', async () => {
  assert.deepEqual(await entriesOf('a.go', `package orders
var tracer = otel.Tracer("shop")
func (s *Store) Place(ctx context.Context) {
	ctx, span := tracer.Start(ctx, "place order")
	_, other := otel.Tracer("x").Start(ctx, \`raw\`)
	s.trace.Start(ctx, "field")
	cmd.Start(ctx, "not a span")
	tracer.Start(ctx, fmt.Sprintf("x"))
	tracer.Start(ctx, "a\\n")
}
`), ['spanName place order @ 4 Store.Place', 'spanName raw @ 5 Store.Place', 'spanName field @ 6 Store.Place']);
});

test('Rust: instrument, span macros and tracers', async () => {
  assert.deepEqual(await entriesOf('src/a.rs', `
#[instrument]
pub async fn place() {}
#[tracing::instrument(skip(x), name = "named", fields(name = 1))]
fn a() {}
#[derive(Debug)]
#[instrument(level = "debug")]
fn b() {
    let s = info_span!("x", a = 1);
    let t = tracing::span!(Level::INFO, "y");
    let u = info_span!(target: "t", "z");
    tracer.start("w"); server.start("not a span"); tracer.span_builder("v");
    global::tracer("shop").in_span("u", |cx| {}); opentelemetry::global::server("shop").start("no span");
}
`), ['spanName place @ 3 place', 'spanName named @ 5 a', 'spanName b @ 8 b', 'spanName x @ 9 b', 'spanName y @ 10 b', 'spanName z @ 11 b', 'spanName w @ 12 b', 'spanName v @ 12 b', 'spanName u @ 13 b']);
});

test('C#: activities', async () => {
  const text = `namespace Shop;
class Orders {
  static readonly ActivitySource Source = new("Shop.Orders");
  static readonly ActivitySource Other = new ActivitySource("Other");
  void Place() { using var a = Source.StartActivity("place order", ActivityKind.Server); }
  void Named() { using var a = Other.StartActivity(); Other.StartActivity(name); }
}`;
  assert.deepEqual(await entriesOf('a.cs', text), ['spanName place order @ 5 Orders.Place', 'spanName Named @ 6 Orders.Named']);
  assert.deepEqual((await factsOf('a.cs', text))?.entries.map((entry) => (entry.kind === 'spanName' ? entry.scopeHint : '')), ['Shop.Orders', 'Other']);
});

test('Ruby and PHP', async () => {
  assert.deepEqual(await entriesOf('a.rb', `
class Orders
  def place
    tracer.in_span('place order', attributes: {}) do |span|
      tracer.start_span("inner")
      tracer.in_span("order #{id}") { }
    end
  end
end
`), ['spanName place order @ 4 Orders#place', 'spanName inner @ 5 Orders#place']);
  assert.deepEqual(await entriesOf('a.php', `<?php
namespace App;
class Orders {
  function place() { $span = $this->tracer->spanBuilder('place order')->startSpan(); $t->spanBuilder("x$y"); }
  #[WithSpan("named")]
  function named() {}
}
`), ['spanName place order @ 4 Orders::place', 'spanName named @ 6 Orders::named']);
});
