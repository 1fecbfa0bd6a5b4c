import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { prependPythonPath } from '../../../src/client/pythonPath.ts';
import { decodeProbeReport } from '../../../src/decode/probeReport.ts';
import { stringAttribute } from '../../../src/model/attributes.ts';
import { FakeHub } from '../../support/fakeHub.ts';

const probe = path.resolve(import.meta.dirname, '../../../src/probe/python');
const python = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']).status === 0 ? 'python3' : undefined;

/** As much of the SDK as the probe looks at, in the folder of a package. */
const sdk = `
import contextlib, enum, itertools, time

class Kinds(enum.Enum):
    INTERNAL, SERVER = 0, 1

class Api:
    SpanKind = Kinds

trace_api = Api
numbers = itertools.count(1)

class Context:
    def __init__(self, trace_id, trace_flags):
        self.trace_id, self.span_id, self.trace_flags = trace_id, next(numbers), trace_flags

class Attributes:
    """Its lock is somebody's who never comes back."""
    def __init__(self, values):
        self._dict = values
    def copy(self):
        raise RuntimeError('locked')

class Resource:
    attributes = Attributes({'traceline.capture': 'c1', 'service.name': 'ünit'})

class Span:
    resource = Resource
    instrumentation_scope = None
    def __init__(self, name, kind, attributes, parent, trace_flags):
        self.name, self.kind, self.parent = name, kind, parent.context if parent else None
        self.context = Context(self.parent.trace_id if parent else next(numbers), trace_flags)
        self._attributes = Attributes(dict(attributes or {}))
        self.start_time, self.end_time = time.time_ns(), None

    @property
    def attributes(self):
        return self._attributes._dict

    def is_recording(self):
        return True

    def set_attributes(self, attributes):
        self._attributes._dict.update(attributes)

    def end(self, end_time=None):
        """What it says."""
        self.end_time = end_time or time.time_ns()
        return 'ended'

class Tracer:
    def start_span(self, name, kind=Kinds.INTERNAL, attributes=None, parent=None, trace_flags=1):
        return Span(name, kind, attributes, parent, trace_flags)
`;
const imports = `import os, sys, time, threading, warnings
from opentelemetry.sdk.trace import Tracer, Span, Kinds
tracer = Tracer()
`;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('spans of a Python program that have not ended', { skip: python === undefined && 'there is no python3 of 3.8 or newer here' }, () => {
  let folder: string;
  before(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'traceline python "ž" ')));
    const packages = path.join(folder, 'site-packages', 'opentelemetry', 'sdk', 'trace');
    mkdirSync(packages, { recursive: true });
    writeFileSync(path.join(packages, '__init__.py'), sdk);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (program: string, url: string, env: Readonly<Record<string, string>> = {}): Promise<Outcome> => {
    const file = path.join(folder, 'main.py');
    writeFileSync(file, imports + program);
    const PYTHONPATH = prependPythonPath(path.join(folder, 'site-packages'), probe);
    const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: _own, ...clean } = process.env;
    return new Promise((resolve) => {
      execFile(python ?? '', ['-W', 'always', file], {
        cwd: folder,
        timeout: 30_000,
        env: { ...clean, PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH, TRACELINE_PYTHON_AUTO: '1', OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', ...env },
      }, (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }));
    });
  };

  it('one that is slow is told once, where it was made and within what; and its end', async () => {
    const hub = await FakeHub.start();
    const outcome = await run(`
def work():
    return tracer.start_span('slow', Kinds.SERVER, {'n': 5, 'big': 2 ** 70, 'none': float('nan'), 'list': ('a', True, 1.5)})
slow = work()
inner = tracer.start_span('inner', parent=slow)
for i in range(10000):
    tracer.start_span('quick').end()
unsampled = tracer.start_span('unsampled', trace_flags=0)
time.sleep(0.9)
print(inner.end(), slow.end(), Span.end.__doc__)
time.sleep(0.6)
`, hub.url);
    hub.close();
    assert.deepEqual(outcome, { code: 0, stdout: 'ended ended What it says.\n', stderr: '' });
    assert.deepEqual([...hub.opened].sort(), ['inner', 'slow']);
    const spans = hub.reports.flatMap(({ open }) => open);
    const slow = spans.find(({ name }) => name === 'slow');
    assert.equal(spans.find(({ name }) => name === 'inner')?.parentSpanId, slow?.spanId);
    assert.deepEqual([slow?.kind, slow?.endUnixNano, stringAttribute(slow?.attributes ?? [], 'code.function.name')], [2, 0n, '__main__.work']);
    assert.deepEqual(slow?.attributes.filter(({ key }) => !key.startsWith('code.')).map(({ key }) => key), ['n', 'list']);
    assert.equal(stringAttribute(slow?.resource.attributes ?? [], 'service.name'), 'ünit');
    assert.ok(slow !== undefined && Number(slow.startUnixNano / 1_000_000n) > Date.now() - 60_000);
    assert.deepEqual(hub.reports.flatMap(({ ended }) => ended.map(({ spanId }) => spanId)).sort(), spans.map(({ spanId }) => spanId).sort());
    assert.equal(new Set(hub.reports.map(({ process: { id } }) => id)).size, 1);
  });

  it('the program sees no thread, and nothing that it has put in the place of Python\'s own is used', async () => {
    const hub = await FakeHub.start();
    const outcome = await run(`
import _thread, socket, json
sleep = time.sleep
def never(*args, **kwargs):
    print('used', args)
_thread.start_new_thread = threading._start_new_thread = threading.Thread.start = socket.socket = socket.create_connection = never
_thread.allocate_lock = threading.Lock = time.sleep = time.time = json.dumps = never
threading.settrace(never)
tracer.start_span('hangs')
sleep(0.6)
print(threading.active_count(), [thread.name for thread in threading.enumerate()])
`, hub.url);
    hub.close();
    assert.deepEqual(outcome, { code: 0, stdout: "1 ['MainThread']\n", stderr: '' });
    assert.deepEqual(hub.opened, ['hangs']);
  });

  it('a program ends as it would, whatever is open, and whatever the hub does', async () => {
    const silent = createTcpServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const outcome = await run(`
for i in range(10000):
    tracer.start_span('open %d' % i)
time.sleep(0.4)
raise SystemExit(7)
`, `http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    silent.close();
    assert.deepEqual(outcome, { code: 7, stdout: '', stderr: '' });
  });

  it('what a fork makes tells of its own spans alone, and Python sees no reason to warn of it', { skip: process.platform === 'win32' && 'there is no fork' }, async () => {
    const hub = await FakeHub.start();
    const outcome = await run(`
mine = tracer.start_span('of the parent')
time.sleep(0.5)
pid = os.fork()
if pid == 0:
    of_child = tracer.start_span('of the child')
    mine.end()
    time.sleep(0.6)
    os._exit(5)
more = tracer.start_span('more of the parent')
print(os.WEXITSTATUS(os.waitpid(pid, 0)[1]))
`, hub.url);
    hub.close();
    assert.deepEqual(outcome, { code: 0, stdout: '5\n', stderr: '' });
    const names = [...new Set(hub.reports.map(({ process: { pid } }) => pid))].map((pid) => hub.reports.filter(({ process: { pid: own } }) => own === pid).flatMap(({ open }) => open.map(({ name }) => name)).sort().join());
    assert.deepEqual(names.sort(), ['more of the parent,of the parent', 'of the child']);
    assert.deepEqual(hub.reports.flatMap(({ ended }) => ended), []);
  });

  it('a hub that is down is asked ever more seldom, one that is none but once', async () => {
    const program = `
tracer.start_span('hangs')
for i in range(26):
    time.sleep(0.1)
    tracer.start_span('hangs too')
print('done')
`;
    const other = await FakeHub.start(404);
    assert.deepEqual(await run(program, other.url), { code: 0, stdout: 'done\n', stderr: '' });
    other.close();
    assert.equal(other.reports.length, 1);
    let connects = 0;
    const broken = createTcpServer((socket) => {
      connects++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
    assert.deepEqual(await run(program, `http://127.0.0.1:${(broken.address() as AddressInfo).port}`), { code: 0, stdout: 'done\n', stderr: '' });
    broken.close();
    assert.ok(connects >= 1 && connects <= 3, `${connects} connections in 2.6 s`);
  });

  it('nothing is sent where there is no capture, or the spans go elsewhere; nothing is kept without one', async () => {
    const hub = await FakeHub.start();
    const program = `
tracer.start_span('hangs')
time.sleep(0.6)
print(hasattr(sys, '_traceline_open_spans'), hasattr(Span.end, '__wrapped__'))
`;
    assert.equal((await run(program, hub.url, { TRACELINE_PYTHON_AUTO: '' })).stdout, 'False False\n');
    assert.equal((await run(program, hub.url, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://192.0.2.1:4318' })).stdout, 'True True\n');
    assert.equal((await run(program, hub.url, { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).stdout, 'True True\n');
    hub.close();
    assert.equal(hub.reports.length, 0);
  });

  it('a debugger gets those that are open at once, whatever others cannot be read, and the newest of very many', async () => {
    const { stdout, stderr } = await run(`
odd = tracer.start_span('odd')
del odd.kind
tracer.start_span('ended').end()
tracer.start_span('open', attributes={'text': '\\'"\\\\ü\\n\\ud800'})
print(sys._traceline_open_spans())
for i in range(6000):
    tracer.start_span('many %d' % i)
print(sys._traceline_open_spans())
`, 'http://127.0.0.1:9');
    assert.equal(stderr, '');
    const [few = [], many = []] = stdout.trim().split('\n').map((text) => decodeProbeReport(text).open.map(({ name }) => name));
    assert.deepEqual(few, ['open']);
    assert.equal(many[0], 'many 5999');
    assert.ok(many.length > 300 && many.length <= 500, String(many.length));
  });
});
