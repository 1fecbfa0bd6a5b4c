const { MongoClient } = require('mongodb');
const mongoose = require('mongoose');
const { startMongo } = require('./server.cjs');

async function withDriver(url) {
  const client = new MongoClient(url);
  await client.connect();
  const things = client.db('shop').collection('things');
  await things.insertMany([{ _id: 1, name: 'one' }, { _id: 2, name: 'two' }]); // @row insert things | client | withDriver
  console.log(await find(things));
  for await (const one of things.find({})) console.log(one._id); // @row find things | client | withDriver
  await client.close(); // @maybe endSessions $cmd | client | withDriver
}

async function find(things) {
  return await things.find({ name: 'one' }).toArray(); // @row find things | client | find
}

async function withMongoose(url) {
  const Item = mongoose.model('Item', new mongoose.Schema({ name: String }), 'items');
  await mongoose.connect(url, { autoIndex: false, autoCreate: false });
  const item = new Item({ name: 'first' });
  await item.save(); // @row save items | client | withMongoose @row insert items | client | withMongoose
  const one = await Item.findOne({ name: 'first' }); // @row findOne items | client | withMongoose @row find items | client | withMongoose
  const started = Item.find({ name: 'first' }); // @row find items | client | withMongoose
  console.log(one.name, (await started).length); // @maybe find items | client | withMongoose
  await mongoose.disconnect(); // @maybe endSessions $cmd | client | withMongoose
}

startMongo().then(async (server) => {
  const url = `mongodb://127.0.0.1:${server.address().port}/shop`;
  await withDriver(url);
  await withMongoose(url);
  server.close();
});
