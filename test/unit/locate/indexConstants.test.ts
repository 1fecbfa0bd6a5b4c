/** Names and paths that are no literals themselves, but put together of the file's own: and those that only look so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entriesOf } from './indexSupport.ts';

const names = async (file: string, text: string) => (await entriesOf(file, text)).map((entry) => entry.replace(/^spanName (.*) @ .*$/, '$1').replace(/^route (.*) @ .*$/, '$1'));

test('JavaScript and TypeScript', async () => {
  assert.deepEqual(await names('a.ts', `
import { OTHER } from './names';
export const NAME = 'place order';
const PREFIX = 'shop', FULL = \`\${PREFIX}.\${NAME}\`;
const SPANS = { pay: 'pay', deep: { x: 'y' }, [NAME]: 'computed' } as const;
enum Names { Ship = 'ship', Count = 1 }
class Box {
  static readonly PACK = 'pack';
  readonly wrap = 'wrap';
  changed = 'changed';
  run(param: string) {
    tracer.startSpan(NAME);
    tracer.startSpan(FULL);
    tracer.startSpan(PREFIX + '.' + 'sum');
    tracer.startSpan(\`\${PREFIX}: template\`);
    tracer.startSpan(SPANS.pay);
    tracer.startSpan(Names.Ship);
    tracer.startSpan(Box.PACK);
    tracer.startSpan(this.wrap);
    tracer.startSpan((NAME));
    const local = 'local';
    tracer.startActiveSpan(local, () => {});
  }
  not(param: string, twice: string) {
    tracer.startSpan(param); tracer.startSpan(OTHER); tracer.startSpan(variable); tracer.startSpan(twice); tracer.startSpan(SPANS[param]);
    tracer.startSpan(SPANS.missing); tracer.startSpan(SPANS.deep); tracer.startSpan(Names.Count); tracer.startSpan(this.changed); tracer.startSpan(Box.changed);
    tracer.startSpan(NAME + param); tracer.startSpan(\`\${PREFIX}\${param}\`); tracer.startSpan('a' + 1); tracer.startSpan(\`a\\n\`); tracer.startSpan(outOfReach); tracer.startSpan(CIRCLE);
    tracer.startSpan(NAME - 'x'); tracer.startSpan(tag\`x\`); tracer.startSpan(NAME.toUpperCase());
  }
}
let variable = 'variable';
const twice = 'once';
function other() { const outOfReach = 'x'; }
const CIRCLE = CIRCLE2 + 'x', CIRCLE2 = CIRCLE + 'y';
`), ['place order', 'shop.place order', 'shop.sum', 'shop: template', 'pay', 'ship', 'pack', 'wrap', 'place order', 'local']);
  assert.deepEqual(await names('b.js', `
const BASE = '/api';
const paths = { orders: '/orders' };
const app = express();
app.get(BASE + '/users', list);
app.post(\`\${BASE}/users/:id\`, create);
app.put(paths.orders, update);
app.delete(base, remove);
function list() {}
`), ['GET /api/users', 'POST /api/users/:id', 'PUT /orders']);
});

test('Python', async () => {
  assert.deepEqual(await names('a.py', `
NAME = "place order"
PREFIX = "shop"
CHANGED = "a"
CHANGED += "b"
class Orders:
    SPAN = "class"
    MOVED = "x"
    def __init__(self):
        self.MOVED = "y"
    def place(self, param):
        tracer.start_span(NAME)
        tracer.start_span(f"{PREFIX}.sum")
        tracer.start_span(PREFIX + ".plus")
        tracer.start_span("one " "two")
        tracer.start_span(self.SPAN)
        tracer.start_span(Orders.SPAN)
        tracer.start_span(CHANGED); tracer.start_span(param); tracer.start_span(f"{param}"); tracer.start_span(f"{PREFIX!r}"); tracer.start_span(f"{PREFIX:>8}")
        tracer.start_span("%s" % NAME); tracer.start_span("{}".format(NAME)); tracer.start_span(self.MOVED); tracer.start_span(again)
        tracer.start_span(SPAN)
again = "a"
def f(again): pass
`), ['place order', 'shop.sum', 'shop.plus', 'one two', 'class', 'class']);
  assert.deepEqual(await names('b.py', `
API = "/api"
app = FastAPI()
@app.get(API + "/users")
def users(): pass
@app.get(f"{API}/orders/{{id}}")
def escaped(): pass
`), ['GET /api/users']);
});

test('Java and C#', async () => {
  assert.deepEqual(await names('A.java', `
class A {
  private static final String NAME = "place order";
  static final String FULL = A.NAME + "/full";
  static String loose = "loose";
  @WithSpan(NAME) void a() {}
  @WithSpan(value = A.FULL) void b(String param) {
    tracer.spanBuilder(NAME + "!").startSpan(); tracer.spanBuilder(loose).startSpan(); tracer.spanBuilder(param).startSpan(); tracer.spanBuilder(Other.NAME).startSpan();
    String local = "local"; tracer.spanBuilder(local);
    String moved = "x"; moved = "y"; tracer.spanBuilder(moved);
  }
}
@RestController @RequestMapping(Api.BASE) class Api {
  static final String BASE = "/api";
  @GetMapping(BASE + "/x") void x() {}
  @PostMapping({ "/a", BASE }) void two() {}
  @PutMapping(Elsewhere.PATH) void no() {}
}
`), ['place order', 'place order/full', 'place order!', 'local', 'GET /api/api/x', 'POST /api/a', 'POST /api/api']);
  assert.deepEqual(await names('a.cs', `
class Orders {
  const string Name = "place order";
  static readonly string Full = Name + "!";
  static string Loose = "loose";
  void Place(string param) {
    Source.StartActivity(Name); Source.StartActivity(Full); Source.StartActivity($"{Name}.x"); Source.StartActivity(nameof(Place)); Source.StartActivity(nameof(Orders.Place)); Source.StartActivity(Orders.Name);
    Source.StartActivity(Loose); Source.StartActivity(param); Source.StartActivity($"{param}"); Source.StartActivity($"{Name:x}"); Source.StartActivity(Other.Name);
  }
  [HttpGet(Routes.List)] void No() {}
}
`), ['place order', 'place order!', 'place order.x', 'Place', 'Place', 'place order']);
});

test('Go, Rust, Ruby and PHP', async () => {
  assert.deepEqual(await names('a.go', `package a
const name = "place order"
const (
	prefix = "shop"
	one, two = "1", "2"
)
var loose = "loose"
func f(ctx context.Context, param string) {
	tracer.Start(ctx, name)
	tracer.Start(ctx, prefix + "." + two)
	tracer.Start(ctx, loose); tracer.Start(ctx, param); tracer.Start(ctx, other.Name); tracer.Start(ctx, prefix + param)
}
func g() { one := "shadow" }
func h() { tracer.Start(ctx, one) }
`), ['place order', 'shop.2']);
  assert.deepEqual(await names('a.rs', `
const NAME: &str = "place order";
static mut LOOSE: &str = "x";
impl Orders {
    const SPAN: &'static str = "inner";
    fn f(&self, param: &str) { tracer.start(NAME); tracer.start(Self::SPAN); tracer.start(Orders::SPAN); tracer.start(param); tracer.start(LOOSE); tracer.start(SPAN); }
}
#[instrument(name = NAME)]
fn named() {}
`), ['place order', 'inner', 'inner', 'place order']);
  assert.deepEqual(await names('a.rb', `
class Orders
  NAME = "place order"
  FROZEN = 'frozen'.freeze
  def f(param)
    tracer.in_span(NAME) { }
    tracer.in_span(Orders::FROZEN) { }
    tracer.in_span("#{NAME}!") { }
    tracer.in_span(param) { }
    tracer.in_span(OTHER) { }
    tracer.in_span("#{param}") { }
  end
end
`), ['place order', 'frozen', 'place order!']);
  assert.deepEqual(await names('a.php', `<?php
class Orders {
  const NAME = "place order";
  function f($param) { $t->spanBuilder(self::NAME); $t->spanBuilder(Orders::NAME . '!'); $t->spanBuilder($param); $t->spanBuilder(Other::NAME); $t->spanBuilder("$param"); }
}
`), ['place order', 'place order!']);
});

test('constants without end, and sums without end', async () => {
  const chain = Array.from({ length: 200 }, (_, i) => `const A${i} = A${i + 1};`).join('\n');
  assert.deepEqual(await names('a.ts', `${chain}\ntracer.startSpan(A0); tracer.startSpan('found');`), ['found']);
  const sum = Array.from({ length: 300 }, () => "'x'").join(' + ');
  assert.deepEqual(await names('b.ts', `tracer.startSpan(${sum}); tracer.startSpan('found');`), ['found']);
});
