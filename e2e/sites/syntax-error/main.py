import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Page(BaseHTTPRequestHandler):
    def do_GET(self)
        self.send_response(200)
        self.end_headers()


ThreadingHTTPServer(("", int(os.environ["PORT"])), Page).serve_forever()
