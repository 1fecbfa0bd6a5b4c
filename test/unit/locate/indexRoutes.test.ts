import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalRoute } from '../../../src/locate/index/routeTemplate.ts';
import { entriesOf, indexOf } from './indexSupport.ts';

const server = { kind: 'server' } as const;

test('templates of every framework are one', () => {
  const same = (wanted: string, ...templates: string[]) => { for (const template of templates) assert.equal(normalRoute(template), wanted, template); };
  same('/users/{id}', '/users/:id', 'users/<int:id>/', '/users/<id>', '/users/[id]', '/users/{id}', '/users/{id:int}', '/users/{id:[0-9]{2}}', '/users/:id(\\d+)', '//users//:id/', '/users/{id?}');
  same('/f/{*rest}', '/f/*rest', '/f/[...rest]', '/f/[[...rest]]', '/f/{**rest}', '/f/{rest...}', '/f/:rest*', '/f/<path:rest>');
  same('/', '', '/', '//');
  same('/a/{from}-{to}', '/a/:from-:to');
  same('/a/{*}', '/a/*');
});

test('Express: handlers in place, by name and wrapped; not the calls of clients', async () => {
  assert.deepEqual(await entriesOf('a.js', `
const app = express();
app.get('/orders/:id', async (req, res) => {});
app.post('/orders', guard, create);
app.put(\`/orders/:id\`, wrap(async (req, res) => {
}));
app.delete(['/a', '/b'], imported.remove);
app.route('/books').get(list).post(create);
app.all('*', notFound);
async function create(req, res) {}
const list = (req, res) => {};
axios.get('/orders', options); http.get('/x', (res) => {}); cache.get('/x', other); request(app).get('/orders'); app.get('env');
`), [
    "route GET /orders/:id @ 3 app.get('/orders/:id') callback", 'route POST /orders @ 10 create', 'route PUT /orders/:id @ 5 wrap() callback',
    'route DELETE /a @ 7 -', 'route DELETE /b @ 7 -', 'route GET /books @ 11 list', 'route POST /books @ 10 create', 'route * * @ 9 -',
  ]);
});

test('Express: routers of other files, where what is before them is known', async () => {
  const { ask } = await indexOf({
    'src/app.ts': `
import express from 'express';
import users from './users.js';
import { router as books } from './books';
const app = express();
const api = express.Router();
app.use('/api', auth, api);
api.use('/users', users);
api.use(books);
app.use(prefix, require('./lost'));
`,
    'src/users.ts': `const router = Router();
router.get('/:id', (req, res) => {});
export default router;`,
    'src/books/index.js': `const router = express.Router();
router.get('/books', function list() {});
module.exports = { router };`,
    'src/lost.js': `const router = express.Router();
router.get('/lost', () => {});
module.exports = router;`,
  });
  assert.equal(await ask({ ...server, name: 'GET /api/users/:id', httpRoute: '/api/users/:id', httpMethod: 'GET' }), "src/users.ts:2 router.get('/:id') callback (route)");
  assert.equal(await ask({ ...server, name: 'GET /api/books' }), 'src/books/index.js:2 list (route)');
  assert.equal(await ask({ kind: 'internal', name: 'request handler - /api/books', httpRoute: '/api/books' }), 'src/books/index.js:2 list (route)');
  assert.equal(await ask({ kind: 'internal', name: 'middleware - query', httpRoute: '/api/books' }), 'nothing in the workspace makes spans called "middleware - query"');
  assert.match(await ask({ ...server, name: 'GET /lost' }), /^no route|^nothing/);
  assert.match(await ask({ ...server, name: 'GET /:id', httpRoute: '/:id', httpMethod: 'GET' }), /^no route/);
  assert.match(await ask({ ...server, httpRoute: '/api/books', httpMethod: 'POST' }), /^no route of the workspace is POST/);
  assert.match(await ask({ kind: 'client', name: 'GET /api/books' }), /^nothing/);
});

test('Fastify, Koa and Hono', async () => {
  const { ask } = await indexOf({
    'fastify.ts': `
const fastify = Fastify();
fastify.route({ method: ['GET', 'HEAD'], url: '/a', handler: async function a() {} });
fastify.get('/b', { schema, handler: b });
fastify.register(plugin, { prefix: '/v1' });
async function plugin(instance, options) {
  instance.get('/c', async () => {});
}
function b() {}`,
    'koa.js': `
const router = new Router({ prefix: '/koa' });
router.get('name', '/:id', async (ctx) => {});
app.use(router.routes());`,
    'hono.ts': `
const app = new Hono().basePath('/hono');
const books = new Hono();
books.get('/:id', (c) => c.text(''));
app.route('/books', books);`,
  });
  assert.equal(await ask({ ...server, name: 'GET /a' }), 'fastify.ts:3 a (route)');
  assert.equal(await ask({ ...server, name: 'GET /b' }), 'fastify.ts:9 b (route)');
  assert.equal(await ask({ ...server, name: 'GET /v1/c' }), "fastify.ts:7 instance.get('/c') callback (route)");
  assert.match(await ask({ ...server, name: 'GET /c' }), /^no route|^nothing/);
  assert.equal(await ask({ ...server, name: 'GET /koa/:id' }), "koa.js:3 router.get('name', '/:id') callback (route)");
  assert.equal(await ask({ ...server, name: 'GET /hono/books/:id' }), "hono.ts:4 books.get('/:id') callback (route)");
});

test('NestJS: controllers, with the prefix of the program', async () => {
  const controller = `
@Controller('cats')
export class CatsController {
  @Get(':id')
  @UseGuards(Guard)
  async findOne(@Param('id') id: string) {}
  @Post()
  create() {}
}
@Controller({ path: 'v', version: '1' }) class Versioned { @Get('x') x() {} }`;
  assert.deepEqual(await entriesOf('cats.ts', controller), ['route GET /cats/:id @ 6 CatsController.findOne', 'route POST /cats @ 8 CatsController.create', 'route GET /v/x @ 10 Versioned.x']);
  const { ask } = await indexOf({ 'cats.ts': controller, 'main.ts': "async function bootstrap() { app.setGlobalPrefix('api'); }" });
  assert.equal(await ask({ ...server, name: 'GET /api/cats/:id' }), 'cats.ts:6 CatsController.findOne (route)');
});

test('Next.js: routes by where a file is', async () => {
  assert.deepEqual(await entriesOf('web/src/app/(shop)/api/orders/[id]/route.ts', `
export async function GET(request: Request) {}
export const POST = async () => {};
const remove = () => {};
export { remove as DELETE };
export const dynamic = 'force-dynamic';`), ['route GET /api/orders/[id] @ 2 GET', 'route POST /api/orders/[id] @ 3 POST', 'route DELETE /api/orders/[id] @ 4 remove']);
  assert.deepEqual(await entriesOf('pages/api/users/index.js', 'export default function handler(req, res) {}'), ['route * /api/users @ 1 handler']);
  assert.deepEqual(await entriesOf('app/shop/[...rest]/page.tsx', 'export default async function Page() { return <p/>; }'), ['route GET /shop/[...rest] @ 1 Page']);
  assert.deepEqual(await entriesOf('app/_private/route.ts', 'export function GET() {}'), []);
});

test('Flask: applications and blueprints', async () => {
  const { ask } = await indexOf({
    'shop/__init__.py': '',
    'shop/app.py': `
from flask import Flask
from .orders import bp
from shop import users
app = Flask(__name__)
app.register_blueprint(bp, url_prefix='/api/orders')
app.register_blueprint(users.bp)

@app.route('/')
def index(): pass

@app.route('/form', methods=['GET', 'POST'])
@login_required
def form(): pass
`,
    'shop/orders.py': `
bp = Blueprint('orders', __name__, url_prefix='/unused')
@bp.get('/<int:order_id>')
def show(order_id): pass
`,
    'shop/users.py': `
bp = Blueprint('users', __name__, url_prefix='/users')
@bp.route('/<name>/', methods=["PUT"])
def rename(name): pass
`,
    'shop/lost.py': `
bp = Blueprint('lost', __name__)
@bp.route('/lost')
def lost(): pass
`,
  });
  const ask2 = (httpMethod: string, httpRoute: string) => ask({ ...server, name: `${httpMethod} ${httpRoute}`, httpMethod, httpRoute, language: 'python' });
  assert.equal(await ask2('GET', '/'), 'shop/app.py:10 index (route)');
  assert.equal(await ask2('POST', '/form'), 'shop/app.py:14 form (route)');
  assert.equal(await ask2('GET', '/api/orders/<int:order_id>'), 'shop/orders.py:4 show (route)');
  assert.equal(await ask2('PUT', '/users/<name>/'), 'shop/users.py:4 rename (route)');
  assert.match(await ask2('GET', '/lost'), /^no route/);
  assert.match(await ask2('DELETE', '/form'), /^no route/);
});

test('FastAPI and Django', async () => {
  const { ask } = await indexOf({
    'main.py': `
from fastapi import FastAPI
from routers import items
from routers.users import router as users
app = FastAPI()
app.include_router(items.router, prefix="/api")
app.include_router(users)
@app.get("/health")
async def health(): ...
`,
    'routers/items.py': `
router = APIRouter(prefix="/items")
@router.get("/{item_id}")
async def read_item(item_id: int): ...
`,
    'routers/users.py': `
router = APIRouter()
@router.post("/users")
def create(): ...
`,
    'site/urls.py': `
urlpatterns = [path('', views.home), path('polls/', include('polls.urls'))]`,
    'polls/urls.py': `
from django.urls import path
def detail(request, id): pass
urlpatterns = [
    path('<int:id>/', detail, name='detail'),
    path('list/', views.List.as_view()),
]`,
  });
  assert.equal(await ask({ ...server, name: 'GET /health' }), 'main.py:9 health (route)');
  assert.equal(await ask({ ...server, name: 'GET /api/items/{item_id}' }), 'routers/items.py:4 read_item (route)');
  assert.equal(await ask({ ...server, name: 'POST /users' }), 'routers/users.py:4 create (route)');
  assert.equal(await ask({ ...server, name: 'GET polls/<int:id>/', httpRoute: 'polls/<int:id>/', httpMethod: 'GET' }), 'polls/urls.py:3 detail (route)');
  assert.equal(await ask({ ...server, name: 'GET polls/list/', httpRoute: 'polls/list/', httpMethod: 'GET' }), 'polls/urls.py:6 registers it, but which function is its handler is not known');
});

test('Spring and JAX-RS', async () => {
  assert.deepEqual(await entriesOf('A.java', `
@RestController
@RequestMapping("/api/owners")
class OwnerController {
  @GetMapping("/{id}")
  @WithSpan
  public Owner show(@PathVariable int id) {}
  @PostMapping Owner create() {}
  @RequestMapping(path = {"/a", "/b"}, method = RequestMethod.PUT)
  void two() {}
  @GetMapping(PATH) void constant() {}
}
@FeignClient("x") interface Client { @GetMapping("/remote") String remote(); }
@Path("/books") class Books { @GET @Path("/{isbn}") public Book get() {} }
`), [
    'spanName OwnerController.show @ 7 OwnerController.show', 'route GET /api/owners/{id} @ 7 OwnerController.show', 'route POST /api/owners @ 8 OwnerController.create',
    'route PUT /api/owners/a @ 10 OwnerController.two', 'route PUT /api/owners/b @ 10 OwnerController.two', 'route GET /books/{isbn} @ 14 Books.get',
  ]);
});

test('Gin, Chi and net/http', async () => {
  const { ask } = await indexOf({
    'go.mod': 'module example.com/shop\n',
    'gin.go': `package main
func (s *Server) routes() {
	r := gin.Default()
	api := r.Group("/api")
	v1 := api.Group("/v1")
	v1.GET("/orders/:id", s.show)
	r.POST("/orders", func(c *gin.Context) {})
}
func (s *Server) show(c *gin.Context) {}
func register(group *gin.RouterGroup) { group.GET("/unknown", h) }
`,
    'chi.go': `package main
func chiRoutes() {
	r := chi.NewRouter()
	r.Route("/chi", func(r chi.Router) {
		r.Get("/{id}", getChi)
	})
	mux.HandleFunc("GET /std/{id}", std)
}
func getChi(w http.ResponseWriter, r *http.Request) {}
func std(w http.ResponseWriter, r *http.Request) {}
`,
  });
  assert.equal(await ask({ ...server, name: 'GET /api/v1/orders/:id' }), 'gin.go:9 Server.show (route)');
  assert.equal(await ask({ ...server, name: 'POST /orders' }), 'gin.go:7 Server.routes (route)');
  assert.equal(await ask({ ...server, name: 'GET /chi/{id}' }), 'chi.go:9 getChi (route)');
  assert.equal(await ask({ ...server, name: 'GET /std/{id}' }), 'chi.go:10 std (route)');
  assert.match(await ask({ ...server, name: 'GET /unknown', httpRoute: '/unknown' }), /^no route|^nothing/);
});

test('ASP.NET: attributes and minimal APIs', async () => {
  const { ask } = await indexOf({
    'Users.cs': `
namespace Shop;
[ApiController]
[Route("api/[controller]")]
public class UsersController : ControllerBase {
  [HttpGet("{id:int}")]
  public User Get(int id) => null;
  [HttpPost] public void Create() {}
  [HttpDelete("/all/{id}")] public void All() {}
}`,
    'Program.cs': `
var group = app.MapGroup("/v1");
group.MapGet("/todos/{id}", (int id) => 1);
app.MapPost("/todos", Create);
void Create() {}`,
  });
  const get = (httpMethod: string, httpRoute: string) => ask({ ...server, name: `${httpMethod} ${httpRoute}`, httpMethod, httpRoute, language: 'dotnet' });
  assert.equal(await get('GET', 'api/Users/{id:int}'), 'Users.cs:7 UsersController.Get (route)');
  assert.equal(await get('POST', 'api/Users'), 'Users.cs:8 UsersController.Create (route)');
  assert.equal(await get('DELETE', 'all/{id}'), 'Users.cs:9 UsersController.All (route)');
  assert.equal(await get('GET', '/v1/todos/{id}'), 'Program.cs:3 - (route)');
  assert.equal(await get('POST', '/todos'), 'Program.cs:5 Create (route)');
});
