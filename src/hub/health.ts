import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HubStatus } from '../protocol/hub.ts';
import { metricsText } from './metricsText.ts';
import { isLoopbackHost } from './receivers/loopbackOnly.ts';

/**
 * The pages of the control port that need no token, since they tell nothing of a span: `/healthz` and `/metrics`. They are for who
 * addresses this machine and is no web page: one names an Origin, or says that it fetches across sites, or has another Host.
 */
export function answerHealth(request: IncomingMessage, response: ServerResponse, status: () => HubStatus): void {
  const { host, origin, 'sec-fetch-site': site = 'none' } = request.headers;
  const path = request.url?.replace(/\?.*$/s, '');
  const isWanted = (request.method === 'GET' || request.method === 'HEAD') && (path === '/healthz' || path === '/metrics');
  const isStranger = origin !== undefined || (site !== 'none' && site !== 'same-origin') || !isLoopbackHost(host);
  const send = (code: number, contentType: string, text: string) => {
    response.writeHead(code, { 'content-type': contentType, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' }).end(request.method === 'HEAD' ? undefined : text);
  };
  if (!isWanted || isStranger) send(404, 'application/json', '{}\n');
  else if (path === '/metrics') send(200, 'text/plain; version=0.0.4; charset=utf-8', metricsText(status(), Date.now()));
  else send(200, 'application/json', `${JSON.stringify(health(status()))}\n`);
}

/** Clients look for the end of it (client/findHub.ts): the process id comes last. */
function health(status: HubStatus): object {
  return {
    status: status.troubles.length === 0 ? 'ok' : 'troubled',
    troubles: status.troubles.map(({ code }) => code),
    version: status.version,
    uptimeSeconds: Math.max(0, Math.round((Date.now() - status.sinceUnixMs) / 1000)),
    pid: status.pid,
  };
}
