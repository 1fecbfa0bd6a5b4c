const { buildSchema, graphql } = require('graphql');

const schema = buildSchema('type Query { hello(name: String): String }'); // @row graphql.parseSchema | internal | -

async function ask(name) {
  const { data } = await graphql({ schema, source: '{ hello(name: "' + name + '") }', rootValue: { hello: (input) => `hello ${input.name}` } }); // @row graphql.parse | internal | ask @row graphql.validate | internal | ask @row query | internal | ask @row graphql.resolve hello | internal | ask
  return data.hello;
}

ask('you').then(console.log);
