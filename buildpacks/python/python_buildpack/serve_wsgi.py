"""Serves a WSGI app with the standard library alone, for apps that bring no server of their own.

    python3 serve_wsgi.py MODULE:NAME

Listens on all addresses, on $PORT or 8080, with a thread a request.
"""

import importlib
import os
import socketserver
import sys
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class ThreadedServer(socketserver.ThreadingMixIn, WSGIServer):
    """A server in which one slow request does not hold up the others."""

    daemon_threads = True

    def server_bind(self):
        # WSGIServer looks up the host's full name here, which takes seconds where there is no name server.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]
        self.setup_environ()


def main():
    if len(sys.argv) != 2 or ":" not in sys.argv[1]:
        sys.exit("usage: serve_wsgi.py MODULE:NAME")
    module, name = sys.argv[1].split(":", 1)
    sys.path.insert(0, os.getcwd())
    app = getattr(importlib.import_module(module), name)
    port = os.environ.get("PORT") or "8080"
    if not port.isdigit():
        sys.exit(f"PORT is '{port}': expected a number")
    with make_server("", int(port), app, server_class=ThreadedServer, handler_class=WSGIRequestHandler) as server:
        print(f"serving {sys.argv[1]} on port {port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
