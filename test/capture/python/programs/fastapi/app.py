import asyncio

from fastapi import FastAPI, Request
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

tracer = trace.get_tracer(__name__)
app = FastAPI()


@app.middleware("http")
async def own_middleware(request: Request, call_next):
    return await call_next(request)


@app.get("/items/{item}")
async def read_item(item: int):  # @row GET /items/{item} | server | read_item
    with tracer.start_as_current_span("think"):  # @row think | internal | read_item
        await asyncio.sleep(0.001)
    return {"item": item}


@app.get("/sync")
def sync_page():  # @row GET /sync | server | sync_page
    with tracer.start_as_current_span("sync work"):  # @row sync work | internal | sync_page
        return {}


FastAPIInstrumentor.instrument_app(app)
