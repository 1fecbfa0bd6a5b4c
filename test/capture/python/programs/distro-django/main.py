import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]


def ask(path):
    return urllib.request.urlopen("http://127.0.0.1:%d%s" % (port, path)).read()


def wait_and_ask(server, *paths):
    for _ in range(200):
        try:
            ask(paths[0])
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    for path in paths:
        print(ask(path))
    time.sleep(0.5)
    server.send_signal(signal.SIGINT)
    print("ended", server.wait())


wait_and_ask(subprocess.Popen([sys.executable, "manage.py", "runserver", "127.0.0.1:%d" % port], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL), "/shown/3/")
