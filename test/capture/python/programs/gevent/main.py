from gevent import monkey

monkey.patch_all()
import os
import signal
import threading
import time

import gevent
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer(__name__)
released = gevent.event.Event()


def wait():
    with tracer.start_as_current_span("wait"):  # @open wait | internal | wait @row wait | internal | wait
        released.wait()


def quick():
    with tracer.start_as_current_span("quick"):  # @row quick | internal | quick
        time.sleep(0.001)


gevent.signal_handler(signal.SIGTERM, released.set)
greenlets = [gevent.spawn(wait)]
gevent.joinall([gevent.spawn(quick) for _ in range(100)])
print(threading.active_count())
print("ready", flush=True)
gevent.joinall(greenlets)
provider.shutdown()
# As Python ends, what gevent has patched complains now and then.
os._exit(4)
