"""Answers a POST with its length and digest, /stream with a line a second, and an upgrade with what it is sent."""

import hashlib
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(f"{len(body)} {hashlib.sha256(body).hexdigest()}\n")

    def do_GET(self):
        if self.headers.get("Upgrade") == "echo":
            return self.echo()
        if self.path == "/stream":
            return self.stream()
        self.answer("echo\n")

    def answer(self, text):
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for number in range(30):
            self.wfile.write(f"data: {number}\n\n".encode())
            time.sleep(1)
        self.close_connection = True

    def echo(self):
        self.send_response(101)
        self.send_header("Upgrade", "echo")
        self.send_header("Connection", "Upgrade")
        self.end_headers()
        while line := self.rfile.readline():
            self.wfile.write(line)
            self.wfile.flush()
        self.close_connection = True


ThreadingHTTPServer(("", int(os.environ["PORT"])), Handler).serve_forever()
