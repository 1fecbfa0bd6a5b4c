/** Places in several services that fit a span: the one of its own service, where the workspace says which folder that is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceFactsOf } from '../../../src/locate/index/serviceFacts.ts';
import { indexOf } from './indexSupport.ts';

const server = "const app = express();\napp.get('/health', (request, response) => {});\napp.listen(80);\n";
const library = "const app = express();\napp.get('/health', (request, response) => {});\n";
const manifest = (name: string, more = {}) => JSON.stringify({ name, ...more });

/** The file that is chosen for `GET /health` of a service; `-` where none is. */
async function chosen(files: Readonly<Record<string, string>>, service: string | undefined): Promise<string> {
  const { ask } = await indexOf(files);
  const answer = await ask({ kind: 'server', name: 'GET /health', httpMethod: 'GET', httpRoute: '/health', language: 'nodejs', service });
  return /^(\S+):2 .*\(route\)$/.exec(answer)?.[1] ?? (/^more than one place fits/.test(answer) ? '-' : answer);
}

const two = { 'a/orders/package.json': manifest('@shop/sales'), 'a/orders/server.js': server, 'a/mail/package.json': manifest('mail'), 'a/mail/server.js': server };

test('by the name of the folder, of the manifest with and without what it is published under, or by one that is given to the program', async () => {
  for (const service of ['orders', 'sales', '@shop/sales']) assert.equal(await chosen(two, service), 'a/orders/server.js', service);
  assert.equal(await chosen(two, 'mail'), 'a/mail/server.js');
  assert.equal(await chosen({ ...two, 'a/mail/.env': 'PORT=80\nOTEL_SERVICE_NAME="post"\n' }, 'post'), 'a/mail/server.js');
  assert.equal(await chosen({ ...two, 'a/mail/src/tracing.ts': "new NodeSDK({ serviceName: 'post' });" }, 'post'), 'a/mail/server.js');
  assert.equal(await chosen({ ...two, 'a/orders/package.json': manifest('x', { scripts: { start: 'OTEL_SERVICE_NAME=post node server.js' } }) }, 'post'), 'a/orders/server.js');
});

test('not by a part of a name, another case, no name, or a name that is nobody’s', async () => {
  for (const service of [undefined, '', 'order', 'orders-api', 'Orders', 'shop', 'a', 'unknown_service:node', 'w']) assert.equal(await chosen(two, service), '-', service);
});

test('not where a second package may be the service, whether it has the route or not', async () => {
  assert.equal(await chosen({ ...two, 'b/orders/package.json': manifest('b') }, 'orders'), '-');
  assert.equal(await chosen({ ...two, 'b/x/package.json': manifest('orders') }, 'orders'), '-');
  assert.equal(await chosen({ ...two, 'a/mail/.env': 'OTEL_SERVICE_NAME=orders' }, 'orders'), '-');
  // What is in no package is anywhere.
  assert.equal(await chosen({ ...two, '.env': 'OTEL_SERVICE_NAME=orders' }, 'orders'), '-');
});

test('not where the code of another place may run in the service', async () => {
  const orders = { 'a/orders/package.json': manifest('orders'), 'a/orders/server.js': server };
  assert.equal(await chosen({ ...two, ...orders }, 'orders'), 'a/orders/server.js');
  // In no package, or the one around.
  assert.equal(await chosen({ ...orders, 'common/routes.js': library }, 'orders'), '-');
  assert.equal(await chosen({ ...orders, 'package.json': manifest('all', { scripts: { start: 'x' } }), 'common/routes.js': server }, 'orders'), '-');
  // A package in it, one that starts no program, one that it depends on.
  assert.equal(await chosen({ ...orders, 'a/orders/admin/package.json': manifest('admin'), 'a/orders/admin/server.js': server }, 'orders'), '-');
  assert.equal(await chosen({ ...orders, 'a/common/package.json': manifest('common'), 'a/common/routes.js': library }, 'orders'), '-');
  assert.equal(await chosen({ ...two, 'a/orders/package.json': manifest('orders', { dependencies: { mail: '*' } }) }, 'orders'), '-');
  assert.equal(await chosen({ ...two, 'a/orders/package.json': manifest('orders', { dependencies: { x: 'file:../mail' } }) }, 'orders'), '-');
  // Two in the service itself.
  assert.equal(await chosen({ ...two, 'a/orders/other.js': server }, 'orders'), '-');
});

test('the only place that fits is not taken where it is another program’s, and the service’s own has none', async () => {
  const lone = { 'a/orders/package.json': manifest('sales', { scripts: { start: 'x' } }), 'a/orders/main.js': 'run();', 'a/mail/package.json': manifest('mail'), 'a/mail/server.js': server };
  const question = (service: string | undefined) => ({ kind: 'server', name: 'GET /health', httpMethod: 'GET', httpRoute: '/health', language: 'nodejs', service });
  const { ask } = await indexOf(lone);
  assert.match(await ask(question('orders')), /^a\/mail\/server\.js:2 fits, but is in another program than the service orders, which is in \/w\/a\/orders/);
  // Its own, one that nobody knows, or none: as before.
  for (const service of ['mail', 'shop', undefined]) assert.match(await ask(question(service)), /^a\/mail\/server\.js:2 .*\(route\)$/, service);
  // What the service depends on, and a package that starts nothing, may be run by it.
  for (const more of [{ 'a/orders/package.json': manifest('sales', { dependencies: { mail: '*' } }) }, { 'a/mail/server.js': library }]) {
    assert.match(await (await indexOf({ ...lone, ...more })).ask(question('orders')), /^a\/mail\/server\.js:2 .*\(route\)$/);
  }
});

test('a name that a function has is not chosen by the service', async () => {
  const { ask } = await indexOf({ 'orders/go.mod': 'module example.com/x', 'orders/a.go': 'package main\nfunc Run() {}\n', 'mail/go.mod': 'module example.com/x', 'mail/a.go': 'package main\nfunc Run() {}\n' });
  assert.match(await ask({ functionName: 'main.Run', language: 'go', service: 'orders' }), /^more than one place fits/);
});

test('follows what changes', async () => {
  const { ask, put, index } = await indexOf(two);
  const question = { kind: 'server', name: 'GET /health', httpMethod: 'GET', httpRoute: '/health', service: 'mail' };
  assert.match(await ask(question), /^a\/mail\/server/);
  await put('c/package.json', manifest('mail'));
  assert.match(await ask(question), /^more than one place fits.*which of them is in the service mail/);
  index.remove('/w/c/package.json');
  assert.match(await ask(question), /^a\/mail\/server/);
});

test('what manifests and sources say', () => {
  const names = (file: string, text: string) => serviceFactsOf(`/w/orders/${file}`, text)?.package?.names;
  assert.deepEqual(names('go.mod', 'module example.com/shop/orders/v2\n\ngo 1.26\n'), ['example.com/shop/orders/v2', 'orders']);
  assert.deepEqual(names('pyproject.toml', '[project]\nname = "orders"\n'), ['orders', 'orders']);
  assert.deepEqual(names('composer.json', '{"name": "acme/orders"}'), ['acme/orders', 'orders']);
  assert.deepEqual(names('Orders.Api.csproj', '<Project/>'), ['Orders.Api', 'Orders.Api']);
  for (const text of ['', '{', '[]', 'null', '{"name": 1}', '{"name": ""}']) assert.deepEqual(names('package.json', text), [], text);
  const services = (text: string) => serviceFactsOf('/w/orders/a.x', text)?.programs.map(({ service }) => service);
  for (const text of [
    "serviceName: 'shop'", 'SERVICE_NAME: "shop"', '{"service.name": "shop"}', "{ [ATTR_SERVICE_NAME]: 'shop' }", 'semconv.ServiceName("shop")', 'semconv.ServiceNameKey.String("shop")',
    'OTEL_SERVICE_NAME=shop', 'ENV OTEL_SERVICE_NAME=shop', 'otel.service.name=shop', '.AddService("shop")', "process.env.OTEL_SERVICE_NAME ??= 'shop'", "os.environ['OTEL_SERVICE_NAME'] = 'shop'",
  ]) assert.deepEqual(services(text), ['shop'], text);
  assert.equal(services('const service = name;'), undefined);
});
