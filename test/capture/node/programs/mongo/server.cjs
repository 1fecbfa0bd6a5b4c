// Speaks as much of MongoDB's protocol (OP_MSG) as its driver needs for a few commands.
const { createServer } = require('node:net');
const { BSON } = require('mongodb');

const docs = new Map();
const answers = {
  hello: () => ({ isWritablePrimary: true, maxBsonObjectSize: 16777216, maxMessageSizeBytes: 48000000, maxWriteBatchSize: 100000, minWireVersion: 0, maxWireVersion: 21, logicalSessionTimeoutMinutes: 30 }),
  insert: ({ insert: name, documents }) => (list(name).push(...documents), { n: documents.length }),
  find: ({ find: name, filter }) => cursor(name, list(name).filter((one) => Object.entries(filter ?? {}).every(([key, value]) => one[key] === value))),
  update: ({ updates }) => ({ n: updates.length, nModified: updates.length }),
  delete: ({ delete: name }) => ({ n: list(name).splice(0).length }),
  aggregate: ({ aggregate: name }) => cursor(name, [{ n: list(name).length }]),
};
const list = (name) => docs.get(name) ?? docs.set(name, []).get(name);
const cursor = (name, firstBatch) => ({ cursor: { id: BSON.Long.ZERO, ns: `shop.${name}`, firstBatch } });

function answerTo(message) {
  const opCode = message.readInt32LE(12);
  const query = opCode === 2004;
  let body;
  if (query) body = BSON.deserialize(message.subarray(message.indexOf(0, 20) + 9));
  else {
    for (let at = 20; at < message.length; ) {
      const kind = message[at];
      const size = message.readInt32LE(at + 1);
      if (kind === 0) body = { ...BSON.deserialize(message.subarray(at + 1, at + 1 + size)), ...body };
      else {
        const nameEnd = message.indexOf(0, at + 5);
        const name = message.toString('utf8', at + 5, nameEnd);
        const all = [];
        for (let from = nameEnd + 1; from < at + 1 + size; from += message.readInt32LE(from)) all.push(BSON.deserialize(message.subarray(from, from + message.readInt32LE(from))));
        body = { ...body, [name]: all };
      }
      at += 1 + size;
    }
  }
  const command = Object.keys(body).find((key) => key in answers) ?? (body.isMaster || body.ismaster ? 'hello' : undefined);
  const reply = BSON.serialize({ ...answers[command]?.(body), ok: 1 });
  const head = Buffer.alloc(query ? 36 : 21);
  head.writeInt32LE(head.length + reply.length, 0);
  head.writeInt32LE(message.readInt32LE(4), 8);
  head.writeInt32LE(query ? 1 : 2013, 12);
  if (query) head.writeInt32LE(1, 32);
  return Buffer.concat([head, reply]);
}

exports.startMongo = () =>
  new Promise((resolve) => {
    const server = createServer((socket) => {
      let waiting = Buffer.alloc(0);
      socket.on('error', () => undefined).on('data', (data) => {
        waiting = Buffer.concat([waiting, data]);
        while (waiting.length >= 4 && waiting.length >= waiting.readInt32LE(0)) {
          const size = waiting.readInt32LE(0);
          socket.write(answerTo(waiting.subarray(0, size)));
          waiting = waiting.subarray(size);
        }
      });
    }).listen(0, '127.0.0.1', () => resolve(server));
  });
