// An app that never stops printing: its log is a ring in its own memory, and nothing of it reaches the engine.

import { setTimeout as sleep } from 'node:timers/promises';
import { api, expect, get, ssh, test } from '../setup/fixtures.ts';
import { expectHostOk, MB, pulse, readHost } from '../setup/host-state.ts';

const FLOOD = `import os, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer

def flood():
    while True:
        sys.stdout.write("A" * 100 + "\\n")
        sys.stderr.write("no line end")

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"still here")

for _ in range(2): threading.Thread(target=flood, daemon=True).start()
HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
`;

test('an app that prints without end fills neither the host nor the engine, and its site still answers', async ({
  site,
  neighbour,
  workspace,
}) => {
  const before = await readHost();
  const others = pulse(neighbour);
  const clone = await workspace.clone(site);
  await workspace.commit(clone, { 'main.py': FLOOD });
  const pushed = await workspace.push(clone);
  expect(pushed.code, pushed.stderr.slice(-2_000)).toBe(0);
  expect(pushed.stderr.length).toBeLessThan(3 * MB);
  expect(pushed.stderr).toContain(`Live: ${site.address}`);
  const { log } = (await (await api(site, '/deployments/2')).json()) as { log: string };
  expect(log.length).toBeLessThan(3 * MB);

  const start = await readHost();
  await sleep(4_000);
  const end = await readHost();
  expect(end.engineCpuSeconds - start.engineCpuSeconds).toBeLessThan(0.8);
  expect(end.footprintBytes - before.footprintBytes).toBeLessThan(32 * MB);

  expect(await get(site.address)).toEqual({ status: 200, body: 'still here' });
  const size = await ssh(site, 'du -sk /run/log | cut -f1; ls /run/log/web-2');
  const [kilobytes] = size.stdout.split('\n');
  expect(Number(kilobytes)).toBeLessThan(2 * 1024 + 512);
  expect(size.stdout).toContain('current');
  await expectHostOk(before, neighbour, { disk: 0, memory: site.limits.memoryBytes });
  const { failed, p95Ms } = await others.stop();
  expect(failed).toEqual([]);
  expect(p95Ms).toBeLessThan(300);
});
