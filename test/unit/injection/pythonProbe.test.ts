import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { prependPythonPath } from '../../../src/client/pythonPath.ts';

const probe = path.resolve(import.meta.dirname, '../../../src/probe/python');
const python = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']).status === 0 ? 'python3' : undefined;

/** As much of the SDK as the probe looks at, in the folder of a package. */
const sdk = `
import contextlib
import functools

class Kinds:
    INTERNAL = 'internal'
    SERVER = 'server'

class Api:
    SpanKind = Kinds

trace_api = Api
made = []

class Span:
    def __init__(self, name, kind):
        self.name, self.kind, self.attributes = name, kind, {}
        made.append(self)

    def is_recording(self):
        return True

    def set_attributes(self, attributes):
        if self.name == 'trouble':
            raise RuntimeError('no')
        self.attributes.update(attributes)

class Tracer:
    def start_span(self, name, kind=Kinds.INTERNAL):
        """What it says."""
        return Span(name, kind)

    @contextlib.contextmanager
    def start_as_current_span(self, name, kind=Kinds.INTERNAL):
        yield self.start_span(name, kind=kind)
`;

const library = `
def call_back(callback):
    return callback()

def serve(tracer):
    with tracer.start_as_current_span('request', kind='server'):
        pass
`;

const program = `import asyncio, json, os, sys, threading
import library
from opentelemetry.sdk.trace import Tracer, made

tracer = Tracer()


class Shop:
    def buy(self):
        with tracer.start_as_current_span('buy'):
            return library.call_back(self.pay)

    @staticmethod
    def make():
        tracer.start_span('make')

    @tracer.start_as_current_span('pay')
    def pay(self):
        return 3


async def work():
    await asyncio.sleep(0)
    tracer.start_span('async')


async def nothing_of_ours():
    library.serve(tracer)


def deep(n):
    if n == 0:
        tracer.start_span('deep')
    else:
        deep(n - 1)


def direct():
    with tracer.start_as_current_span('direct', kind='server'):
        pass


os.chdir('/')
print('bought', Shop().buy())
Shop.make()
asyncio.run(work())
asyncio.run(nothing_of_ours())
direct()
deep(40)
tracer.start_span('trouble')
thread = threading.Thread(target=lambda: tracer.start_span('thread'))
thread.start()
thread.join()
json.dump({span.name: span.attributes for span in made}, sys.stderr)
sys.exit(6)
`;

const lineOf = (text: string): number => program.split('\n').findIndex((line) => line.trim().startsWith(text)) + 1;

type Attributes = Readonly<Record<string, string | number>>;

describe('the Python probe', { skip: python === undefined && 'there is no python3 of 3.8 or newer here' }, () => {
  let folder: string;
  let packages: string;
  let main: string;
  before(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'traceline python "ž" ')));
    packages = path.join(folder, 'site-packages');
    mkdirSync(path.join(packages, 'opentelemetry', 'sdk', 'trace'), { recursive: true });
    writeFileSync(path.join(packages, 'opentelemetry', 'sdk', 'trace', '__init__.py'), sdk);
    writeFileSync(path.join(packages, 'library.py'), library);
    main = path.join(folder, 'shop.py');
    writeFileSync(main, program);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (args: readonly string[], own: string, watched: boolean, more: Readonly<Record<string, string>> = {}) => {
    const PYTHONPATH = watched ? prependPythonPath(own, probe) : own;
    const { status, stdout, stderr } = spawnSync(python ?? '', args, {
      cwd: folder, encoding: 'utf8', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...more, PYTHONPATH },
    });
    return { status, stdout, stderr };
  };

  it('stamps where the program made each span, and changes nothing that it prints or returns', () => {
    const bare = run(['shop.py'], packages, false);
    const watched = run(['shop.py'], packages, true);
    assert.deepEqual([bare.status, bare.stdout], [6, 'bought 3\n']);
    assert.deepEqual([watched.status, watched.stdout], [6, 'bought 3\n']);
    assert.deepEqual(Object.values(JSON.parse(bare.stderr) as Record<string, Attributes>).filter((each) => Object.keys(each).length > 0), []);
    const spans = JSON.parse(watched.stderr) as Record<string, Attributes>;
    const place = (name: string) => {
      const { 'code.file.path': file, 'code.line.number': line, 'code.function.name': called } = spans[name] ?? {};
      return [file === undefined ? undefined : path.relative(folder, String(file)), line, called];
    };
    assert.deepEqual(place('buy'), ['shop.py', lineOf("with tracer.start_as_current_span('buy')"), '__main__.Shop.buy']);
    assert.deepEqual(place('pay'), ['shop.py', lineOf('@tracer'), '__main__.Shop.pay']);
    assert.deepEqual(place('make').slice(0, 2), ['shop.py', lineOf("tracer.start_span('make')")]);
    assert.deepEqual(place('async'), ['shop.py', lineOf("tracer.start_span('async')"), '__main__.work']);
    assert.deepEqual(place('direct'), ['shop.py', lineOf("with tracer.start_as_current_span('direct'"), '__main__.direct']);
    assert.deepEqual(place('thread').slice(0, 2), ['shop.py', lineOf('thread = ')]);
    // A library's request is not the business of whoever started the loop; and what cannot be stamped stays as it was.
    assert.deepEqual([spans.request, spans.trouble], [{}, {}]);
  });

  it('sends the program\'s own frames as Python writes them, the outermost always among them', () => {
    const spans = JSON.parse(run(['shop.py'], packages, true).stderr) as Record<string, Attributes>;
    assert.equal(spans.pay?.['code.stacktrace'], [
      `  File "${main}", line ${lineOf("print('bought")}, in <module>`,
      `  File "${main}", line ${lineOf('return library')}, in buy`,
      `  File "${main}", line ${lineOf('@tracer')}, in pay`,
    ].join('\n'));
    const deep = String(spans.deep?.['code.stacktrace']).split('\n');
    assert.equal(deep.length, 17);
    assert.match(deep[0] ?? '', new RegExp(`line ${lineOf('deep(40)')}, in <module>$`));
    assert.match(deep.at(-1) ?? '', new RegExp(`line ${lineOf("tracer.start_span('deep')")}, in deep$`));
  });

  it('leaves the path, the modules and the SDK\'s methods as they were', () => {
    const look = `import sys, inspect
from opentelemetry.sdk.trace import Tracer
loader = sys.modules['opentelemetry.sdk.trace'].__spec__.loader
print(sys.path, 'sitecustomize' in sys.modules and sys.modules['sitecustomize'].__dict__.get('mine'), sorted(vars(loader)), inspect.signature(Tracer.start_span), Tracer.start_span.__doc__)`;
    const chained = path.join(folder, 'chained');
    mkdirSync(chained, { recursive: true });
    writeFileSync(path.join(chained, 'sitecustomize.py'), 'mine = "kept"\nprint("theirs ran")\n');
    const own = [chained, packages].join(path.delimiter);
    assert.deepEqual(run(['-c', look], own, true), run(['-c', look], own, false));
    assert.match(run(['-c', look], own, true).stdout, /^theirs ran\n.* kept /);
    assert.deepEqual(run(['-c', look], `${path.delimiter}${own}`, true), run(['-c', look], `${path.delimiter}${own}`, false));
  });

  it('stamps where the SDK was only looked for before, or is loaded anew', () => {
    const look = `import importlib, importlib.util
importlib.util.find_spec('opentelemetry.sdk.trace')
import opentelemetry.sdk.trace as sdk
def first(): return sdk.Tracer().start_span('a').attributes.get('code.function.name')
print(first())
importlib.reload(sdk)
print(first())`;
    const file = path.join(folder, 'look.py');
    writeFileSync(file, look);
    assert.equal(run(['look.py'], packages, true).stdout, '__main__.first\n__main__.first\n');
  });

  it('lets Python report what the person\'s own sitecustomize raises', () => {
    const failing = path.join(folder, 'failing');
    mkdirSync(failing, { recursive: true });
    writeFileSync(path.join(failing, 'sitecustomize.py'), 'raise RuntimeError("theirs")\n');
    const watched = run(['-c', 'print(1)'], failing, true);
    assert.match(watched.stderr, /RuntimeError: theirs/);
    assert.deepEqual(watched, run(['-c', 'print(1)'], failing, false));
  });

  it('is not there where it is off, or where Python is told to take nothing from outside', () => {
    const look = 'import sys; print("traceline_hook" in sys.modules)';
    assert.equal(run(['-c', look], packages, true).stdout, 'True\n');
    assert.equal(run(['-c', look], packages, true, { TRACELINE_PROBE: 'off' }).stdout, 'False\n');
    for (const flag of ['-E', '-I', '-S']) assert.equal(run([flag, '-c', look], packages, true).stdout, 'False\n', flag);
  });

  it('does not keep a captured program waiting at its end for a hub that is gone, but leaves it to wait for whatever else it sends to', () => {
    const waiting = path.join(folder, 'waiting');
    mkdirSync(path.join(waiting, 'opentelemetry', 'sdk', 'trace'), { recursive: true });
    writeFileSync(path.join(waiting, 'opentelemetry', 'sdk', 'trace', '__init__.py'), sdk);
    writeFileSync(path.join(waiting, 'opentelemetry', 'sdk', 'trace', 'export.py'), `
import threading

class Exporter:
    def __init__(self, endpoint):
        self._endpoint = endpoint

class BatchSpanProcessor:
    def __init__(self, exporter):
        self.span_exporter = exporter
        self.released = threading.Event()
        self._worker_thread = threading.Thread(target=self.released.wait, daemon=True)
        self._worker_thread.start()

    def shutdown(self):
        "What it says."
        self._worker_thread.join()
        return 'ended'
`);
    // The thread that sends ends only when somebody lets it.
    writeFileSync(path.join(folder, 'ends.py'), `import sys, threading
from opentelemetry.sdk.trace.export import BatchSpanProcessor, Exporter
processor = BatchSpanProcessor(Exporter(sys.argv[1]))
if sys.argv[2] == 'released':
    threading.Timer(1, processor.released.set).start()
print(processor.shutdown(), processor._worker_thread.is_alive(), BatchSpanProcessor.shutdown.__doc__)
`);
    const ends = (endpoint: string, how: string, env: Readonly<Record<string, string>> = { TRACELINE_PYTHON_AUTO: '1' }) =>
      run(['ends.py', endpoint, how], waiting, true, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '', ...env }).stdout;
    assert.equal(ends('http://127.0.0.1:1/v1/traces', 'held'), 'ended True What it says.\n');
    assert.equal(ends('127.0.0.1:1', 'held'), 'ended True What it says.\n');
    assert.equal(ends('http://127.0.0.1:2/v1/traces', 'released'), 'ended False What it says.\n');
    assert.equal(ends('http://127.0.0.1:1/v1/traces', 'released', { TRACELINE_PYTHON_AUTO: '' }), 'ended False What it says.\n');
  });

  it('does not touch a program in which the SDK is not what it was', () => {
    const strange = path.join(folder, 'strange');
    mkdirSync(path.join(strange, 'opentelemetry', 'sdk'), { recursive: true });
    writeFileSync(path.join(strange, 'opentelemetry', 'sdk', 'trace.py'), 'value = 7\n');
    const look = 'from opentelemetry.sdk.trace import value; print(value)';
    assert.deepEqual(run(['-c', look], strange, true), { status: 0, stdout: '7\n', stderr: '' });
    const missing = run(['-c', 'import opentelemetry.sdk.trace'], '', true);
    assert.match(missing.stderr, /ModuleNotFoundError/);
    assert.deepEqual(missing, run(['-c', 'import opentelemetry.sdk.trace'], '', false));
  });
});

describe('prependPythonPath', () => {
  it('puts the folder in front, once, and makes no empty entry, which would be the working folder', () => {
    assert.equal(prependPythonPath('', '/p', ':'), '/p');
    assert.equal(prependPythonPath('/a:/b', '/p', ':'), '/p:/a:/b');
    assert.equal(prependPythonPath('/p:/a', '/p', ':'), '/p:/a');
    assert.equal(prependPythonPath(':/a', '/p', ':'), '/p::/a');
    assert.equal(prependPythonPath('C:\\a', 'C:\\p q', ';'), 'C:\\p q;C:\\a');
    assert.equal(prependPythonPath('/a', '/p:q', ':'), undefined);
  });
});
