const fastify = require('fastify');

const app = fastify();

app.get('/items/:id', async function item(request) { // @row request handler - item | internal | item @row GET /items/:id | server | item
  return { id: request.params.id };
});

app.listen({ port: 0, host: '127.0.0.1' }).then(async () => {
  const answer = await fetch(`http://127.0.0.1:${app.server.address().port}/items/3`); // @row GET | client | -
  console.log(answer.status, await answer.text());
  await app.close();
});
