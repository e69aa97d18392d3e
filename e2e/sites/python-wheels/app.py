"""An application whose greeting comes from a package that is installed from a wheel of this repository."""

from greeter import greet


def application(environ, start_response):
    body = (greet(environ["PATH_INFO"]) + "\n").encode()
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
