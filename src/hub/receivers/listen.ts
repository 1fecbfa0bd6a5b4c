import type { AddressInfo, Server } from 'node:net';

export const loopback = '127.0.0.1';

export interface Listening {
  readonly port: number;
  /** The port asked for was held by something else, and `port` is another, free one. */
  readonly wasTaken: boolean;
}

/**
 * Listens on the loopback address at `port` (0 = any free one), or on any free port where that one is taken.
 * @throws the system's error where it is anything but EADDRINUSE
 */
export async function listen(server: Server, port: number): Promise<Listening> {
  try {
    return { port: await listenAt(server, port), wasTaken: false };
  } catch (error) {
    if (port === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return { port: await listenAt(server, 0), wasTaken: true };
  }
}

function listenAt(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, loopback, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
