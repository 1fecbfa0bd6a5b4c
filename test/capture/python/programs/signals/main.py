import signal
import sys
import time

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)


def handler(number, frame):
    print("got", number)
    sys.exit(40 + number)


if sys.argv[1] == "handled":
    signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGTERM, handler)
trace.get_tracer(__name__).start_span("started").end()  # @row started | internal | -
provider.force_flush()
print("ready", flush=True)
while True:
    time.sleep(0.05)
