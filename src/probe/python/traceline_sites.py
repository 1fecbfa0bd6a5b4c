"""Stamps on each span where it was started: the program's own frames, told from those of packages and Python itself."""
import functools
import os
import sys

# Own frames sent from the inner end; the outermost one is always sent as well.
FRAME_LIMIT = 16
# Frames looked at, so that a deep recursion costs no more than this.
WALK_LIMIT = 200

# Of what kind a file's frames are: of a package or Python, the program's own, between the program and the SDK, above which
# nothing called what is below.
FOREIGN, OWN, PLUMBING, LOOP = range(4)

# Below these nothing of the stack called what is above: they call back what was given to them before. The line that started an
# event loop or a server did not make the spans of its tasks and requests.
LOOPS = (
    'asyncio/base_events', 'asyncio/events', 'asyncio/runners', 'socketserver', 'http/server', 'wsgiref/handlers',
    'wsgiref/simple_server', 'concurrent/futures/thread', 'uvloop/__init__', 'uvicorn/server', 'uvicorn/main', 'hypercorn/run',
    'werkzeug/serving', 'gunicorn/arbiter', 'gunicorn/app/base', 'waitress/server', 'cheroot/server', 'trio/_core/_run',
    'anyio/_backends/_asyncio', 'tornado/ioloop', 'twisted/internet/base', 'gevent/hub', 'gevent/baseserver', 'eventlet/wsgi',
    'celery/worker/worker', 'celery/app/trace', 'django/core/servers/basehttp', 'aiohttp/web',
)

# What stands between a program's call and the SDK; where a function is decorated with a span, `func` of theirs is that function.
PLUMBING_FOLDERS = ('opentelemetry/sdk/', 'opentelemetry/trace/', 'opentelemetry/util/')
DECORATORS = ('inner', 'async_wrapper')

# Their spans tell of the request itself, and are made wherever the program happens to answer it.
ABOUT_REQUEST = ('opentelemetry/instrumentation/asgi/', 'opentelemetry/instrumentation/wsgi/')

CO_VARARGS_FIRST = ('self', 'cls')

start_folder = os.getcwd()
sys_folders = set()
judged = {}
names = {}
texts = {}


def install(module):
    for folder in (os.path.dirname(os.__file__), sys.prefix + '/bin', sys.prefix + '/Scripts', os.path.dirname(sys.executable or '')):
        # Never the root, nor the folder that a program lies in.
        if len(folder) > 3:
            sys_folders.add(slashed(folder) + '/')
    tracer = module.Tracer
    original = tracer.start_span
    server = module.trace_api.SpanKind.SERVER
    notice = noticing(module)

    @functools.wraps(original)
    def start_span(*args, **kwargs):
        span = original(*args, **kwargs)
        try:
            if span.is_recording():
                if notice is not None:
                    notice(span)
                stamp(span, server)
        except Exception:
            # The program must not notice: its span stays as it was.
            pass
        return span

    tracer.start_span = start_span


def noticing(module):
    """What keeps the spans that are open; None where the program is no capture's, or it cannot be done."""
    try:
        import traceline_hook
        return traceline_hook.load('traceline_open').install(module) if traceline_hook.CAPTURED else None
    except Exception:
        return None


def stamp(span, server):
    attributes = span.attributes
    if attributes is not None and ('code.file.path' in attributes or 'code.filepath' in attributes):
        return
    site = site_of(sys._getframe(2), span.kind is server)
    if site is not None:
        span.set_attributes(site)


def site_of(frame, about_request):
    """The attributes of the place whose call led to `frame`; None where the program's own code is not on the stack."""
    first = None
    lines = []
    outermost = None
    count = 0
    direct = True
    known_files = judged
    known_texts = texts
    for _ in range(WALK_LIMIT):
        if frame is None:
            if first is not None:
                break
            frame = frame_before_greenlet()
            if frame is None:
                break
        code = frame.f_code
        kind, path = known_files.get(code.co_filename) or judge(code.co_filename)
        if kind == OWN:
            if about_request and not direct:
                return None
            if count < FRAME_LIMIT:
                count += 1
                line = frame.f_lineno
                lines.append(known_texts.get((path, line, code.co_name)) or text_of(path, line, code.co_name))
                if first is None:
                    first = (path, line, function_name(frame, code))
            else:
                # A frame's line is what costs most: only of those that are sent.
                outermost = frame
                outermost_path = path
        elif kind == LOOP:
            break
        elif first is None:
            if kind == PLUMBING:
                if code.co_name in DECORATORS:
                    first = decorated(frame)
                    if first is not None:
                        count = 1
                        lines.append(text_of(first[0], first[1], first[2].rpartition('.')[2]))
            else:
                direct = False
                about_request = about_request or path is not None
        frame = frame.f_back
    if first is None:
        return None
    if outermost is not None:
        lines.append(text_of(outermost_path, outermost.f_lineno, outermost.f_code.co_name))
    lines.reverse()
    return {
        'code.file.path': first[0],
        'code.line.number': first[1],
        'code.function.name': first[2],
        'code.stacktrace': '\n'.join(lines),
    }


def judge(filename):
    """Once for each file: of what kind its frames are, and its absolute path where they are the program's own."""
    if len(judged) > 10000:
        judged.clear()
    verdict = judged[filename] = verdict_of(filename)
    return verdict


def verdict_of(filename):
    if filename.startswith('<'):
        return FOREIGN, None
    absolute = os.path.normpath(os.path.join(start_folder, filename))
    path = slashed(absolute)
    stem = path.rpartition('.')[0]
    for loop in LOOPS:
        if stem.endswith('/' + loop):
            return LOOP, None
    packages = max(path.rfind('/site-packages/'), path.rfind('/dist-packages/'))
    standard = any(path.startswith(folder) for folder in sys_folders)
    if packages < 0 and not standard and '.egg/' not in path and '/debugpy/' not in path and not path.endswith(('pydevd.py', '.pyx')):
        return OWN, absolute
    if stem.endswith('/contextlib') or any('/' + folder in path for folder in PLUMBING_FOLDERS):
        return PLUMBING, None
    # A path here says: of the request itself.
    return FOREIGN, path if any('/' + folder in path for folder in ABOUT_REQUEST) else None


def slashed(path):
    return path.replace(os.sep, '/')


def text_of(path, line, name):
    # A program that runs generated text under ever new names must not fill the memory.
    if len(texts) > 10000:
        texts.clear()
    key = (path, line, name)
    text = texts[key] = '  File "%s", line %d, in %s' % key
    return text


def function_name(frame, code):
    """`module.Class.method`, as Python itself qualifies names (`co_qualname`, Python 3.11)."""
    key = (code.co_filename, code.co_firstlineno, code.co_name)
    name = names.get(key)
    if name is None:
        if len(names) > 10000:
            names.clear()
        qualified = getattr(code, 'co_qualname', None) or qualified_before_3_11(frame, code)
        name = names[key] = '%s.%s' % (frame.f_globals.get('__name__', '?'), qualified)
    return name


def qualified_before_3_11(frame, code):
    if code.co_argcount == 0 or code.co_varnames[0] not in CO_VARARGS_FIRST:
        return code.co_name
    receiver = frame.f_locals.get(code.co_varnames[0])
    for owner in getattr(receiver if isinstance(receiver, type) else type(receiver), '__mro__', ()):
        method = owner.__dict__.get(code.co_name)
        function = getattr(method, '__func__', method)
        if getattr(unwrapped(function), '__code__', None) is code:
            return '%s.%s' % (owner.__qualname__, code.co_name)
    return code.co_name


def unwrapped(function):
    for _ in range(20):
        inner = getattr(function, '__wrapped__', None)
        if inner is None:
            return function
        function = inner
    return function


def decorated(frame):
    """The place of the function that a span decorates; None where this frame is not of the decorator, or the function not the program's."""
    function = unwrapped(frame.f_locals.get('func'))
    code = getattr(function, '__code__', None)
    if code is None:
        return None
    kind, path = judged.get(code.co_filename) or judge(code.co_filename)
    if kind != OWN:
        return None
    return path, code.co_firstlineno, '%s.%s' % (function.__module__, function.__qualname__)


def frame_before_greenlet():
    """SQLAlchemy's asyncio calls its drivers in a greenlet, whose stack begins anew: what switched to it waits in its parent."""
    greenlet = sys.modules.get('greenlet')
    parent = greenlet.getcurrent().parent if greenlet is not None else None
    return parent.gr_frame if parent is not None else None
