import { createServer } from 'node:http';

/**
 * Takes OTLP/HTTP traces on a free port of the loopback.
 * @returns {Promise<{ url: string, bodies: { type: string, bytes: Buffer }[], close(): Promise<void> }>}
 */
export async function startReceiver() {
  const bodies = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const type = request.headers['content-type'] ?? '';
      if (request.url === '/v1/traces') bodies.push({ type, bytes: Buffer.concat(chunks) });
      response.setHeader('content-type', type);
      response.end(type.includes('json') ? '{}' : '');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    bodies,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
