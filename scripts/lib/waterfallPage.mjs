// The built webview in a plain page, without VS Code: a server on this machine's loopback with a host that answers from a file of traces.
// Needs a Node that runs TypeScript.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { WebSocketServer } from 'ws';
import { TraceFileContents } from '../../src/hub/traceFile.ts';
import { unpacked } from '../../src/hub/traceFileBytes.ts';
import { decodeTraceFile } from '../../src/decode/traceFile.ts';
import { decodeFrame, encodeFrame } from '../../src/protocol/frame.ts';
import { RpcPeer } from '../../src/protocol/rpc.ts';
import { compareChoices, operationOf } from '../../src/views/compareChoices.ts';
import { waterfallHtml } from '../../src/views/waterfallHtml.ts';
import { themes } from '../../test/ui/themes.ts';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const noWorkspace = { outcome: 'This page has no workspace: places are found where the file is opened in VS Code.', steps: [] };

/**
 * Serves a file of traces of any known format. The page at `url` shows its newest trace; `?trace=ID`, `&span=ID` and `&theme=light` choose.
 * Rejects with what is wrong with the file, or where the port is taken; port 0 is any free one. `readMs`: what decoding took, and the columns.
 * @param {{ bytes: Uint8Array, port: number }} options
 */
export async function serveWaterfallPage({ bytes, port }) {
  const startedMs = performance.now();
  const contents = new TraceFileContents(decodeTraceFile(unpacked(bytes)));
  const traces = contents.handlers();
  const list = await traces.traces({});
  // As a hub has it that the spans came to: what a page then waits for is the page's.
  await traces.trace({ traceId: list[0].traceId });
  const readMs = performance.now() - startedMs;
  const files = await bundle();
  let sentBytes = 0;

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const file = url.pathname === '/' ? page(url.searchParams.get('theme')) : files.get(url.pathname);
    const status = !isOurs(request) ? 403 : file === undefined ? 404 : 200;
    response.writeHead(status, { 'content-type': `${status === 200 ? file.type : 'text/plain'}; charset=utf-8`, 'cache-control': 'no-store' });
    response.end(status === 200 ? file.body : status === 403 ? 'not for this host' : 'not found');
  });
  const peers = new Set();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1 << 20 });
  server.on('upgrade', (request, socket, head) => {
    // Another site's page may reach this machine too.
    const isPage = isOurs(request) && request.headers.origin === `http://${request.headers.host}`;
    if (!isPage) socket.destroy();
    else {
      sockets.handleUpgrade(request, socket, head, (opened) => {
        const peer = host(opened, new URL(request.url ?? '/', 'http://127.0.0.1').searchParams);
        peers.add(peer);
        opened.on('close', () => peers.delete(peer));
      });
    }
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const ownPort = server.address().port;

  function isOurs({ headers }) {
    return headers.host === `127.0.0.1:${ownPort}` || headers.host === `localhost:${ownPort}`;
  }

  /** What src/views/waterfallPanel.ts is to VS Code's webview; there is no source to show here. */
  function host(socket, chosen) {
    const traceId = (chosen.get('trace') ?? list[0].traceId).toLowerCase();
    return new RpcPeer(
      {
        send(message) {
          const frame = encodeFrame(message);
          sentBytes += frame.length;
          socket.send(frame);
        },
        onMessage: (listener) => socket.on('message', (data, isBinary) => {
          try {
            listener(decodeFrame(isBinary ? new Uint8Array(data) : data.toString()));
          } catch {
            // Not from our page.
            socket.terminate();
          }
        }),
        onClose: (listener) => socket.on('close', listener),
      },
      {
        async ready() {
          const columns = await traces.trace({ traceId });
          return { traceId, trace: columns === undefined ? { kind: 'missing' } : { kind: 'trace', columns, places: [] }, selectedSpanId: chosen.get('span') ?? undefined };
        },
        spanDetails: ({ spanId }) => traces.spanDetails({ traceId, spanId }),
        searchSpans: (question) => traces.searchTrace({ traceId, ...question }),
        linksTo: ({ spanId }) => traces.linksTo({ traceId, spanId }),
        traceLogs: () => traces.traceLogs({ traceId }),
        compareChoices: async () => compareChoices({ call: async (method, query) => traces[method](query) }, operationOf(await traces.trace({ traceId }))),
        compareTrace: ({ traceId: other }) => traces.trace({ traceId: other }),
        toggleFollow: () => false,
        codeLines: () => undefined,
        explain: () => noWorkspace,
        openSource: () => false,
        openFrame: () => false,
      },
    );
  }

  return {
    url: `http://127.0.0.1:${ownPort}/`,
    summary: contents.summary,
    readMs,
    traces: list,
    /** Of answers and events, since the server started. */
    sentBytes: () => sentBytes,
    /** Tells the pages that are open what a window would, as that their trace has grown. */
    emit(event, data) {
      for (const peer of peers) peer.emit(event, data);
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** As scripts/build.mjs bundles it for the package. */
async function bundle() {
  const built = await esbuild.build({
    absWorkingDir: root, bundle: true, write: false, minify: true, platform: 'browser', format: 'iife', target: 'es2022', logLevel: 'silent', legalComments: 'none', outdir: '/',
    entryPoints: { main: 'webview/main.ts', host: 'scripts/lib/waterfallPageClient.mjs' }, loader: { '.ttf': 'file' },
  });
  return new Map(built.outputFiles.map((file) => [`/${path.basename(file.path)}`, { type: file.path.endsWith('.css') ? 'text/css' : file.path.endsWith('.js') ? 'text/javascript' : 'font/ttf', body: file.contents }]));
}

function page(wanted) {
  const nonce = randomBytes(16).toString('base64url');
  const { bodyClass, variables } = themes[Object.hasOwn(themes, wanted ?? '') ? wanted : 'dark'];
  const before = `<script nonce="${nonce}">
    const { bodyClass, variables } = ${JSON.stringify({ bodyClass, variables })};
    document.body.className = bodyClass;
    for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty('--vscode-' + name, value);
  </script><script nonce="${nonce}" src="/host.js"></script>`;
  const body = waterfallHtml({ scriptUri: '/main.js', styleUri: '/main.css', cspSource: "'self'", nonce })
    .replace("default-src 'none';", "default-src 'none'; connect-src 'self';")
    .replace('<body>', `<body>${before}`);
  return { type: 'text/html', body };
}
