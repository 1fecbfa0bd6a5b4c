import { createServer } from 'node:http';

/** A page of 2,000 rows with a name and a bar each, and nothing else: what this browser on this machine manages at best. */
export async function servePlainPage() {
  const rows = Array.from({ length: 2000 }, (_, i) => `<div class="plain-row"><span>operation ${i} · service-${i % 24}</span><i style="margin-left:${(i * 37) % 400}px;width:${20 + ((i * 13) % 200)}px"></i></div>`);
  const body = `<!DOCTYPE html><meta charset="utf-8"><title>plain</title><style>
body { margin: 0; background: #1f1f1f; color: #ccc; font: 13px sans-serif; }
.plain-row { display: flex; align-items: center; height: 22px; }
span { width: 420px; padding-left: 8px; white-space: nowrap; overflow: hidden; }
i { display: block; height: 12px; background: #3794ff; }
</style>${rows.join('\n')}`;
  const server = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(body));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
