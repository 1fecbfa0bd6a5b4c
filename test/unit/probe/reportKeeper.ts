import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeProbeReport, type ProbeReport } from '../../../src/decode/probeReport.ts';

/** Stands for a hub: keeps what probes post; spans that are sent beside are let go. */
export class ReportKeeper {
  readonly reports: ProbeReport[] = [];
  requests = 0;
  readonly #server: Server;
  readonly #status: number;

  private constructor(status: number) {
    this.#status = status;
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        if (request.url === '/v1/traceline/probe') {
          this.requests++;
          this.reports.push(decodeProbeReport(Buffer.concat(chunks)));
        }
        response.writeHead(this.#status).end('{}');
      });
    });
  }

  static async start(status = 200): Promise<ReportKeeper> {
    const keeper = new ReportKeeper(status);
    await new Promise<void>((resolve) => keeper.#server.listen(0, '127.0.0.1', resolve));
    return keeper;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get opened(): readonly string[] {
    return this.reports.flatMap(({ open }) => open.map(({ name }) => name));
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
