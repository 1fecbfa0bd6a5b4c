const mysql = require('mysql2');

const numberOf = (text) => Number(/(\d+)(?!.*\d)/.exec(text)?.[1] ?? 0);
const columns = [{ catalog: 'def', schema: 'test', table: 'one', orgTable: 'one', name: 'n', orgName: 'n', characterSet: 63, columnLength: 20, columnType: 8, flags: 129, decimals: 0 }];

/** mysql2's own server: answers each SELECT with the last number in it. */
exports.startMysql = () =>
  new Promise((resolve) => {
    const server = mysql.createServer();
    server.on('connection', (connection) => {
      // Each command counts its packets anew, which this server leaves to us.
      const answering = (answer) => (...parameters) => {
        answer(...parameters);
        connection.sequenceId = 0;
      };
      connection.on('error', () => undefined);
      connection.serverHandshake({ protocolVersion: 10, serverVersion: '8.0.30', connectionId: 1, statusFlags: 2, characterSet: 45, capabilityFlags: 0xffffff & ~0x800, authCallback: (_, done) => setImmediate(() => (connection.sequenceId = 0)) && done(null) });
      connection.on('query', answering((text) => (/^select/i.test(text) ? connection.writeTextResult([{ n: String(numberOf(text)) }], columns) : connection.writeOk({}))));
      connection.on('ping', answering(() => connection.writeOk({})));
      connection.on('quit', () => connection.close());
    });
    server.listen(0, '127.0.0.1');
    server._server.on('listening', () => resolve(server));
  });
