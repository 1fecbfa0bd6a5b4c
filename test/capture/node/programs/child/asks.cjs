const http = require('node:http');

http.get(process.argv[2], (response) => { // @row GET | client | -
  response.setEncoding('utf8').on('data', (text) => {
    console.log(text);
    process.exitCode = 4;
    process.disconnect?.();
  });
});
