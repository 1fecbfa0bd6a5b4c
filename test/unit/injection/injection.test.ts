import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { type Environment, type Injection, injectEnvironment } from '../../../src/client/injection.ts';
import { appendNodeOption } from '../../../src/client/nodeOptions.ts';

function inject(environment: Environment): Injection {
  return injectEnvironment({ environment, otlpHttp: 'http://127.0.0.1:4318', otlpGrpc: 'http://127.0.0.1:4317', captureId: 'c-1', probes: { node: '/opt/probe.cjs' } });
}

describe('injectEnvironment', () => {
  it('sets what is needed, and no pipeline that was not asked for', () => {
    assert.deepEqual(inject({}), {
      variables: {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
        OTEL_TRACES_EXPORTER: 'otlp',
        OTEL_BSP_SCHEDULE_DELAY: '100',
        OTEL_BLRP_SCHEDULE_DELAY: '100',
        OTEL_RESOURCE_ATTRIBUTES: 'traceline.capture=c-1',
        NODE_OPTIONS: '--require "/opt/probe.cjs"',
      },
      notes: [],
      spansWillCome: true,
    });
  });

  it('takes an empty value for an unset one', () => {
    const empty = Object.fromEntries(['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_TRACES_EXPORTER', 'OTEL_SDK_DISABLED', 'OTEL_CONFIG_FILE', 'NODE_OPTIONS', 'OTEL_RESOURCE_ATTRIBUTES'].map((name) => [name, ' ']));
    assert.deepEqual(inject(empty), inject({}));
  });

  it('loads the probes that it is given and no other', () => {
    const input = { environment: {}, otlpHttp: 'http://127.0.0.1:4318', otlpGrpc: undefined, captureId: 'c-1' };
    const loads = ({ variables }: Injection) => [variables.NODE_OPTIONS, variables.PYTHONPATH];
    assert.deepEqual(loads(injectEnvironment({ ...input, probes: {} })), [undefined, undefined]);
    assert.deepEqual(loads(injectEnvironment({ ...input, probes: { node: '/opt/probe.cjs' } })), ['--require "/opt/probe.cjs"', undefined]);
    assert.deepEqual(loads(injectEnvironment({ ...input, probes: { python: '/opt/python' } })), [undefined, '/opt/python']);
  });

  it('adds to the person\'s lists, and replaces only a capture of ours', () => {
    const { variables } = inject({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=shop,traceline.capture=old, a=b%2Cc,', NODE_OPTIONS: '--max-old-space-size=99' });
    assert.equal(variables.OTEL_RESOURCE_ATTRIBUTES, 'service.name=shop, a=b%2Cc,traceline.capture=c-1');
    assert.equal(variables.NODE_OPTIONS, '--max-old-space-size=99 --require "/opt/probe.cjs"');
    assert.equal(inject({ NODE_OPTIONS: variables.NODE_OPTIONS }).variables.NODE_OPTIONS, variables.NODE_OPTIONS);
  });

  it('names a service only where nothing else does', () => {
    const attributes = (environment: Environment, serviceName?: string) =>
      injectEnvironment({ environment, otlpHttp: 'http://127.0.0.1:1', otlpGrpc: undefined, captureId: undefined, serviceName, probes: {} }).variables.OTEL_RESOURCE_ATTRIBUTES;
    assert.equal(attributes({}, 'sh op'), 'service.name=sh%20op');
    assert.equal(attributes({ OTEL_RESOURCE_ATTRIBUTES: 'a=b,traceline.capture=c' }, 'shop'), 'a=b,traceline.capture=c,service.name=shop');
    assert.equal(attributes({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=mine' }, 'shop'), undefined);
    assert.equal(attributes({ OTEL_SERVICE_NAME: 'mine' }, 'shop'), undefined);
    assert.equal(attributes({}), undefined);
  });

  it('instruments a Python program only in a capture whose spans come to the hub alone', () => {
    const python = (environment: Environment, captureId: string | undefined) =>
      injectEnvironment({ environment, otlpHttp: 'http://127.0.0.1:1', otlpGrpc: 'http://127.0.0.1:2', captureId, probes: { python: '/p' } }).variables;
    assert.equal(python({}, 'c').TRACELINE_PYTHON_AUTO, '1');
    assert.equal(python({}, undefined).TRACELINE_PYTHON_AUTO, undefined);
    assert.equal(python({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, 'c').TRACELINE_PYTHON_AUTO, undefined);
  });

  it('says what is in the way of one runtime alone', () => {
    const notes = (environment: Environment) => injectEnvironment({ environment, otlpHttp: 'http://127.0.0.1:1', otlpGrpc: undefined, captureId: 'c', probes: { python: '/p' } }).notes;
    assert.match(notes({ HTTP_PROXY: 'http://proxy:8080' })[0] ?? '', /Add 127\.0\.0\.1 to NO_PROXY/);
    assert.match(notes({ all_proxy: 'http://proxy:8080', no_proxy: 'localhost' })[0] ?? '', /NO_PROXY/);
    for (const except of ['*', 'x, 127.0.0.1', '127.0.0.0/8']) assert.deepEqual(notes({ HTTP_PROXY: 'http://proxy:8080', NO_PROXY: except }), [], except);
    assert.match(notes({ OTEL_JAVAAGENT_ENABLED: 'false' })[0] ?? '', /agent does nothing/);
    assert.match(notes({ OTEL_PYTHON_DISABLED_INSTRUMENTATIONS: 'x, *' })[0] ?? '', /no library of a Python program/);
    assert.match(injectEnvironment({ environment: {}, otlpHttp: 'http://127.0.0.1:1', otlpGrpc: undefined, captureId: 'c', probes: { python: `/a${path.delimiter}b` } }).notes[0] ?? '', /cannot stand in PYTHONPATH/);
  });

  it('percent-encodes the capture', () => {
    const { variables } = injectEnvironment({ environment: {}, otlpHttp: 'http://127.0.0.1:1', otlpGrpc: undefined, captureId: 'a b,c', probes: {} });
    assert.equal(variables.OTEL_RESOURCE_ATTRIBUTES, 'traceline.capture=a%20b%2Cc');
  });

  for (const [name, value, says] of [
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector:4318', /OTEL_EXPORTER_OTLP_ENDPOINT is set, so spans go there/],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:14318', /spans go there/],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'not a url', /spans go there/],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'https://api.example.com/v1/traces', /OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set/],
    ['OTEL_SDK_DISABLED', 'TRUE', /makes no spans/],
    ['OTEL_TRACES_EXPORTER', 'none', /OTEL_TRACES_EXPORTER is none/],
    ['OTEL_TRACES_EXPORTER', 'console,zipkin', /add otlp/],
    ['OTEL_CONFIG_FILE', 'otel.yaml', /reads nothing else/],
    ['OTEL_EXPERIMENTAL_CONFIG_FILE', 'otel.yaml', /reads nothing else/],
    ['OTEL_TRACES_SAMPLER', 'always_off', /drops every trace/],
    ['OTEL_TRACES_SAMPLER', 'parentbased_always_off', /drops every trace/],
  ] as const) {
    it(`leaves ${name}=${value} alone and says that no spans will come`, () => {
      const { variables, notes, spansWillCome } = inject({ [name]: value });
      assert.equal(variables[name], undefined);
      assert.equal(spansWillCome, false);
      assert.equal(notes.length, 1);
      assert.match(notes[0] ?? '', says);
    });
  }

  it('reads the share a sampler keeps', () => {
    const sampled = (share: string) => inject({ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: share });
    assert.equal(sampled('0').spansWillCome, false);
    assert.deepEqual([sampled('0.25').spansWillCome, sampled('0.25').notes.length], [true, 1]);
    assert.match(sampled('0.25').notes[0] ?? '', /25 %/);
    for (const share of ['1', '', '7', 'x']) assert.deepEqual(sampled(share).notes, [], share);
  });

  it('finds nothing wrong with the person\'s own settings that lead to the hub', () => {
    for (const environment of [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318/' },
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://[::1]:4318/v1/traces' },
      { OTEL_TRACES_EXPORTER: 'console, otlp' },
      { OTEL_TRACES_SAMPLER: 'always_on' },
    ]) {
      const { notes, spansWillCome, variables } = inject(environment);
      assert.deepEqual([notes, spansWillCome], [[], true]);
      for (const name of Object.keys(environment)) assert.equal(variables[name], undefined);
    }
  });

  it('keeps the person\'s protocol, and gives it the endpoint that speaks it', () => {
    const grpc = inject({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' });
    assert.deepEqual([grpc.variables.OTEL_EXPORTER_OTLP_ENDPOINT, grpc.variables.OTEL_EXPORTER_OTLP_PROTOCOL], ['http://127.0.0.1:4317', undefined]);
    assert.equal(inject({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }).variables.OTEL_EXPORTER_OTLP_ENDPOINT, 'http://127.0.0.1:4318');
    assert.equal(inject({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317' }).variables.OTEL_EXPORTER_OTLP_PROTOCOL, undefined);
  });

  it('does not change what the person\'s own endpoint of another signal speaks', () => {
    const { variables, spansWillCome } = inject({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://metrics:4317' });
    assert.equal(spansWillCome, true);
    assert.equal(variables.OTEL_EXPORTER_OTLP_PROTOCOL, undefined);
    assert.equal(variables.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL, 'http/protobuf');
    assert.equal(variables.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL, undefined);
  });

  it('says so where the program speaks gRPC and the hub does not', () => {
    const { notes, spansWillCome } = injectEnvironment({
      environment: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, otlpHttp: 'http://127.0.0.1:4318', otlpGrpc: undefined, captureId: 'c', probes: {},
    });
    assert.equal(spansWillCome, false);
    assert.match(notes[0] ?? '', /gRPC/);
  });

  it('keeps the person\'s delays, and a NODE_OPTIONS that Node would refuse', () => {
    assert.equal(inject({ OTEL_BSP_SCHEDULE_DELAY: '5000' }).variables.OTEL_BSP_SCHEDULE_DELAY, undefined);
    const open = inject({ NODE_OPTIONS: '--require "/a b' });
    assert.equal(open.variables.NODE_OPTIONS, undefined);
    assert.match(open.notes[0] ?? '', /not closed/);
    assert.equal(open.spansWillCome, true);
  });
});

describe('appendNodeOption', () => {
  it('is read by Node as it was meant, whatever the path holds', () => {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'traceline-options-')));
    try {
      const theirs = path.join(folder, 'their own.cjs');
      writeFileSync(theirs, `console.log('theirs');`);
      for (const name of ['plain', 'sp ace', `qu"ote's`, 'back\\slash', 'žluťoučký 日本']) {
        const inner = path.join(folder, name);
        mkdirSync(inner, { recursive: true });
        const file = path.join(inner, 'preload.cjs');
        writeFileSync(file, `console.log(__filename);`);
        const options = appendNodeOption(`--no-warnings --require "${theirs}" `, '--require', file);
        const { NODE_TEST_CONTEXT: _test, ...env } = process.env;
        const out = execFileSync(process.execPath, ['-e', ''], { env: { ...env, NODE_OPTIONS: options }, encoding: 'utf8' });
        assert.equal(out, `theirs\n${file}\n`);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
