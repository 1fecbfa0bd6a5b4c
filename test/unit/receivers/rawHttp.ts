import net from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Writes the parts as they are and reads one answer, whose body is as long as its Content-Length says. Does not wait for the connection's end. */
export async function rawHttp(port: number, ...parts: readonly (string | Uint8Array)[]): Promise<RawAnswer> {
  const socket = net.connect(port, '127.0.0.1');
  try {
    return await new Promise((resolve, reject) => {
      let received = Buffer.alloc(0);
      socket.on('data', (chunk) => {
        received = Buffer.concat([received, chunk]);
        const answer = parseAnswer(received);
        if (answer !== undefined) resolve(answer);
      });
      socket.on('error', reject);
      socket.on('close', () => reject(new Error(`the connection ended without an answer, after ${JSON.stringify(received.toString('latin1'))}`)));
      for (const part of parts) socket.write(part);
    });
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}

function parseAnswer(received: Buffer): RawAnswer | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = received.subarray(0, headEnd).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
  const body = received.subarray(headEnd + 4);
  const length = Number(headers['content-length'] ?? 0);
  return body.length < length ? undefined : { status: Number(statusLine.split(' ')[1]), headers, body: body.subarray(0, length) };
}

/** The head and body of a request, with a Content-Length. */
export function request(method: string, path: string, headers: Readonly<Record<string, string>>, body: string | Uint8Array = ''): Buffer {
  const bytes = Buffer.from(body as Uint8Array);
  const all = { Host: 'localhost:4318', 'Content-Length': String(bytes.length), ...headers };
  const lines = Object.entries(all).filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), bytes]);
}
