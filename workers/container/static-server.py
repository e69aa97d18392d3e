"""Serves a folder of plain files over HTTP: static-server.py FOLDER…, the first one with an index.html.

No directory listings, no files whose name starts with a dot (but /.well-known), nothing outside the folder, whatever
links it holds. Answers GET and HEAD, with ETag, Last-Modified, one byte range (RFC 9110), clean addresses (/about is
about.html) and the folder's own 404.html.
"""

import email.utils
import html
import mimetypes
import os
import re
import signal
import socket
import socketserver
import stat
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RELEASE = os.environ.get("LIGHTKEEPER_RELEASE", "0")
IDLE_SECONDS = 30
DRAIN_SECONDS = 8
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("application/wasm", ".wasm")
mimetypes.add_type("image/webp", ".webp")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")


def choose_root(folders):
    for folder in folders:
        if os.path.isfile(os.path.join(folder, "index.html")):
            return os.path.realpath(folder)
    sys.exit(f"There is no index.html in {', '.join(folders)}.")


def find(root, target):
    """The file for a request target: (path, None), or (None, where to redirect), or (None, None) when there is none."""
    path = urllib.parse.unquote(target.split("?", 1)[0].split("#", 1)[0], errors="surrogateescape")
    segments = [segment for segment in path.split("/") if segment]
    if "\0" in path or any(segment.startswith(".") for segment in segments[:1] if segment != ".well-known"):
        return None, None
    if any(segment.startswith(".") for segment in segments[1:]):
        return None, None
    wanted = os.path.join(root, *segments)
    folder = path.endswith("/") or not segments
    candidates = [os.path.join(wanted, "index.html")] if folder else [wanted, wanted + ".html"]
    for candidate in candidates:
        real = os.path.realpath(candidate)
        if os.path.isfile(real) and real.startswith(root + os.sep):
            return real, None
    if not folder and os.path.isfile(os.path.join(wanted, "index.html")):
        return None, urllib.parse.quote("/" + "/".join(segments) + "/", errors="surrogateescape")
    return None, None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "static"
    sys_version = ""
    timeout = IDLE_SECONDS
    root = ""

    def do_GET(self):
        with self.server.request_under_way():
            self.answer()

    do_HEAD = do_GET

    def answer(self):
        path, location = find(self.root, self.path)
        if location:
            return self.answer_text(301, "moved", {"Location": location})
        if path:
            try:
                return self.answer_file(200, path)
            except (FileNotFoundError, PermissionError):
                pass
        own, _ = find(self.root, "/404.html")
        if own:
            return self.answer_file(404, own)
        self.answer_text(404, "There is no such page here.")

    def answer_file(self, status, path):
        with open(path, "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise FileNotFoundError
            tag = f'"{RELEASE}-{int(about.st_mtime):x}-{about.st_size:x}"'
            modified = email.utils.formatdate(about.st_mtime, usegmt=True)
            if status == 200 and self.is_current(tag, modified):
                return self.answer_head(304, {"ETag": tag, "Last-Modified": modified, "Cache-Control": "no-cache"})
            first, last = 0, about.st_size - 1
            headers = {"Content-Type": content_type(path), "Cache-Control": "no-cache", "Last-Modified": modified, "ETag": tag}
            part = status == 200 and self.requested_range(about.st_size, tag)
            if part == "beyond":
                return self.answer_text(416, "That range is beyond the file.", {"Content-Range": f"bytes */{about.st_size}"})
            if part:
                first, last = part
                status = 206
                headers["Content-Range"] = f"bytes {first}-{last}/{about.st_size}"
            headers |= {"Accept-Ranges": "bytes", "Content-Length": str(last - first + 1)}
            self.answer_head(status, headers)
            if self.command == "GET" and last >= first:
                self.wfile.flush()
                self.connection.sendfile(file, first, last - first + 1)

    def is_current(self, tag, modified):
        known = self.headers.get("If-None-Match")
        if known is not None:
            return known.strip() == "*" or tag in [t.strip().removeprefix("W/") for t in known.split(",")]
        return self.headers.get("If-Modified-Since") == modified

    def requested_range(self, size, tag):
        match = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", self.headers.get("Range", "").strip())
        if not match or match[0] == "bytes=-" or self.headers.get("If-Range", tag) != tag:
            return None
        if match[1] == "":
            length = min(int(match[2]), size)
            return (size - length, size - 1) if length > 0 else "beyond"
        first = int(match[1])
        last = min(int(match[2]) if match[2] else size - 1, size - 1)
        if first >= size:
            return "beyond"
        return (first, last) if first <= last else None

    def answer_text(self, status, text, headers=None):
        body = f'<!doctype html><meta charset="utf-8"><title>{status}</title><p>{html.escape(text)}</p>\n'.encode()
        extra = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
        self.answer_head(status, (headers or {}) | extra)
        if self.command == "GET":
            self.wfile.write(body)

    def answer_head(self, status, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.server.stopping.is_set():
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *_):
        """The proxy keeps the access log."""

    def handle(self):
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            pass  # The visitor left.


def content_type(path):
    kind, encoding = mimetypes.guess_type(path)
    if encoding:
        return "application/octet-stream"
    kind = kind or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind == "application/json" else kind


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def __init__(self, address, handler):
        super().__init__(address, handler)
        self.stopping = threading.Event()
        self.active = 0
        self.lock = threading.Lock()

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # The head and a small file go out at once.
        socketserver.TCPServer.server_bind(self)  # HTTPServer's own asks the DNS for our name first.
        self.server_name, self.server_port = "", self.server_address[1]

    def request_under_way(self):
        return UnderWay(self)

    def handle_error(self, request, client_address):
        """A visitor who leaves is no error; anything else was answered or the connection closed."""


class UnderWay:
    def __init__(self, server):
        self.server = server

    def __enter__(self):
        with self.server.lock:
            self.server.active += 1

    def __exit__(self, *_):
        with self.server.lock:
            self.server.active -= 1


def main():
    Handler.root = choose_root(sys.argv[1:] or ["."])
    server = Server((os.environ.get("HOST", "0.0.0.0"), int(os.environ.get("PORT", "8000"))), Handler)

    def stop(*_):
        server.stopping.set()
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    print(f"serving {os.path.basename(Handler.root)} on port {server.server_port}", flush=True)
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    deadline = time.monotonic() + DRAIN_SECONDS
    while server.active and time.monotonic() < deadline:
        time.sleep(0.05)
    os._exit(0)


if __name__ == "__main__":
    main()
