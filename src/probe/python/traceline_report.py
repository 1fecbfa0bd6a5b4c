"""The document that tells the hub of spans (decode/probeReport.ts reads it), and how it gets there: by what nothing in the program watches."""
import json
import os
import re
import sys
import time
from urllib.parse import urlsplit

import _socket

ATTRIBUTES = 64
TEXT_LENGTH = 1000
# A stack is told whole: what it is cut to would be another site.
STACK_LENGTH = 16000

TIMEOUT_SECONDS = 1
FIRST_PAUSE_SECONDS = 1
MAX_PAUSE_SECONDS = 60

# The loopback, or the names by which containers reach the machine they run on.
THIS_MACHINE = re.compile(r'localhost|127(?:\.\d+){3}|::1|host\.docker\.internal|gateway\.docker\.internal|host\.containers\.internal')

encode = json.JSONEncoder(separators=(',', ':')).encode
getpid = os.getpid
monotonic = time.monotonic
begun = time.time_ns()
host = None


def hub_of(environment):
    """Host and port of the hub that spans are sent to; None where it is not spoken to by HTTP. What is said elsewhere must not reach anybody through us."""
    def get(name):
        return (environment.get(name) or '').strip()
    protocol = get('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') or get('OTEL_EXPORTER_OTLP_PROTOCOL')
    try:
        parts = urlsplit(get('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') or get('OTEL_EXPORTER_OTLP_ENDPOINT'))
        place = (parts.hostname or '', parts.port or 80)
    except ValueError:
        return None
    if not (protocol or 'http/').startswith('http/') or parts.scheme != 'http' or not THIS_MACHINE.fullmatch(place[0]):
        return None
    return place


def document(spans, max_length, ended):
    """Of spans, oldest first, the newest that `max_length` characters hold; and what they are called by whom it is told, by span."""
    groups = []
    told = {}
    length = 0
    for span in reversed(spans):
        try:
            if not span.context.trace_flags & 1:
                # It never comes to the hub.
                continue
            key = key_of(span)
            text = encode(group(span, key))
        except Exception:
            # Some value of its that cannot be read.
            continue
        if len(text) > max_length:
            continue
        length += len(text) + 1
        if length > max_length:
            break
        groups.append(text)
        told[span] = key
    return '{"process":%s,"ended":%s,"resourceSpans":[%s]}' % (encode(process()), encode(ended), ','.join(groups)), told


def process():
    return {'id': '%d.python.%d' % (getpid(), begun), 'pid': getpid(), 'host': host_name()}


def host_name():
    """A container may have the name of its machine, and its own numbers of processes."""
    global host
    if host is None:
        try:
            host = '%s %s' % (_socket.gethostname(), os.readlink('/proc/self/ns/pid') if sys.platform == 'linux' else '')
        except OSError:
            host = ''
    return host


def key_of(span):
    return {'traceId': '%032x' % span.context.trace_id, 'spanId': '%016x' % span.context.span_id}


def group(span, key):
    scope = span.instrumentation_scope
    return {
        'resource': {'attributes': key_values(span.resource.attributes)},
        'scopeSpans': [{
            'scope': {'name': scope.name if scope is not None else ''},
            'spans': [dict(
                key,
                parentSpanId='%016x' % span.parent.span_id if span.parent is not None else '',
                name=str(span.name)[:TEXT_LENGTH],
                # OTLP counts from 1: there, 0 is "unspecified".
                kind=span.kind.value + 1,
                startTimeUnixNano=str(span.start_time),
                attributes=key_values(span._attributes),
            )],
        }],
    }


def key_values(attributes):
    # What holds them has a lock, which somebody whom the debugger holds may have.
    values = getattr(attributes, '_dict', attributes).copy()
    found = []
    for key, value in list(values.items())[:ATTRIBUTES]:
        any_value = any_value_of(value, STACK_LENGTH if key == 'code.stacktrace' else TEXT_LENGTH)
        if any_value is not None:
            found.append({'key': key, 'value': any_value})
    return found


def any_value_of(value, max_length):
    if isinstance(value, str):
        return {'stringValue': value[:max_length]}
    if isinstance(value, bool):
        return {'boolValue': value}
    if isinstance(value, int):
        return {'intValue': str(value)} if -2 ** 63 <= value < 2 ** 63 else None
    if isinstance(value, float):
        # JSON has no others.
        return {'doubleValue': value} if value - value == 0 else None
    if isinstance(value, (tuple, list)):
        values = [any_value_of(each, TEXT_LENGTH) for each in value[:ATTRIBUTES]]
        return {'arrayValue': {'values': [each for each in values if each is not None]}}
    return None


class Posts:
    """
    Sends small requests to the hub, each over a connection of its own. What cannot be sent is dropped, and the next one refused for a
    while; where it is no hub that answers, for good.
    """

    def __init__(self, place):
        self._place = place
        self._socket = None
        self.is_over = False
        self._pause = FIRST_PAUSE_SECONDS
        self._not_before = 0

    def is_ready(self):
        return not self.is_over and monotonic() >= self._not_before

    def close(self):
        """Also in a process that a fork has made: what is under way is its parent's."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def post(self, text):
        """Whether the hub has taken it."""
        try:
            answer = self._ask(text)
        except OSError:
            answer = b''
        finally:
            self.close()
        status = re.match(br'HTTP/1\.\d (\d{3})', answer)
        code = int(status.group(1)) if status is not None else 0
        if 200 <= code < 300:
            self._pause = FIRST_PAUSE_SECONDS
            return True
        if 400 <= code < 500:
            self.is_over = True
        else:
            self._not_before = monotonic() + self._pause
            self._pause = min(2 * self._pause, MAX_PAUSE_SECONDS)
        return False

    def _ask(self, text):
        body = text.encode()
        host, port = self._place
        name = '[%s]' % host if ':' in host else host
        head = 'POST /v1/traceline/probe HTTP/1.1\r\nHost: %s:%d\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n' % (name, port, len(body))
        self._connect()
        self._socket.sendall(head.encode() + body)
        answer = b''
        while b'\r\n' not in answer and len(answer) < 100:
            data = self._socket.recv(100)
            if not data:
                break
            answer += data
        return answer

    def _connect(self):
        host, port = self._place
        # As bytes: for a text Python would import a codec.
        addresses = _socket.getaddrinfo(host.encode(), port, 0, _socket.SOCK_STREAM)
        for i, (family, kind, protocol, _, address) in enumerate(addresses):
            self._socket = _socket.socket(family, kind, protocol)
            self._socket.settimeout(TIMEOUT_SECONDS)
            try:
                return self._socket.connect(address)
            except OSError:
                self.close()
                if i == len(addresses) - 1:
                    raise
