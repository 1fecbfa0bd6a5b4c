/** Routes whose path is put together of several places, in each framework: and what cannot be known, which is silent. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Asker, indexOf } from './indexSupport.ts';

/** Answers `GET /x` of a language with `file:line function`, or `-` where nothing is said. */
function routesOf({ ask }: Asker, language: string): (route: string) => Promise<string> {
  return async (route) => {
    const space = route.indexOf(' ');
    const [httpMethod, httpRoute] = [route.slice(0, space), route.slice(space + 1)];
    const answer = await ask({ kind: 'server', name: route, httpMethod, httpRoute, language });
    return / \(route\)$/.test(answer) ? answer.replace(/ \(route\)$/, '') : /^more than one/.test(answer) ? 'two' : '-';
  };
}

async function check(files: Readonly<Record<string, string>>, language: string, expected: Readonly<Record<string, string>>): Promise<void> {
  const route = routesOf(await indexOf(files), language);
  const found: Record<string, string> = {};
  for (const each of Object.keys(expected)) found[each] = await route(each);
  assert.deepEqual(found, expected);
}

describe('JavaScript', () => {
  test('Express: handlers of other files, functions that are given a router, several paths', () => check({
    'src/app.ts': `
import express from 'express';
import * as orders from './orders.js';
import { show, remove as drop } from './users';
import billing from './billing';
import { routes as health } from './health';
const app = express();
const api = express.Router();
app.use(['/api', '/v1'], api);
api.get('/orders', orders.list);
api.get('/users/:id', guard, show);
api.delete('/users/:id', drop);
api.post('/users', users.create);
billing(api);
require('./old')(app);
health(api);
app.use(base(), express.Router().get('/never', x));`,
    'src/orders.ts': 'export const list = async (req, res) => {};\n',
    'src/users.ts': '\nexport function show(req, res) {}\nexport async function remove() {}\n',
    'src/billing.ts': "export default function (router) {\n  router.post('/bills', (req, res) => {});\n}\n",
    'src/old.js': "module.exports = (app) => {\n  app.get('/old', function old(req, res) {});\n};\n",
    'src/health.ts': "export function routes(router: Router) {\n  router.get('/health', (req, res) => {});\n}\n",
  }, 'nodejs', {
    'GET /api/orders': 'src/orders.ts:1 list',
    'GET /v1/orders': 'src/orders.ts:1 list',
    'GET /orders': '-',
    'GET /api/users/:id': 'src/users.ts:2 show',
    'DELETE /v1/users/:id': 'src/users.ts:3 remove',
    // Nobody says what `users` is.
    'POST /api/users': '-',
    'POST /api/bills': "src/billing.ts:2 router.post('/bills') callback",
    'POST /bills': '-',
    'GET /old': 'src/old.js:2 old',
    'GET /api/health': "src/health.ts:2 router.get('/health') callback",
    'GET /health': '-',
    'GET /never': '-',
  }));

  test('Express: handlers that are wrapped, bound, in lists, and methods of classes', () => check({
    'src/app.ts': `
import { UserController } from './userController';
import orders from './orders';
const app = express();
const users = new UserController(db);
const own = new Own();
app.get('/users', asyncHandler(users.list));
app.get('/users/:id', users.show.bind(users));
app.put('/users/:id', [auth, own.change]);
app.get('/static', UserController.all);
app.get('/orders', orders.list);
app.get('/wrapped', guarded(log, named));
app.get('/inline', guarded(log, (req, res) => {}));
app.get('/lost', users.missing);
app.get('/made', make());
class Own { change(req, res) {} }
function named() {}`,
    'src/userController.ts': 'export class UserController {\n  list = async () => {};\n  show(req, res) {}\n  static all() {}\n}\nclass Other { show() {} }\n',
    'src/orders.js': 'class Orders {\n  list(req, res) {}\n}\nmodule.exports = new Orders();\n',
  }, 'nodejs', {
    'GET /users': 'src/userController.ts:2 UserController.list',
    'GET /users/:id': 'src/userController.ts:3 UserController.show',
    'PUT /users/:id': '-',
    'GET /static': 'src/userController.ts:4 UserController.all',
    'GET /orders': 'src/orders.js:2 Orders.list',
    'GET /wrapped': '-',
    'GET /inline': "src/app.ts:13 guarded() callback",
    'GET /lost': '-',
    'GET /made': '-',
  }));

  test('Express: a mount that cannot be read is no mount at the root', () => check({
    'app.js': `
const app = express();
app.use(config.prefix, require('./a'));
app.use(\`/\${tenant}\`, require('./b'));
app.use('/c', require('./c'));`,
    'a.js': "module.exports = (router) => {}; const router = express(); router.get('/a', a); module.exports = router;",
    'b.js': "const app = express(); app.get('/b', b); module.exports = app;",
    'c.js': "const app = express(); app.get('/c', c); module.exports = app; function c() {}",
  }, 'nodejs', { 'GET /a': '-', 'GET /b': '-', 'GET /c': '-', 'GET /c/c': 'c.js:1 c' }));

  test('Fastify: prefixes in prefixes, imports that are awaited, folders', () => check({
    'server.ts': `
const app = Fastify();
app.register(import('./users.js'), { prefix: '/users' });
app.register(orders, { prefix: PREFIX });
app.register(unknown, { prefix: process.env.PREFIX });
app.register(loose, options);
app.register(AutoLoad, { dir: path.join(__dirname, 'plugins'), options: { prefix: '/auto' } });
app.register(AutoLoad, { dir: join(import.meta.dirname, 'odd'), routeParams: true });
const PREFIX = '/api/orders';
async function orders(fastify) {
  fastify.get('/', async () => {});
  fastify.register(nested, { prefix: '/nested' });
}
async function nested(instance) { instance.route({ method: 'PUT', url: '/:id', handler: put }); }
async function unknown(instance) { instance.get('/unknown', async () => {}); }
async function loose(instance) { instance.get('/loose', async () => {}); }
function put() {}`,
    'users.ts': "export default async function (fastify) {\n  fastify.get('/:id', async () => {});\n}\n",
    'plugins/root.js': "module.exports = async function (fastify) {\n  fastify.get('/', async () => {});\n};\n",
    'plugins/books/index.js': "module.exports = async function (fastify) {\n  fastify.get('/:isbn', async () => {});\n};\n",
    'plugins/own/index.js': "module.exports = async function (fastify) {\n  fastify.get('/own', async () => {});\n};\nmodule.exports.autoPrefix = '/x';\n",
    'odd/_id/index.js': "module.exports = async function (fastify) {\n  fastify.get('/odd', async () => {});\n};\n",
  }, 'nodejs', {
    'GET /users/:id': "users.ts:2 fastify.get('/:id') callback",
    'GET /api/orders': "server.ts:11 fastify.get('/') callback",
    'PUT /api/orders/nested/:id': 'server.ts:17 put',
    'GET /unknown': '-',
    'GET /loose': '-',
    'GET /auto': "plugins/root.js:2 fastify.get('/') callback",
    'GET /auto/books/:isbn': "plugins/books/index.js:2 fastify.get('/:isbn') callback",
    'GET /auto/own/own': '-',
    'GET /own': '-',
    'GET /odd': '-',
    'GET /_id/odd': '-',
    'GET /': '-',
  }));

  test('Koa: prefix(), a prefix that cannot be read, koa-mount', () => check({
    'a.js': "const router = new Router();\nrouter.prefix('/a');\nrouter.get('/x', async (ctx) => {});\n",
    'b.js': "const router = new Router({ prefix: config.prefix });\nrouter.get('/b', async (ctx) => {});\n",
    'c.js': "const router = new Router();\nrouter.prefix(prefix());\nrouter.get('/c', async (ctx) => {});\n",
    'd.js': "const app = new Koa();\nconst inner = new Router();\ninner.get('/d', async (ctx) => {});\napp.use(mount('/mounted', inner.routes()));\n",
    'e.js': "const api = new Router({ prefix: '/api' });\nconst books = new Router();\nbooks.get('/:id', async (ctx) => {});\napi.use('/books', books.routes(), books.allowedMethods());\n",
  }, 'nodejs', {
    'GET /a/x': "a.js:3 router.get('/x') callback", 'GET /x': '-', 'GET /b': '-', 'GET /c': '-',
    'GET /mounted/d': "d.js:3 inner.get('/d') callback", 'GET /d': '-',
    'GET /api/books/:id': "e.js:3 books.get('/:id') callback", 'GET /:id': '-',
  }));

  test('Hono: chains, on(), basePath() and route(), a default export', () => check({
    'src/index.ts': `
import users from './users';
const app = new Hono().get('/a', (c) => c.text('')).basePath('/v1').post('/b', (c) => c.text(''));
const api = root.basePath('/api');
const root = new Hono();
root.on(['GET', 'PUT'], ['/on', '/off'], (c) => c.text(''));
const shop = root.basePath('/shop');
shop.get('/items', (c) => c.text(''));
root.route('/users', users).route('/more', more);
const more = new Hono().get('/x', function more(c) {});
emitter.on('GET', '/no');`,
    'src/users.ts': "export default new Hono()\n  .get('/:id', (c) => c.text(''))\n  .delete('/:id', remove);\nfunction remove() {}\n",
  }, 'nodejs', {
    'GET /on': "src/index.ts:6 root.on() callback",
    'PUT /off': "src/index.ts:6 root.on() callback",
    'GET /shop/items': "src/index.ts:8 shop.get('/items') callback",
    'GET /items': '-',
    'GET /users/:id': "src/users.ts:2 get('/:id') callback",
    'DELETE /users/:id': 'src/users.ts:4 remove',
    'GET /more/x': 'src/index.ts:10 more',
    'GET /x': '-',
  }));

  test('NestJS: versions in the path, of a controller and of a method, beside the global prefix', async () => {
    const controllers = `
@Controller({ path: 'cats', version: '1' })
export class Cats {
  @Get() all() {}
  @Version(['2', VERSION_NEUTRAL])
  @Get('new') fresh() {}
  @Get('odd') @Version(process.env.V) odd() {}
}
@Controller('dogs')
export class Dogs { @Get() all() {} }
@Controller({ path: 'hosts', host: 'admin.example.com' })
export class Hosts { @Get() all() {} }`;
    await check({ 'cats.ts': controllers, 'main.ts': "app.setGlobalPrefix('api'); app.enableVersioning({ type: VersioningType.URI });" }, 'nodejs', {
      'GET /api/v1/cats': 'cats.ts:4 Cats.all', 'GET /api/v2/cats/new': 'cats.ts:6 Cats.fresh', 'GET /api/cats/new': 'cats.ts:6 Cats.fresh', 'GET /api/cats': '-',
      'GET /api/v1/cats/new': '-', 'GET /api/dogs': 'cats.ts:10 Dogs.all', 'GET /api/v1/cats/odd': '-', 'GET /api/hosts': '-',
    });
    await check({ 'cats.ts': controllers, 'main.ts': "app.enableVersioning({ type: VersioningType.URI, prefix: 'version-', defaultVersion: '3' });" }, 'nodejs', {
      'GET /version-1/cats': 'cats.ts:4 Cats.all', 'GET /version-3/dogs': 'cats.ts:10 Dogs.all', 'GET /dogs': '-',
    });
    await check({ 'cats.ts': controllers, 'main.ts': "app.enableVersioning({ type: VersioningType.HEADER, header: 'v' });" }, 'nodejs', {
      'GET /cats': 'cats.ts:4 Cats.all', 'GET /v1/cats': '-', 'GET /dogs': 'cats.ts:10 Dogs.all',
    });
    await check({ 'cats.ts': controllers, 'main.ts': 'app.listen(1);' }, 'nodejs', { 'GET /cats': 'cats.ts:4 Cats.all', 'GET /v1/cats': '-' });
  });

  test('Next.js: pages where there is a program of it, groups, parameters', () => check({
    'web/next.config.mjs': 'export default {};',
    'web/src/pages/index.tsx': 'export default function Home() {}',
    'web/src/pages/posts/[id].tsx': 'const Post = () => {};\nexport default Post;\n',
    'web/src/pages/_app.tsx': 'export default function App() {}',
    'web/src/pages/about.test.tsx': 'export default function Test() {}',
    'web/src/pages/api/orders/[...rest].ts': 'export default async function handler(req, res) {}',
    'web/app/(shop)/(inner)/items/[[...slug]]/page.tsx': 'export default function Page() {}',
    'web/app/@modal/items/page.tsx': 'export const x = 1;',
    'vite/src/pages/users.tsx': 'export default function Users() {}',
  }, 'nodejs', {
    'GET /': 'web/src/pages/index.tsx:1 Home', 'GET /posts/[id]': 'web/src/pages/posts/[id].tsx:1 Post', 'GET /_app': '-', 'GET /about.test': '-',
    'POST /api/orders/[...rest]': 'web/src/pages/api/orders/[...rest].ts:1 handler', 'GET /items/[[...slug]]': 'web/app/(shop)/(inner)/items/[[...slug]]/page.tsx:1 Page', 'GET /users': '-',
  }));
});

describe('Python', () => {
  test('Django: included modules, lists in lists, views of other files, what is added', () => check({
    'site/urls.py': `
from django.urls import path, include, re_path
from django.conf.urls.i18n import i18n_patterns
import shop.urls
from polls import urls as polls_urls
urlpatterns = [
    path('shop/', include('shop.urls')),
    path('polls/', include((polls_urls, 'polls'))),
    path('admin/', include([
        path('users/<int:id>/', admin_user),
        path('deep/', include([path('er/', admin_user)])),
    ])),
    path(PREFIX, include('lost.urls')),
]
urlpatterns += [re_path(r'^old/(?P<pk>[0-9]+)/$', old)]
urlpatterns += i18n_patterns(path('about/', about))
other = [path('nowhere/', about)]
def admin_user(request, id): pass
def old(request, pk): pass
def about(request): pass
`,
    'shop/__init__.py': '',
    'shop/urls.py': "from . import views\nfrom .api import detail\nurlpatterns = [\n    path('', views.home),\n    path('<int:id>/', detail),\n    path('list/', views.List.as_view()),\n]\n",
    'shop/views.py': '\n\ndef home(request): pass\n\nclass List: pass\n',
    'shop/api.py': 'def detail(request, id): pass\n',
    'polls/__init__.py': '',
    'polls/urls.py': "def vote(request): pass\nurlpatterns = [path('vote/', vote)]\n",
    'lost/__init__.py': '',
    'lost/urls.py': "def lost(request): pass\nurlpatterns = [path('lost/', lost)]\n",
  }, 'python', {
    'GET shop/': 'shop/views.py:3 home',
    'GET shop/<int:id>/': 'shop/api.py:1 detail',
    'GET shop/list/': '-',
    'GET polls/vote/': 'polls/urls.py:1 vote',
    'GET admin/users/<int:id>/': 'site/urls.py:18 admin_user',
    'GET admin/deep/er/': 'site/urls.py:18 admin_user',
    'GET users/<int:id>/': '-',
    'GET er/': '-',
    'GET ^old/(?P<pk>[0-9]+)/$': 'site/urls.py:19 old',
    'GET about/': '-',
    'GET nowhere/': '-',
    'GET lost/': '-',
  }));

  test('views that are classes: their own methods by the request’s, and none that they inherit', () => check({
    'site/urls.py': `
from django.urls import path
from django.contrib.auth.decorators import login_required
from . import views
from .views import OrderView as Orders, StockView as Own, Twice
from shop.api import ItemViewSet
class Here(View):
    def get(self, request): pass
    def put(self, request): pass
class Own(Own):
    def put(self, request): pass
class Same(View):
    def get(self, request): pass
class Same(View):
    def get(self, request): pass
urlpatterns = [
    path('orders/', Orders.as_view()),
    path('stock/', views.StockView.as_view(template_name='stock.html')),
    path('guarded/', login_required(cache_page(60)(Orders.as_view()))),
    path('here/', Here.as_view()),
    path('same/', Same.as_view()),
    path('twice/', Twice.as_view()),
    path('items/', ItemViewSet.as_view({'get': 'list', 'post': 'create', 'delete': remove})),
    path('made/', made_by(Orders).as_view()),
    path('lost/', Lost.as_view()),
    path('own/', Own.as_view()),
]
`,
    'site/views.py': `
class OrderView(View):
    def get(self, request): pass
    async def post(self, request): pass
    def helper(self, request): pass
class StockView(OrderView):
    def post(self, request): pass
class Twice(View):
    if True:
        def get(self, request): pass
    else:
        def get(self, request): pass
`,
    'shop/__init__.py': '',
    'shop/api.py': 'class ItemViewSet(ViewSet):\n    def list(self, request): pass\n    def create(self, request): pass\n    def get(self, request): pass\n    def delete(self, request): pass\n',
    'flask_app.py': `
app = Flask(__name__)
class Prices(MethodView):
    def get(self): pass
    def post(self): pass
app.add_url_rule('/prices', view_func=Prices.as_view('prices'))
app.add_url_rule('/read', view_func=Prices.as_view('read'), methods=['GET'])
`,
  }, 'python', {
    'GET orders/': 'site/views.py:3 OrderView.get', 'POST orders/': 'site/views.py:4 OrderView.post', 'DELETE orders/': '-', 'HEAD orders/': '-', '_OTHER orders/': '-',
    'POST stock/': 'site/views.py:7 StockView.post', 'GET stock/': '-',
    'POST guarded/': 'site/views.py:4 OrderView.post',
    'GET here/': 'site/urls.py:8 Here.get', 'PUT here/': 'site/urls.py:9 Here.put', 'POST here/': '-',
    'GET same/': '-', 'GET twice/': '-',
    'GET items/': 'shop/api.py:2 ItemViewSet.list', 'POST items/': 'shop/api.py:3 ItemViewSet.create', 'DELETE items/': '-',
    'PUT own/': 'site/urls.py:11 Own.put', 'POST own/': '-', 'GET made/': '-', 'GET lost/': '-',
    'GET /prices': 'flask_app.py:4 Prices.get', 'POST /prices': 'flask_app.py:5 Prices.post', 'GET /read': 'flask_app.py:4 Prices.get', 'POST /read': '-',
  }));

  test('FastAPI: routers of routers, add_api_route, a prefix that cannot be read', () => check({
    'app/__init__.py': '',
    'app/main.py': `
from fastapi import FastAPI, APIRouter
from app.routers import items
from .routers import users as user_routes
API = "/api/v1"
app = FastAPI()
api = APIRouter(prefix=API)
api.include_router(items.router, prefix="/items")
app.include_router(api)
app.include_router(user_routes.router, prefix=settings.PREFIX)
app.add_api_route("/added", added, methods=["post", "PUT"])
def added(): ...
`,
    'app/routers/__init__.py': '',
    'app/routers/items.py': 'router = APIRouter()\n@router.api_route("/{item_id}", methods=["GET", "HEAD"])\ndef read(item_id: int): ...\n',
    'app/routers/users.py': 'router = APIRouter()\n@router.get("/users")\ndef users(): ...\n',
    'app/routers/odd.py': 'router = APIRouter(prefix=settings.X)\n@router.get("/odd")\ndef odd(): ...\napp.include_router(router)\n',
  }, 'python', {
    'GET /api/v1/items/{item_id}': 'app/routers/items.py:3 read', 'GET /items/{item_id}': '-', 'PUT /added': 'app/main.py:12 added', 'GET /users': '-', 'GET /odd': '-',
  }));

  test('the same module in two services: each imports its own', () => check({
    ...Object.fromEntries(['one', 'two'].flatMap((service) => [
      [`${service}/app/main.py`, `from app.routers import orders\napp = FastAPI()\napp.include_router(orders.router, prefix="/${service}")\n`],
      [`${service}/app/routers/orders.py`, 'router = APIRouter()\n@router.get("/orders")\ndef orders(): ...\n@router.get("/orders/{id}")\ndef order(id): ...\n'],
    ])),
  }, 'python', { 'GET /one/orders': 'one/app/routers/orders.py:3 orders', 'GET /two/orders/{id}': 'two/app/routers/orders.py:5 order', 'GET /orders': '-' }));
});

describe('Go', () => {
  test('groups that are given on, in the package and to another one', () => check({
    'go.mod': 'module example.com/shop\n',
    'main.go': `package main
import (
	"github.com/gin-gonic/gin"
	"example.com/shop/users"
	web "example.com/shop/internal/web"
)
func main() {
	r := gin.Default()
	v1 := r.Group("/v1")
	orders(v1)
	users.Register(v1.Group("/users"))
	web.Routes(r)
	r.GET("/show", web.Show)
	a := r.Group("/a")
	a.GET("/x", x)
}
func other(r *gin.Engine) {
	a := r.Group("/b")
	a.GET("/x", x)
	a.GET(dynamic(), x)
}
func lost(g *gin.RouterGroup) { g.GET("/lost", x) }
`,
    'orders.go': 'package main\nfunc orders(g *gin.RouterGroup) {\n\tg.GET("/orders", list)\n\tg.Group("/deep").POST("/er", list)\n}\n',
    'handlers.go': 'package main\n\nfunc list(c *gin.Context) {}\nfunc x(c *gin.Context) {}\n',
    'users/users.go': 'package users\nfunc Register(g *gin.RouterGroup) {\n\th := &Handler{}\n\tg.GET("/:id", h.show)\n\tg.DELETE("", remove)\n}\nfunc remove(c *gin.Context) {}\n',
    'users/handler.go': 'package users\ntype Handler struct{}\nfunc (h *Handler) show(c *gin.Context) {}\n',
    'internal/web/routes.go': 'package web\nfunc Routes(r gin.IRouter) {\n\tr.GET("/web", Show)\n}\n',
    'internal/web/show.go': 'package web\nfunc Show(c *gin.Context) {}\n',
  }, 'go', {
    'GET /v1/orders': 'handlers.go:3 list', 'POST /v1/deep/er': 'handlers.go:3 list', 'GET /orders': '-',
    'GET /v1/users/:id': 'users/handler.go:3 Handler.show', 'DELETE /v1/users': 'users/users.go:7 remove', 'GET /:id': '-',
    'GET /web': 'internal/web/show.go:2 Show', 'GET /show': 'internal/web/show.go:2 Show', 'GET /lost': '-',
    'GET /a/x': 'handlers.go:4 x', 'GET /b/x': 'handlers.go:4 x', 'GET /x': '-',
  }));

  test('Chi and Gorilla: routers that are mounted', () => check({
    'go.mod': 'module example.com/shop\n',
    'main.go': `package main
func (s *Server) routes() http.Handler {
	r := chi.NewRouter()
	r.Get("/ping", s.ping)
	r.Mount("/users", s.users())
	r.Mount("/admin", admin())
	r.Route("/books", books)
	m := mux.NewRouter()
	api := m.PathPrefix("/api").Subrouter()
	api.HandleFunc("/x/{id}", x).Methods("GET", http.MethodPut)
	m.PathPrefix("/y").Subrouter().HandleFunc("/z", x)
	return r
}
func (s *Server) ping(w http.ResponseWriter, r *http.Request) {}
func (s *Server) users() http.Handler {
	r := chi.NewRouter()
	r.Get("/{id}", s.ping)
	return r
}
func admin() chi.Router {
	r := chi.NewRouter()
	r.Get("/stats", x)
	return r
}
func books(r chi.Router) { r.Get("/{isbn}", x) }
func x(w http.ResponseWriter, r *http.Request) {}
`,
  }, 'go', {
    'GET /ping': 'main.go:14 Server.ping', 'GET /users/{id}': 'main.go:14 Server.ping', 'GET /{id}': '-', 'GET /admin/stats': 'main.go:26 x', 'GET /stats': '-',
    'GET /books/{isbn}': 'main.go:26 x', 'PUT /api/x/{id}': 'main.go:26 x', 'POST /api/x/{id}': '-', 'GET /x/{id}': '-', 'GET /y/z': 'main.go:26 x', 'GET /z': '-',
  }));
});

test('Go: methods of variables, by the type that they are made with', () => check({
  'go.mod': 'module example.com/shop\n',
  'main.go': `package main
import "example.com/shop/orders"
func main() {
	store := orders.NewStore(3)
	cart := &orders.Cart{}
	local := newLocal()
	only := orders.New()
	mux.HandleFunc("GET /orders/{id}", store.Show)
	mux.HandleFunc("GET /carts/{id}", cart.Show)
	mux.HandleFunc("GET /two", store.Two)
	mux.HandleFunc("GET /local", local.Serve)
	mux.HandleFunc("GET /lost", lost.Serve)
	mux.HandleFunc("GET /only", only.List)
	mux.HandleFunc("GET /not-only", only.Two)
	mux.HandleFunc("GET /embedded", store.Embedded)
	mux.HandleFunc("GET /wrapped", wrap(list))
	mux.Handle("GET /inline", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
}
func newLocal() *Local { return nil }
`,
  'orders/store.go': 'package orders\nfunc (s *Store) List() {}\nfunc (s *Store) Two() {}\nfunc (c *Cart) Two() {}\nfunc (c *Cart) Show() {}\nfunc (c *Cart) Embedded() {}\n',
  'orders/show.go': 'package orders\nfunc (s *Store) ShowAll() {}\nfunc (s *Store) Show() {}\n',
  'local.go': 'package main\nfunc (l *Local) Serve() {}\nfunc list() {}\n',
}, 'go', {
  'GET /orders/{id}': 'orders/show.go:3 Store.Show', 'GET /carts/{id}': 'orders/store.go:5 Cart.Show', 'GET /two': 'orders/store.go:3 Store.Two',
  'GET /only': 'orders/store.go:2 Store.List', 'GET /not-only': '-', 'GET /embedded': '-', 'GET /local': 'local.go:2 Local.Serve', 'GET /lost': '-', 'GET /wrapped': 'local.go:3 list', 'GET /inline': 'main.go:17 main',
}));

describe('.NET', () => {
  test('minimal APIs: groups of groups, what is chained, methods that are given a group', () => check({
    'Program.cs': `
var app = builder.Build();
var api = app.MapGroup("/api").RequireAuthorization();
var v1 = api.MapGroup("v1");
v1.MapGet("/a", A);
app.MapGroup("/b").WithTags("b").MapGet("/c", A);
app.MapGroup("/orders").WithTags("orders").MapOrders();
app.MapHealth();
v1.MapUsers();
app.MapMethods("/m", new[] { "OPTIONS", "HEAD" }, A);
app.MapGroup(prefix).MapGet("/never", A);
void A() {}
`,
    'Endpoints.cs': `
static class Endpoints {
  public static RouteGroupBuilder MapOrders(this RouteGroupBuilder group) {
    group.MapGet("/{id}", Get);
    group.MapGroup("/inner").MapPost("/", Get);
    return group;
  }
  public static void MapHealth(this IEndpointRouteBuilder app) { app.MapGet("/health", Get); }
  public static void MapUsers(this IEndpointRouteBuilder routes) {
    var group = routes.MapGroup("/users");
    group.MapDelete("/{id}", Get);
  }
  public static void MapLost(this IEndpointRouteBuilder routes) {
    var group = routes.MapGroup("/lost");
    group.MapDelete("/{id}", Get);
  }
  static void Get() {}
}`,
  }, 'dotnet', {
    'GET /api/v1/a': 'Program.cs:12 A', 'GET /a': '-', 'GET /b/c': 'Program.cs:12 A', 'GET /orders/{id}': 'Endpoints.cs:17 Endpoints.Get', 'GET /{id}': '-',
    'POST /orders/inner/': 'Endpoints.cs:17 Endpoints.Get', 'GET /health': 'Endpoints.cs:17 Endpoints.Get', 'DELETE /api/v1/users/{id}': 'Endpoints.cs:17 Endpoints.Get',
    'DELETE /users/{id}': '-', 'DELETE /lost/{id}': '-', 'HEAD /m': 'Program.cs:12 A', 'GET /m': '-', 'GET /never': '-',
  }));

  test('minimal APIs: handlers of other files', () => check({
    'Program.cs': 'app.MapGet("/prices/{sku}", PriceEndpoints.Find);\napp.MapGet("/full", Web.PriceEndpoints.All);\napp.MapGet("/two", Twice.Get);\napp.MapGet("/health", async () => 1);\napp.MapGet("/made", Make());\n',
    'Prices.cs': 'namespace Web;\nstatic class PriceEndpoints {\n  public static string Find(string sku) => "";\n  public static string All() => "";\n}\nclass Twice { void Get() {} }\n',
    'Twice.cs': 'class Twice { void Get() {} }',
  }, 'dotnet', {
    'GET /prices/{sku}': 'Prices.cs:3 PriceEndpoints.Find', 'GET /full': 'Prices.cs:4 PriceEndpoints.All', 'GET /two': '-', 'GET /health': 'Program.cs:4 -', 'GET /made': '-',
  }));

  test('controllers: tokens, names that are no templates, routes that are absolute', () => check({
    'a.cs': `
[Route("[controller]")]
public class WeatherForecastController : ControllerBase {
  [HttpGet(Name = "GetWeatherForecast")]
  public int Get() => 1;
  [HttpGet("[action]/{id}")]
  public int Detail(int id) => 1;
  [HttpPost, Route("sub")]
  public int Post() => 1;
  [HttpPut("~/absolute")] public int Put() => 1;
}
public class ConventionalController : Controller { [HttpGet] public int Index() => 1; }
[Route("v{version:apiVersion}/[controller]")] public class OrdersController { [HttpGet("{id:guid}")] public int Get() => 1; }`,
  }, 'dotnet', {
    'GET WeatherForecast': 'a.cs:5 WeatherForecastController.Get', 'GET WeatherForecast/Detail/{id}': 'a.cs:7 WeatherForecastController.Detail',
    'POST WeatherForecast/sub': 'a.cs:9 WeatherForecastController.Post', 'PUT absolute': 'a.cs:10 WeatherForecastController.Put',
    'GET v{version:apiVersion}/Orders/{id:guid}': 'a.cs:13 OrdersController.Get', 'GET {controller=Home}/{action=Index}/{id?}': '-',
  }));
});
