"""
Waits for the imports that matter: of the OpenTelemetry SDK, to stamp sites on its spans and to end without a wait; and where
opentelemetry-distro is installed, of what it can instrument. Until then it costs a look into a dictionary for each import, and
a program that has no OpenTelemetry never loads more than this.
"""
import os
import sys
# As they are before a program puts others in their place (gevent, eventlet, a debugger).
from _thread import allocate_lock as make_lock, start_new_thread as start_thread

# A debugger that shows only the person's code does not step into what has this name, and no stack that we send holds it.
HIDDEN = '<frozen traceline>'

# Whether this program's spans are a capture's, and its own settings send them to the hub.
CAPTURED = os.environ.get('TRACELINE_PYTHON_AUTO') == '1'

FILES = {'opentelemetry.sdk.trace': 'traceline_sites'}
if CAPTURED:
    FILES['opentelemetry.sdk.trace.export'] = 'traceline_exit'

# Instrumentations that are called otherwise than what they instrument, and those of what nearly every program imports.
NAMES = {'aiohttp_client': 'aiohttp', 'aiohttp_server': 'aiohttp', 'mysqlclient': 'MySQLdb', 'kafka_python': 'kafka', 'tortoiseorm': 'tortoise'}
EVERYWHERE = {'asyncio', 'logging', 'threading', 'urllib', 'click', 'asyncclick', 'auto_instrumentation', 'system_metrics', 'dbapi', 'wsgi', 'asgi'}


def install(folder):
    """Called once, at Python's start. `folder` is where this file lies."""
    if getattr(sys, '_traceline_probe', None) is not None:
        return
    sys._traceline_probe = folder
    for function in (hide, Finder.drop, Finder.find_spec, ran, run, load):
        hide(function)
    wanted = dict.fromkeys(instrumentable(), 'traceline_auto') if os.environ.get('TRACELINE_PYTHON_AUTO') == '1' else {}
    for name, ours in FILES.items():
        module = sys.modules.get(name)
        if module is None:
            wanted[name] = ours
        else:
            run(ours, module)
    sys.meta_path.insert(0, Finder(wanted))


def install_with_distro():
    """
    Called by a distro before it instruments (`opentelemetry_pre_instrument`), which matters where the sitecustomize of
    opentelemetry-instrument hides ours.
    """
    try:
        folder = os.path.dirname(os.path.abspath(__file__))
        sys.path[:] = [entry for entry in sys.path if not (isinstance(entry, str) and os.path.abspath(entry or os.curdir) == folder)]
        if os.environ.get('TRACELINE_PROBE') != 'off' and sys.version_info >= (3, 8):
            os.environ.pop('TRACELINE_PYTHON_AUTO', None)
            install(folder)
    except Exception:
        # The program must not notice.
        pass


def instrumentable():
    """The packages whose import shows that there is something to instrument; none where opentelemetry-distro is not installed."""
    folders = [os.path.join(entry, 'opentelemetry') for entry in sys.path if entry]
    if not any(os.path.isdir(os.path.join(folder, 'distro')) for folder in folders):
        return set()
    found = {'opentelemetry.trace'}
    for folder in folders:
        try:
            names = os.listdir(os.path.join(folder, 'instrumentation'))
        except OSError:
            continue
        found.update(NAMES.get(name, name) for name in names if '.' not in name and not name.startswith('_') and name not in EVERYWHERE)
    return found


def hide(function):
    function.__code__ = function.__code__.replace(co_filename=HIDDEN)


class Finder:
    """Finds nothing itself: what the finders after it find is told to us once it has run."""

    def __init__(self, wanted):
        self.wanted = wanted

    def drop(self, ours):
        names = [name for name, each in self.wanted.items() if each == ours]
        for name in names:
            self.wanted.pop(name, None)
        return len(names) > 0

    def find_spec(self, name, path=None, target=None):
        ours = self.wanted.get(name)
        if ours is None:
            return None
        for finder in list(sys.meta_path):
            if finder is self or not hasattr(finder, 'find_spec'):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                ran(spec.loader, self, ours)
                return spec
        return None


def ran(loader, finder, ours):
    """Once for each time that it is looked for: the loader stays what it is, but for this one call."""
    try:
        original = loader.exec_module

        def exec_module(module):
            del loader.exec_module
            original(module)
            # One is enough to decide, and what it then loads would be the next.
            if ours == 'traceline_auto' and not finder.drop(ours):
                return
            run(ours, module)

        hide(exec_module)
        loader.exec_module = exec_module
    except Exception:
        # A loader that takes no attributes: no sites.
        pass


def run(ours, module):
    """Calls `install(module)` of one of our files."""
    try:
        load(ours).install(module)
    except Exception:
        # The program must not notice.
        pass


def load(ours):
    """One of our files as a module that no other import finds."""
    with open(os.path.join(sys._traceline_probe, ours + '.py'), encoding='utf-8') as file:
        module = type(sys)(ours)
        exec(compile(file.read(), HIDDEN, 'exec'), module.__dict__)
    return module
