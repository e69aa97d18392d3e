"""The whole site. Change the greeting, commit, push: the new page is live when the push ends."""

import os
import signal
import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GREETING = "Hello from Lightkeeper"

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{greeting}</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='6' fill='%23e8a33d'/%3E%3C/svg%3E">
<style>
  :root {{ color-scheme: light dark; --paper: #f6f4ef; --ink: #1d2733; --soft: #5d6a76; --line: #dcd7cb; --lamp: #b8690b; }}
  @media (prefers-color-scheme: dark) {{
    :root {{ --paper: #0e1620; --ink: #ece7dc; --soft: #93a1ae; --line: #243140; --lamp: #f2b65a; }}
  }}
  * {{ box-sizing: border-box; margin: 0; }}
  body {{ min-height: 100vh; display: grid; place-items: center; padding: 2rem; background: var(--paper); color: var(--ink);
    font: 1.0625rem/1.6 system-ui, sans-serif; }}
  main {{ max-width: 34rem; }}
  svg {{ width: 3rem; height: 3rem; color: var(--lamp); }}
  h1 {{ margin: 1.25rem 0 .75rem; font-size: clamp(2rem, 7vw, 3.25rem); line-height: 1.1; letter-spacing: -.02em; text-wrap: balance; }}
  p {{ color: var(--soft); }}
  pre {{ margin-top: 1.75rem; padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: .6rem; overflow-x: auto;
    font: .9rem/1.7 ui-monospace, monospace; }}
  code {{ font-family: ui-monospace, monospace; color: var(--ink); }}
</style>
<main>
  <svg viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
    <path d="M19 18h10l3 24H16zM18 12h12v6H18zM24 5v3M20 12l4-4 4 4M17.5 30h13M12 13l-6-2M12 17l-6 2M36 13l6-2M36 17l6 2"/>
  </svg>
  <h1>{greeting}</h1>
  <p>This site runs from a git repository of its own. Change the greeting in <code>main.py</code> and push to see it here.</p>
  <pre>git clone <em>your site's git address</em>
git commit -am "Say hello"
git push</pre>
</main>
</html>
"""


class Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = PAGE.format(greeting=escape(GREETING)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, format, *arguments):
        print(self.command, self.path, *arguments[1:2], flush=True)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    server = Server(("", int(os.environ.get("PORT", "8000"))), Page)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
