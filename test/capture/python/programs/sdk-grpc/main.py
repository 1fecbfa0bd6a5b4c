from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

# It speaks gRPC whatever the environment says, to the endpoint that the environment says.
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)


def buy():
    with trace.get_tracer(__name__).start_as_current_span("buy"):  # @row buy | internal | buy
        print("bought")


buy()
