"""
A program that takes the gRPC exporter in code reads the same endpoint variable as one that speaks HTTP, for which we have set
it. Where it is ours, the exporter is given the endpoint that speaks gRPC.
"""
import functools
import os


def install(module):
    mixin = module.OTLPExporterMixin
    original = mixin.__init__

    @functools.wraps(original)
    def __init__(self, *args, **kwargs):
        try:
            get = os.environ.get
            # Every exporter of the package gives it by its name.
            if not args and not kwargs.get('endpoint') and get('OTEL_EXPORTER_OTLP_ENDPOINT') == get('TRACELINE_OTLP_HTTP'):
                kwargs['endpoint'] = get('TRACELINE_OTLP_GRPC') or kwargs.get('endpoint')
        except Exception:
            # The program must not notice.
            pass
        original(self, *args, **kwargs)

    mixin.__init__ = __init__
