const Koa = require('koa');
const Router = require('@koa/router');

const app = new Koa();
const router = new Router();

async function timing(context, next) { // @row middleware - timing | internal | timing
  await next();
  context.set('x-done', 'yes');
}

router.get('/items/:id', async (context) => { // @row router - /items/:id | internal | router.get('/items/:id') callback @row GET /items/:id | server | router.get('/items/:id') callback
  context.body = { id: context.params.id };
});

app.use(timing);
app.use(router.routes());
const server = app.listen(0, '127.0.0.1', async () => {
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/items/3`); // @row GET | client | app.listen('127.0.0.1') callback
  console.log(answer.status, answer.headers.get('x-done'), await answer.text());
  server.close();
  server.closeAllConnections();
});
