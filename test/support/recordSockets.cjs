// Preloaded into a process, or a worker: writes down that it is watched, and whom it contacts.
const { appendFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');
const file = process.env.WATCHED_SOCKETS_FILE;

function record(how, to) {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 100;
  const { stack } = new Error(how);
  Error.stackTraceLimit = stackTraceLimit;
  const program = isMainThread ? process.argv.slice(1, 3).join(' ') : `worker of ${process.pid}`;
  appendFileSync(file, `${JSON.stringify({ how, to, program, stack })}\n`);
}

function before(target, name, how, destination) {
  const original = target[name];
  target[name] = function (...given) {
    record(how, destination(given));
    return Reflect.apply(original, this, given);
  };
}

const net = require('node:net');
// Arguments come as they were given, or in an array that was made of them.
before(net.Socket.prototype, 'connect', 'connect', (given) => {
  const [first, second] = Array.isArray(given[0]) ? given[0] : given;
  if (typeof first === 'object' && first !== null) return first.path ?? first.host ?? 'localhost';
  return typeof first === 'string' && Number.isNaN(Number(first)) ? first : typeof second === 'string' ? second : 'localhost';
});

const dgram = require('node:dgram');
for (const name of ['send', 'connect']) before(dgram.Socket.prototype, name, `dgram.${name}`, (given) => given.findLast((each) => typeof each === 'string') ?? 'localhost');

const dns = require('node:dns');
for (const names of [dns, dns.promises]) {
  for (const name of Object.keys(names)) {
    if (/^(?:lookup|resolve|reverse)/.test(name) && typeof names[name] === 'function') before(names, name, `dns.${name}`, ([host]) => String(host));
  }
}

record('watched', 'localhost');
