import threading
import urllib.request

from flask import Flask
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from werkzeug.serving import make_server

tracer = trace.get_tracer(__name__)
app = Flask(__name__)
FlaskInstrumentor().instrument_app(app)


def pay():
    with tracer.start_as_current_span("pay"):  # @open pay | internal | pay
        print("ready", flush=True)
        threading.Event().wait()


@app.route("/orders/<int:order>")
def order_page(order):  # @open GET /orders/<int:order> | server | order_page
    pay()
    return "never"


@app.get("/plain")
def plain():  # @row GET /plain | server | plain
    return "plain"


server = make_server("127.0.0.1", 0, app, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(urllib.request.urlopen("http://127.0.0.1:%d/plain" % server.port).read())
urllib.request.urlopen("http://127.0.0.1:%d/orders/7" % server.port).read()
