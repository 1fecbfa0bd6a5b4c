import express from 'express';
import { get } from 'node:http';

const app = express();
app.get('/esm/:id', async function answer(request, response) { // @row request handler | internal | answer @row GET /esm/:id | server | answer
  response.json({ id: request.params.id });
});
const server = app.listen(0, '127.0.0.1', () => {
  get(`http://127.0.0.1:${server.address().port}/esm/7`, (response) => { // @row GET | client | app.listen('127.0.0.1') callback
    response.setEncoding('utf8').on('data', (text) => console.log(text));
    response.on('end', () => server.close());
  });
});
