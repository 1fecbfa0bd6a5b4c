// A real PostgreSQL (PGlite: PostgreSQL compiled to WebAssembly) behind a real socket. Kept in memory, seeded at each start.
import { readFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const port = Number(process.env.DATABASE_PORT ?? 54329);
const db = await PGlite.create();
await db.exec(await readFile(new URL('seed.sql', import.meta.url), 'utf8'));

const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port, maxConnections: 20 });
await server.start();
console.log(`database: postgres://shop@127.0.0.1:${port}/shop`);

for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(0));
