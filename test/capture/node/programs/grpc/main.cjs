const grpc = require('@grpc/grpc-js');

const text = { serialize: (value) => Buffer.from(value), deserialize: (bytes) => bytes.toString() };
const definition = {
  sayHello: {
    path: '/shop.Greeter/SayHello',
    requestStream: false,
    responseStream: false,
    requestSerialize: text.serialize,
    requestDeserialize: text.deserialize,
    responseSerialize: text.serialize,
    responseDeserialize: text.deserialize,
  },
};
const Greeter = grpc.makeGenericClientConstructor(definition, 'Greeter');

function sayHello(call, callback) { // @maybe grpc.shop.Greeter/SayHello | server | sayHello
  callback(null, `hello ${call.request}`);
}

const server = new grpc.Server();
server.addService(definition, { sayHello });
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  const client = new Greeter(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  client.sayHello('you', (failure, answer) => { // @row grpc.shop.Greeter/SayHello | client | server.bindAsync('127.0.0.1:0') callback
    console.log(error, failure, answer);
    client.close();
    server.tryShutdown(() => undefined);
  });
});
