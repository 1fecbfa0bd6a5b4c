import http from 'node:http';

/** Whether a hub has answered an OTLP/JSON request with success; false too where it went away meanwhile. */
export function isAcknowledged(endpoint: string, body: string, agent: http.Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.request(endpoint, { method: 'POST', agent, headers: { 'content-type': 'application/json' } }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
      response.on('close', () => resolve(false));
    });
    request.on('error', () => resolve(false));
    request.end(body);
  });
}
