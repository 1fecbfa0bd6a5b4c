"""As the program of nodeProgram.mjs: spans at the ends of chains of functions, over the bare SDK and with the probe by turns, in one process."""
import json
import os
import resource
import sys
import time

from opentelemetry.sdk.trace import SpanProcessor, Tracer, TracerProvider

arguments = json.loads(sys.argv[1])
count = arguments['batch']


def chain(depth):
    """A function that calls `depth - 1` others, each on a line of its own, the last of which starts the spans."""
    lines = []
    for i in range(depth - 1):
        lines.append('def f%d(tracer):\n    result = f%d(tracer)\n    return result\n' % (i, i + 1))
    lines.append('def f%d(tracer):\n    for _ in range(count):\n        tracer.start_span("work").end()\n' % (depth - 1))
    names = {'count': count, '__name__': 'chain'}
    exec(compile(''.join(lines), os.path.abspath('chain%d.py' % depth), 'exec'), names)
    return names['f0']


class Bare(Tracer):
    """Where the probe is at work, what it put itself around."""
    start_span = getattr(Tracer.start_span, '__wrapped__', Tracer.start_span)


def tracer_of(kind):
    provider = TracerProvider()
    provider.add_span_processor(SpanProcessor())
    tracer = provider.get_tracer('bench')
    tracer.__class__ = kind
    return tracer


def cpu_us():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1e6


def turn(start, tracer):
    cpu, wall = cpu_us(), time.perf_counter()
    start(tracer)
    return {'wallUs': (time.perf_counter() - wall) * 1e6 / count, 'cpuUs': (cpu_us() - cpu) / count}


tracers = {'bare': tracer_of(Bare), 'probed': tracer_of(Tracer)}
results = [dict(each, start=chain(each['stack']), bare=[], probed=[]) for each in arguments['cases']]
for number in range(-3, arguments['rounds']):
    for result in results:
        for name in ('bare', 'probed') if number % 2 == 0 else ('probed', 'bare'):
            measured = turn(result['start'], tracers[name])
            if number >= 0:
                result[name].append(measured)
for result in results:
    del result['start']
span = tracers['probed'].start_span('last')
print(json.dumps({'results': results, 'isStamped': 'code.line.number' in span.attributes}))
