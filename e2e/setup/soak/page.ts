// The app that soaking users push: its page tells which push it is of, and the value of a variable.

export interface Page {
  text: string;
  value: string;
}

const FORM = /^text (\S*) value (\S*)$/;

export function pageSource(text: string): string {
  return `import http.server, os
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = ("text ${text} value " + os.environ.get("SOAK", "none")).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), Page).serve_forever()
`;
}

/** Each for another reason: a push of it must be refused. */
export const BROKEN = ['def broken(:\n', 'raise SystemExit(3)\n', 'import no_such_module\n'];

/** The starter has no such words. Null: it is none of both. */
export function readPage(body: string): Page | null {
  const [, text, value] = FORM.exec(body.trim()) ?? [];
  if (text !== undefined && value !== undefined) return { text, value };
  return body.includes('Hello from Lightkeeper') ? { text: 'starter', value: '' } : null;
}
