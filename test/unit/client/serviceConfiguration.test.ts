import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isServiceConfiguration, serviceConfiguration } from '../../../src/client/serviceConfiguration.ts';

const programs = async (file: string, text: string) => ((await serviceConfiguration(file, text))?.programs ?? []).map(({ service, folder }) => `${service ?? '-'} ${folder ?? '-'}`);

test('compose: where a service is built, and what its spans are called by', async () => {
  const text = `
x-env: &env
  OTEL_SERVICE_NAME: mail
services:
  orders:
    build: ./orders
    environment: [A=1, OTEL_SERVICE_NAME=sales]
  mail:
    build: { context: mail }
    environment:
      <<: *env
  stock:
    image: shop/stock
    environment: { OTEL_SERVICE_NAME: stock }
  plain:
    build: ../plain
  none:
`;
  assert.deepEqual(await programs('/w/compose.yaml', text), ['sales /w/orders', 'mail /w/mail', 'stock -', '- /plain', '- -']);
  for (const bad of ['', 'services: 1', '{', 'services:\n  a: [', 'services: { a: { build: 1, environment: 2 } }']) assert.deepEqual((await programs('/w/compose.yaml', bad)).filter((each) => each !== '- -'), [], bad);
});

test('launch.json: by where the program runs, else where its file is', async () => {
  const text = `{ "configurations": [
    // A comment.
    { "program": "\${workspaceFolder}/orders/src/main.js", "env": { "OTEL_SERVICE_NAME": "sales" } },
    { "program": "\${workspaceFolder}/main.py", "cwd": "\${workspaceFolder}/mail" },
    { "cwd": "\${workspaceFolder}", "program": "stock/main.go", "env": { "OTEL_SERVICE_NAME": "stock" } },
    { "cwd": "\${workspaceFolder}", "env": { "OTEL_SERVICE_NAME": "somewhere" } },
    { "program": "\${file}", "env": { "OTEL_SERVICE_NAME": "any" } }, 1,
  ] }`;
  assert.deepEqual(await programs('/w/.vscode/launch.json', text), ['sales /w/orders/src', '- /w/mail', 'stock /w/stock', 'somewhere -', 'any -', '- -']);
  for (const bad of ['', '[', '{"configurations": {}}']) assert.deepEqual(await programs('/w/.vscode/launch.json', bad), [], bad);
});

test('which files they are', () => {
  for (const file of ['/w/compose.yaml', '/w/docker-compose.dev.yml', '/w/.vscode/launch.json']) assert.equal(isServiceConfiguration(file), true, file);
  for (const file of ['/w/launch.json', '/w/decompose.yaml', '/w/compose.json']) assert.equal(isServiceConfiguration(file), false, file);
});
