"""
Bounds how long a program waits at its end for the hub to take its last spans: the SDK itself waits up to thirty seconds for one
that is gone. Only where spans go to the hub; whoever sends them elsewhere waits as they did.
"""
import functools
import os
import socket
import threading
from urllib.parse import urlsplit

# A hub that is there takes them in a few milliseconds.
WAIT_SECONDS = 0.4
LOOK_SECONDS = 0.1


def install(module):
    endpoints = [os.environ.get(name) for name in ('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT')]
    hubs = {place_of(endpoint) for endpoint in endpoints if endpoint}
    processor = module.BatchSpanProcessor
    original = processor.shutdown

    @functools.wraps(original)
    def shutdown(self, *args, **kwargs):
        try:
            place = place_of(self.span_exporter._endpoint)
            if place in hubs:
                bound(self, WAIT_SECONDS if is_there(place) else 0)
        except Exception:
            # The program must not notice: it waits as long as the SDK likes.
            pass
        return original(self, *args, **kwargs)

    processor.shutdown = shutdown


def place_of(endpoint):
    """Host and port. Exporters that speak gRPC keep it without a scheme."""
    parts = urlsplit(endpoint if '//' in endpoint else '//' + endpoint)
    return parts.hostname, parts.port


def is_there(place):
    try:
        socket.create_connection(place, LOOK_SECONDS).close()
        return True
    except OSError:
        return False


def bound(processor, seconds):
    """The thread that sends (in the processor itself before SDK 1.34) is waited for no longer than that; it does not keep a program running."""
    for holder in (processor, getattr(processor, '_batch_processor', None)):
        for name in ('_worker_thread', 'worker_thread'):
            thread = getattr(holder, name, None)
            if isinstance(thread, threading.Thread):
                join = thread.join
                thread.join = lambda timeout=None, join=join: join(seconds if timeout is None else min(seconds, timeout))
