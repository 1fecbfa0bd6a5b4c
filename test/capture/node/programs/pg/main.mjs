import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import pg from 'pg';

const database = await PGlite.create();
const socket = new PGLiteSocketServer({ db: database, port: 0, host: '127.0.0.1', maxConnections: 4 });
await socket.start();
const { port } = new URL(`http://${socket.getServerConn()}`);
const pool = new pg.Pool({ host: '127.0.0.1', port: Number(port), database: 'postgres', user: 'postgres', max: 1 });

async function one(id) {
  const { rows } = await pool.query('SELECT $1::int AS id', [id]); // @row pg-pool.connect | client | one @row pg.connect | client | one @row pg.query:SELECT postgres | client | one
  return rows[0].id;
}

async function two(id) {
  const { rows } = await pool.query('SELECT $1::int * 2 AS id', [id]); // @row pg-pool.connect | client | two @row pg.query:SELECT postgres | client | two
  return rows[0].id;
}

async function held() {
  const client = await pool.connect(); // @row pg-pool.connect | client | held
  try {
    const { rows } = await client.query('SELECT 9 AS nine'); // @row pg.query:SELECT postgres | client | held
    return rows[0].nine;
  } finally {
    client.release();
  }
}

// The second waits for the connection that the first has.
console.log(await Promise.all([one(1), two(2), held()]));
await pool.end();
await socket.stop();
await database.close();
