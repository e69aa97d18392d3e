// Sites and their visitors against the product's own pages, and against each other's patience: what a tenant serves runs
// in browsers that are signed in next door, and slow visitors hold places at the proxy.

import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { APP_URL, expect, get, type Site, test, type Workspace } from '../setup/fixtures.ts';
import { expectHostOk, pulse, readHost, SETTINGS } from '../setup/host-state.ts';

const HOSTILE_APP = `import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/large":
            self.send_response(200)
            self.end_headers()
            for _ in range(800): self.wfile.write(b"x" * 65536)
            return
        self.send_response(200)
        self.send_header("content-type", "text/html")
        for domain in ("localhost", ".localhost", "com", ""):
            for name in ("${SETTINGS.instance}.session", "__Host-${SETTINGS.instance}.session", "other"):
                self.send_header("set-cookie", name + "=stolen; Path=/" + (domain and "; Domain=" + domain))
        for number in range(60): self.send_header("set-cookie", "big%d=%s" % (number, "x" * 100))
        self.send_header("strict-transport-security", "max-age=99999999; includeSubDomains")
        self.send_header("clear-site-data", '"cookies"')
        self.end_headers()
        self.wfile.write(b"<title>hostile</title><iframe id=f src='${APP_URL}/'></iframe>")
    def log_message(self, *args): pass

ThreadingHTTPServer(("", int(os.environ["PORT"])), Handler).serve_forever()
`;

async function serveHostile(workspace: Workspace, site: Site): Promise<void> {
  const clone = await workspace.clone(site);
  await workspace.commit(clone, { 'main.py': HOSTILE_APP });
  const pushed = await workspace.push(clone);
  expect(pushed.code, pushed.stderr).toBe(0);
}

test('a page of a site takes no part of the product from a browser that is signed in: cookies, frames, answers', async ({
  site,
  neighbour,
  workspace,
  page,
  context,
}) => {
  const before = await readHost();
  await serveHostile(workspace, site);
  await page.goto('/');
  await page.getByTestId('launch').click();
  await expect(page.getByTestId('ssh-command')).toBeVisible();
  const mine = page.url();
  const session = (await context.cookies(APP_URL)).map(({ name, value }) => `${name}=${value}`).sort();
  expect(session.length).toBeGreaterThan(0);

  await page.goto(site.address);
  await expect(page).toHaveTitle('hostile');
  const reached = await page.evaluate(async (product) => {
    const tries = [
      fetch(product, { credentials: 'include' }).then((answer) => answer.text()),
      fetch(product, {
        method: 'POST',
        credentials: 'include',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      }).then((answer) => answer.text()),
    ];
    return (await Promise.allSettled(tries)).map(({ status }) => status);
  }, `${APP_URL}/api/sites`);
  expect(reached).toEqual(['rejected', 'rejected']);
  const frame = page.frames().find((candidate) => candidate !== page.mainFrame());
  expect(frame ? await frame.content() : '').not.toContain('data-testid');

  const after = (await context.cookies(APP_URL)).map(({ name, value }) => `${name}=${value}`).sort();
  expect(after).toEqual(session);
  await page.goto(mine);
  await expect(page.getByTestId('ssh-command')).toBeVisible();
  for (const place of ['/', mine]) {
    const answer = await page.request.get(place);
    expect(answer.headers()['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(answer.headers()['access-control-allow-origin']).toBeUndefined();
  }
  await expectHostOk(before, neighbour);
});

test('visitors who send or read by the byte hold no places of a neighbour’s', async ({
  site,
  neighbour,
  workspace,
}) => {
  const before = await readHost();
  await serveHostile(workspace, site);
  const others = pulse(neighbour);
  const { host } = new URL(site.address);
  const sockets = Array.from({ length: 400 }, (_, number) => {
    const socket = net.connect(SETTINGS.httpPort, '127.0.0.1');
    socket.on('error', () => {}); // Sent away.
    if (number % 2 === 0) socket.write(`POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1000000\r\n\r\nx`);
    else socket.pause().write(`GET /large HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    return socket;
  });
  const dripping = setInterval(() => {
    for (const [number, socket] of sockets.entries()) if (number % 2 === 0 && socket.writable) socket.write('x');
  }, 1_000);
  try {
    await sleep(9_000);
    expect((await get(neighbour.address)).status).toBe(200);
  } finally {
    clearInterval(dripping);
    for (const socket of sockets) socket.destroy();
  }
  const { asked, failed, p95Ms } = await others.stop();
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(20);
  expect(p95Ms).toBeLessThan(1_000);
  await expect.poll(async () => (await get(site.address)).status, { timeout: 20_000 }).toBe(200);
  await expectHostOk(before, neighbour);
});
