"""
Keeps the spans that have not ended: for the debugger, which asks for them while it holds the program, and for the hub, which is told of
those that are open for longer than 200 ms (docs/decisions/open-spans.md).

A span costs its place in a dictionary while it is open. The rest is a thread's, which is there only while spans are made or open. It is none
of `threading`'s, nor of what stands for that in a program (gevent, eventlet, a debugger): the program does not see it.
"""
import atexit
import functools
import os
import sys
import time

import _signal
import _thread
import traceline_hook

# A program that forgets to end its spans must not keep them all through us.
LIMIT = 4096
EVERY_SECONDS = 0.2
SLOW_NS = 200 * 1000 * 1000
# The thread stays for so many looks at nothing, so that it is not begun anew for each request.
LINGER = 10
# A fork and the end of Python wait this long for the thread, which comes at once where it is not just sending.
LEAVE_SECONDS = 0.05
REPORTED = 500
REPORT_LENGTH = 60000
ANSWER_LENGTH = 500000

start_thread = traceline_hook.start_thread
make_lock = traceline_hook.make_lock
time_ns = time.time_ns

# Oldest first. Threads share all of these without a lock: each step is one that Python does whole.
open_spans = {}
# Of these the hub was told that they are open: what they are called there.
told = {}
ended = []
# Holds its one thing while there is no thread.
idle = [True]
# The thread's: let go of, it leaves; and let go of when it has left.
wake = gone = None
# A fork is under way, or Python ends: no thread is begun.
is_still = False
# There was no thread beside the main one and ours as it became so.
is_alone = False
report = None
posts = None


def install(module):
    """Returns what is to be called with each span that starts."""
    global report, posts
    before = getattr(sys, '_traceline_open_spans', None)
    if before is not None:
        # The SDK is loaded anew.
        before.__globals__['watch_end'](module.Span)
        return before.__globals__['notice']
    report = traceline_hook.load('traceline_report')
    hub = report.hub_of(os.environ)
    if hub is None:
        idle.clear()
    else:
        posts = report.Posts(hub)
    if hasattr(os, 'register_at_fork'):
        os.register_at_fork(before=be_still, after_in_parent=go_on, after_in_child=begin_anew)
    atexit.register(be_still)
    watch_end(module.Span)
    sys._traceline_open_spans = answer
    return notice


def notice(span):
    open_spans[span] = None
    if idle or len(open_spans) > LIMIT:
        attend()


def watch_end(span_class):
    original = span_class.end
    forget = open_spans.pop

    @functools.wraps(original)
    def end(self, *args, **kwargs):
        try:
            forget(self, None)
        except Exception:
            # The program must not notice.
            pass
        return original(self, *args, **kwargs)

    span_class.end = end


def attend():
    if len(open_spans) > LIMIT:
        # Half of them at once, so that it costs nothing for each.
        for span in list(open_spans)[:LIMIT // 2]:
            open_spans.pop(span, None)
    watch()


def answer():
    """What a debugger gets."""
    return report.document(list(open_spans)[-REPORTED:], ANSWER_LENGTH, [])[0]


def watch():
    """Begins the thread where there is none."""
    global wake, gone
    if is_still:
        return
    try:
        idle.pop()
    except IndexError:
        return
    wake, gone = make_lock(), make_lock()
    wake.acquire()
    gone.acquire()
    try:
        start_thread(run, (wake, gone))
    except Exception:
        # The system has no more of them. Since `idle` stays empty, it is not tried again.
        gone.release()


def run(my_wake, my_gone):
    """The thread."""
    try:
        keep_signals_away()
        quiet = 0
        while quiet < LINGER and not posts.is_over and not my_wake.acquire(True, EVERY_SECONDS):
            look()
            quiet = 0 if is_any() else quiet + 1
        if not posts.is_over:
            idle.append(True)
            # One that started meanwhile saw a thread.
            if is_any():
                watch()
    except BaseException:
        # The program must not notice.
        pass
    finally:
        my_gone.release()


# From Python 3.12 on debugpy looks into every thread, and makes one of `threading`'s for each that has none, which the program could
# count; but for those that begin as threads of `threading` do.
run.__code__ = run.__code__.replace(co_name='_bootstrap', co_filename=traceline_hook.HIDDEN + '/threading.py')


def keep_signals_away():
    """They are the main thread's, which may be waiting for nothing else."""
    if hasattr(_signal, 'pthread_sigmask'):
        _signal.pthread_sigmask(_signal.SIG_BLOCK, _signal.valid_signals())


def is_any():
    return len(open_spans) > 0 or len(told) > 0


def look():
    for span in list(told):
        if span not in open_spans:
            ended.append(told.pop(span))
    since = time_ns() - SLOW_NS
    slow = [span for span in list(open_spans) if span not in told and (span.start_time or 0) <= since]
    if (not slow and not ended) or not posts.is_ready():
        return
    text, now_told = report.document(slow[max(0, len(slow) + len(told) - REPORTED):], REPORT_LENGTH, ended)
    if not now_told and not ended:
        return
    ended.clear()
    if posts.post(text):
        told.update(now_told)
    else:
        # It may be another hub that answers next: it is told all anew.
        told.clear()


def be_still():
    """Before a fork, and at the end: no thread of ours, so that Python neither warns of it nor has to leave it behind."""
    global is_still, is_alone
    is_still = True
    if gone is None:
        return
    is_alone = _thread._count() <= (1 if gone.locked() else 0)
    try:
        wake.release()
    except RuntimeError:
        # It was told before.
        pass
    if gone.acquire(True, LEAVE_SECONDS):
        gone.release()


def go_on():
    """
    In the process that forked. From 3.12 on Python counts the threads only after this, and warns of them: where there would be none but ours,
    the next span begins it.
    """
    global is_still
    is_still = False
    if is_any() and not (is_alone and sys.version_info >= (3, 12)):
        watch()


def begin_anew():
    """In the one that a fork has made: it has no thread, and what is open there is its parent's."""
    global is_still, wake, gone
    is_still = False
    wake = gone = None
    for each in (open_spans, told, ended):
        each.clear()
    if posts is not None and not posts.is_over:
        idle[:] = [True]
        posts.close()
