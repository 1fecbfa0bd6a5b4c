import http from 'node:http';
/* eslint no-console: off */

interface Told { readonly text: string }

const tell = ({ text }: Told): void => console.log(text);
const server = http.createServer((_request, response) => response.end('watched'));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  http.get({ port, host: '127.0.0.1', agent: false }, (response) => { // @row GET | client | server.listen('127.0.0.1') callback
    response.setEncoding('utf8').on('data', (text: string) => tell({ text })).on('end', () => tell({ text: 'ready' }));
  });
});
