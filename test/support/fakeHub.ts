import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeTraces } from '../../src/decode/otlpProtobuf.ts';
import { decodeProbeReport, type ProbeReport } from '../../src/decode/probeReport.ts';

/** Stands where a program's hub would be, answers all with one status, and keeps what it is sent. */
export class FakeHub {
  /** `NAME KIND` of each span that ended. */
  readonly names: string[] = [];
  readonly services = new Set<string>();
  readonly captures = new Set<string>();
  /** What probes told beside the spans. */
  readonly reports: ProbeReport[] = [];
  readonly #server: Server;

  private constructor(status: number) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        this.#keep(request.url, Buffer.concat(chunks));
        response.writeHead(status).end();
      });
    });
  }

  static async start(status = 200): Promise<FakeHub> {
    const hub = new FakeHub(status);
    await new Promise<void>((resolve) => hub.#server.listen(0, '127.0.0.1', resolve));
    return hub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Names of the spans that it was told are open. */
  get opened(): readonly string[] {
    return this.reports.flatMap(({ open }) => open.map(({ name }) => name));
  }

  /** Resolves with the sorted names when that many spans have come; rejects where they do not. */
  async spans(count: number): Promise<readonly string[]> {
    for (const deadline = performance.now() + 5000; this.names.length < count && performance.now() < deadline; ) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(this.names.length, count);
    return this.names.toSorted();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #keep(url: string | undefined, body: Buffer): void {
    if (url === '/v1/traceline/probe') this.reports.push(decodeProbeReport(body));
    if (url !== '/v1/traces') return;
    for (const span of decodeTraces(body).spans) {
      this.names.push(`${span.name} ${span.kind}`);
      for (const { key, value } of span.resource.attributes) {
        if (key === 'service.name') this.services.add(String(value));
        if (key === 'traceline.capture') this.captures.add(String(value));
      }
    }
  }
}
