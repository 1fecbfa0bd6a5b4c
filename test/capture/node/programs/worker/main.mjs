import { createServer } from 'node:http';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

async function inWorker() {
  const answer = await fetch(workerData); // @row GET | client | inWorker
  console.log(await answer.text());
}

if (isMainThread) {
  const server = createServer((request, response) => response.end('for the worker'));
  server.listen(0, '127.0.0.1', () => {
    new Worker(new URL(import.meta.url), { workerData: `http://127.0.0.1:${server.address().port}/` }).on('exit', (code) => {
      console.log(code);
      server.close();
    });
  });
} else {
  await inWorker();
}
