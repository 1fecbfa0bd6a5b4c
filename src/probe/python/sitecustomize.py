# Traceline's probe for Python. Python imports this at its start, since its folder is on PYTHONPATH; so it runs in every
# Python that a traced program starts, of whatever version, and must be read by all of them (Python 2.7 too).
# It leaves sys.path as it was without us, and then does what the sitecustomize that it hides would have done.
import os
import sys


def _take_our_folder_away():
    ours = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if not (isinstance(entry, str) and os.path.abspath(entry or os.curdir) == ours)]
    return ours


def _install():
    if os.environ.get('TRACELINE_PROBE') == 'off' or sys.version_info < (3, 8):
        _take_our_folder_away()
        return
    try:
        import traceline_hook
    finally:
        folder = _take_our_folder_away()
    traceline_hook.install(folder)


def _run_next():
    try:
        from importlib.machinery import PathFinder
        from importlib.util import module_from_spec
    except ImportError:
        return _run_next_of_python2()
    spec = PathFinder.find_spec('sitecustomize')
    if spec is None or spec.loader is None:
        return
    module = module_from_spec(spec)
    sys.modules['sitecustomize'] = module
    spec.loader.exec_module(module)


def _run_next_of_python2():
    import imp
    try:
        found = imp.find_module('sitecustomize')
    except ImportError:
        return
    try:
        imp.load_module('sitecustomize', *found)
    finally:
        if found[0] is not None:
            found[0].close()


try:
    _install()
except Exception:
    # The program must not notice.
    pass
# What the next one raises is Python's to report, as it would without us.
_run_next()
