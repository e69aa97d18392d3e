"""Answers every request with an error of the server."""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        print("the database is not there", file=sys.stderr, flush=True)
        self.send_response(500)
        self.end_headers()

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("", int(os.environ["PORT"])), Page).serve_forever()
