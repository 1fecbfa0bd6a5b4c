import sqlite3
import threading
import urllib.request

from flask import Flask
from werkzeug.serving import make_server

app = Flask(__name__)


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
