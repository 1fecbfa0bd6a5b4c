const express = require('express');
const http = require('http');

const app = express();
const router = express.Router();

function auth(request, response, next) { // @row middleware - auth | internal | auth
  next();
}

async function slow(request, response, next) { // @row middleware - slow | internal | slow
  await new Promise((resolve) => setTimeout(resolve, 5));
  next();
}

app.use(auth, slow);
app.use(express.json()); // @row middleware - jsonParser | internal | -
router.get('/:id', async (request, response) => { // @row request handler | internal | router.get('/:id') callback @row GET /orders/:id | server | router.get('/:id') callback
  response.json({ id: request.params.id });
});
app.use('/orders', router); // @row router - /:id | internal | -
app.get('/fails', function fails() { // @row request handler | internal | fails @row GET /fails | server | fails
  throw new Error('on purpose');
});
app.use((error, request, response, next) => {
  response.status(500).send(`${error.message} ${typeof next}`);
});

const server = app.listen(0, '127.0.0.1', async () => {
  for (const path of ['/orders/7', '/fails']) {
    await new Promise((resolve) => {
      http.get(`http://127.0.0.1:${server.address().port}${path}`, (response) => { // @row GET | client | app.listen('127.0.0.1') callback
        response.setEncoding('utf8').on('data', (text) => console.log(response.statusCode, text)).on('end', resolve);
      });
    });
  }
  server.close();
});
