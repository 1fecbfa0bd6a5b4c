"""
Instruments a program as `opentelemetry-instrument` would, where opentelemetry-distro is installed and the program does not set
OpenTelemetry up itself. Begun by the first import of what can be instrumented, so that tools which only happen to run in the
same environment are left alone, and children of a reloading server are reached.
"""
import gc
import importlib
import logging
import os
import re
import sys
import warnings

# What a program holds that sets tracing up itself, be it another vendor's.
SET_UP = re.compile(
    rb'opentelemetry\.(?:sdk|instrumentation|exporter|distro)|set_tracer_provider|Instrumentor\b|configure_opentelemetry|configure_azure_monitor'
    rb'|\b(?:import|from)\s+(?:logfire|ddtrace|newrelic|elasticapm|sentry_sdk|scout_apm|instana|traceloop|openlit|uptrace|lumigo_tracer)\b'
)
FOLDER_LIMIT = 2000
FILE_LIMIT = 2000
BYTE_LIMIT = 20 * 1024 * 1024
SKIPPED = {'node_modules', 'site-packages', 'dist-packages', '__pycache__', 'test', 'tests', 'build', 'dist'}
DISABLED = 'OTEL_PYTHON_DISABLED_INSTRUMENTATIONS'

# What a tracer has from its provider.
OF_PROVIDER = ('sampler', 'resource', 'span_processor', 'id_generator', '_span_limits')

provider = None


def install(module):
    if 'opentelemetry.sdk.trace' in sys.modules or sets_up_itself():
        return
    if module.__name__ == 'django':
        before_setup(module)
        return
    begin()
    if 'django' in sys.modules:
        before_setup(sys.modules['django'])


def begin():
    """Once."""
    global provider
    if provider is not None:
        return
    # What the SDK has to say (a receiver that is down) is not the program's to print.
    quieten('opentelemetry', True)
    before = {name: value for name, value in os.environ.items() if name.startswith('OTEL_')}
    # Only spans are wanted; a handler for logs would also change what `logging.basicConfig` does. Django's has its own moment.
    disabled = [before[DISABLED]] if before.get(DISABLED) else []
    os.environ[DISABLED] = ','.join(disabled + ['logging', 'system_metrics', 'django'])
    for name in ('OTEL_METRICS_EXPORTER', 'OTEL_LOGS_EXPORTER'):
        os.environ[name] = 'none'
    # In seconds: a program does not wait at its end for a receiver that is gone.
    os.environ.setdefault('OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', '1')
    os.environ['OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED'] = 'false'
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            package = importlib.import_module('opentelemetry.instrumentation.auto_instrumentation')
            if hasattr(package, 'initialize'):
                package.initialize()
            else:
                # Older ones do it when they are imported.
                importlib.import_module('opentelemetry.instrumentation.auto_instrumentation.sitecustomize')
    finally:
        # The program and what it starts see the environment that they were given.
        for name in [name for name in os.environ if name.startswith('OTEL_') and name not in before]:
            del os.environ[name]
        os.environ.update(before)
    api = importlib.import_module('opentelemetry.trace')
    provider = api.get_tracer_provider()
    give_way(api)


def quieten(name, is_quiet):
    logger = logging.getLogger(name)
    logger.propagate = not is_quiet
    if is_quiet:
        logger.addHandler(logging.NullHandler())


def give_way(api):
    """
    A program that sets up its own provider after all (in a package that was not looked at) keeps it, and its own instrumentations.
    What ours have touched by then cannot be told from what is its own: it makes its spans for the program's provider from here on.
    """
    original = api.set_tracer_provider

    def set_tracer_provider(tracer_provider):
        api.set_tracer_provider = original
        try:
            if api._TRACER_PROVIDER is provider:
                take_back(tracer_provider)
                api._TRACER_PROVIDER = None
                api._TRACER_PROVIDER_SET_ONCE = type(api._TRACER_PROVIDER_SET_ONCE)()
        except Exception:
            # The API says that there is a provider already, as it does.
            pass
        original(tracer_provider)

    api.set_tracer_provider = set_tracer_provider


def take_back(successor):
    quieten('opentelemetry', False)
    quieten('opentelemetry.instrumentation', True)
    instrumentor = importlib.import_module('opentelemetry.instrumentation.instrumentor').BaseInstrumentor
    classes = list(instrumentor.__subclasses__())
    for each in classes:
        classes.extend(each.__subclasses__())
        instance = each.__dict__.get('_instance')
        if instance is not None and instance.is_instrumented_by_opentelemetry:
            instance.uninstrument()
    ours = provider._active_span_processor
    theirs = vars(successor.get_tracer('traceline'))
    for each in gc.get_objects():
        if type(each).__name__ == 'Tracer' and getattr(each, 'span_processor', None) is ours:
            vars(each).update((name, theirs[name]) for name in OF_PROVIDER if name in theirs)
    provider.shutdown()


def before_setup(django):
    """
    Django's instrumentation needs the settings, and makes do with empty ones where there are none yet, which would break the
    program: `django.setup` is the first to know that there are.
    """
    original = django.setup

    def setup(*args, **kwargs):
        django.setup = original
        try:
            begin()
            if 'django' not in (os.environ.get(DISABLED) or '').replace(' ', '').split(','):
                importlib.import_module('opentelemetry.instrumentation.django').DjangoInstrumentor().instrument()
        except Exception:
            # The program must not notice.
            pass
        return original(*args, **kwargs)

    django.setup = setup


def sets_up_itself():
    """Whether the program's own files do, or may, since there are too many to look at."""
    roots = {os.getcwd()}
    main = getattr(sys.modules.get('__main__'), '__file__', None)
    if main and not any(part in SKIPPED for part in os.path.abspath(main).split(os.sep)) and not main.startswith(sys.prefix):
        roots.add(os.path.dirname(os.path.abspath(main)))
    folders = files = size = 0
    for root in roots:
        for folder, inner, names in os.walk(root):
            folders += 1
            if folders > FOLDER_LIMIT:
                return True
            if 'pyvenv.cfg' in names:
                inner[:] = []
                continue
            inner[:] = [name for name in inner if name not in SKIPPED and not name.startswith('.')]
            for name in names:
                if not name.endswith('.py'):
                    continue
                files += 1
                try:
                    with open(os.path.join(folder, name), 'rb') as file:
                        text = file.read(BYTE_LIMIT)
                except OSError:
                    continue
                size += len(text)
                if files > FILE_LIMIT or size >= BYTE_LIMIT or SET_UP.search(text):
                    return True
    return False
