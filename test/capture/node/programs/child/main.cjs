const { fork, execFile } = require('node:child_process');
const http = require('node:http');

const server = http.createServer((request, response) => response.end(request.url));
server.listen(0, '127.0.0.1', () => {
  const base = `http://127.0.0.1:${server.address().port}`;
  fork(`${__dirname}/asks.cjs`, [`${base}/forked`]).on('exit', (code) => {
    execFile(process.execPath, ['asks.cjs', `${base}/spawned`], { cwd: __dirname }, (error, stdout) => {
      console.log(code, error.code, stdout);
      server.close();
    });
  });
});
