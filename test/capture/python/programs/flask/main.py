import sqlite3
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
from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor
from werkzeug.serving import make_server

SQLite3Instrumentor().instrument()
app = Flask(__name__)
FlaskInstrumentor().instrument_app(app)


def rows(db):
    return db.cursor().execute("select 1").fetchall()  # @row select | client | rows


@app.route("/users/<int:user>")
def user_page(user):  # @row GET /users/<int:user> | server | user_page
    return {"rows": rows(sqlite3.connect(":memory:"))}


@app.get("/plain")
def plain():  # @row GET /plain | server | plain
    return "plain"


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for path in ("/users/3", "/plain"):
        print(urllib.request.urlopen("http://127.0.0.1:%d%s" % (server.port, path)).read())
    server.shutdown()
