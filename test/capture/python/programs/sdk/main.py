import asyncio
import multiprocessing
import subprocess
import sys
import threading

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer(__name__)


class Shop:
    def buy(self):
        with tracer.start_as_current_span("buy"):  # @row buy | internal | Shop.buy
            return self.pay()

    @tracer.start_as_current_span("pay")  # @row pay | internal | Shop.pay
    def pay(self):
        return 3


@tracer.start_as_current_span("fetch")  # @row fetch | internal | fetch
async def fetch():
    await asyncio.sleep(0.001)
    with tracer.start_as_current_span("after await"):  # @row after await | internal | fetch
        await asyncio.sleep(0)


async def both():
    await asyncio.gather(fetch(), fetch())


def thread():
    tracer.start_span("in thread").end()  # @row in thread | internal | thread


def process():
    tracer.start_span("in process").end()  # @row in process | internal | process
    provider.force_flush()


if __name__ == "__main__":
    print(sys.argv[1:])
    print(Shop().buy())
    asyncio.run(both())
    each = threading.Thread(target=thread)
    each.start()
    each.join()
    for how in ("spawn", "fork"):
        child = multiprocessing.get_context(how).Process(target=process)
        child.start()
        child.join()
        print(how, child.exitcode)
    print(subprocess.run([sys.executable, "-c", "import sys; print(len(sys.path))"]).returncode)
    tracer.start_span("at the end").end()  # @row at the end | internal | -
    sys.exit(5)
