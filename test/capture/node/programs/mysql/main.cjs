const mysql1 = require('mysql');
const mysql2 = require('mysql2');
const promise = require('mysql2/promise');
const Knex = require('knex');
const { startMysql } = require('./server.cjs');

function withCallback(config) {
  return new Promise((resolve) => {
    const connection = mysql2.createConnection(config);
    connection.query('SELECT 1 AS n', (error, rows) => { // @row SELECT | client | withCallback
      connection.end(() => resolve([error, rows[0].n]));
    });
  });
}

async function withPromise(config) {
  const connection = await promise.createConnection(config);
  const [rows] = await connection.query('SELECT 2 AS n'); // @row SELECT | client | withPromise
  await connection.end();
  return rows[0].n;
}

async function withPool(config) {
  const pool = promise.createPool({ ...config, connectionLimit: 1 });
  const first = pool.query('SELECT 3 AS n'); // @row SELECT | client | withPool
  // It waits for the connection that the first has.
  const both = [await first, await second(pool)];
  await pool.end();
  return both.map(([rows]) => rows[0].n);
}

function second(pool) {
  return pool.query('SELECT 4 AS n'); // @row SELECT | client | second
}

function withMysql(config) {
  return new Promise((resolve) => {
    const pool = mysql1.createPool({ ...config, connectionLimit: 1 });
    pool.query('SELECT 5 AS n', (error, rows) => { // @row SELECT | client | withMysql
      pool.getConnection((error2, held) => {
        held.query('SELECT 6 AS n', (error3, more) => { // @row SELECT | client | pool.getConnection() callback
          held.release();
          pool.end(() => resolve([error, error2, error3, rows[0].n, more[0].n]));
        });
      });
    });
  });
}

async function withKnex(config) {
  const knex = Knex({ client: 'mysql2', connection: config, pool: { min: 0, max: 1 } });
  const rows = await knex.select(knex.raw('7 AS n')); // @row select test | client | withKnex @row select | client | withKnex
  await knex.destroy();
  return rows[0].n;
}

startMysql().then(async (server) => {
  const config = { host: '127.0.0.1', port: server._server.address().port, user: 'root', database: 'test' };
  console.log(await withCallback(config), await withPromise(config), await withPool(config), await withMysql(config), await withKnex(config));
  server.close();
});
