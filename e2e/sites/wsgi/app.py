"""A WSGI application without a framework (PEP 3333)."""

import os


def application(environ, start_response):
    body = f"wsgi on {os.environ['PORT']} at {environ['PATH_INFO']}\n".encode()
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
