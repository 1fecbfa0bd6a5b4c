import os
import signal
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer(__name__)
released = threading.Event()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        with tracer.start_as_current_span("answer", kind=trace.SpanKind.SERVER):  # @open answer | server | Handler.do_GET @row answer | server | Handler.do_GET
            slow()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"late")

    def log_message(self, *args):
        pass


def slow():
    with tracer.start_as_current_span("slow"):  # @open slow | internal | slow @row slow | internal | slow
        tracer.start_span("quick").end()  # @row quick | internal | slow
        if hasattr(os, "fork"):
            # What is made has none of the open spans, and Python says nothing of threads.
            child = os.fork()
            if child == 0:
                os._exit(3)
            print(os.WEXITSTATUS(os.waitpid(child, 0)[1]))
        print("ready", flush=True)
        released.wait()


signal.signal(signal.SIGTERM, lambda number, frame: released.set())
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = False
serving = threading.Thread(target=server.serve_forever)
serving.start()
# The main thread stays in Python, where signals come.
answers = []
asks = threading.Thread(target=lambda: answers.append(urllib.request.urlopen("http://127.0.0.1:%d/" % server.server_port).read()))
asks.start()
while asks.is_alive():
    asks.join(0.05)
# Of the threads, only those stay that are not this program's own.
server.shutdown()
server.server_close()
serving.join()
print(answers, threading.active_count())
