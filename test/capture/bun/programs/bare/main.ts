// No OpenTelemetry at all: Bun has no SDK that could be loaded, and the program is as it is without us.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((request: IncomingMessage, response: ServerResponse) => response.end(request.url));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const answer = await fetch(`http://127.0.0.1:${port}/pen`);
process.stdout.write(`${await answer.text()} ${process.argv.length}\n`);
server.close();
throw new TypeError('as it is');
