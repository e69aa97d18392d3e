// An app that never stops printing: its log is a ring in its own memory, and nothing of it reaches the engine.

import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { api, expect, get, ssh, test } from '../setup/fixtures.ts';
import { type Container, containerOf, expectHostOk, findProcess, MB, pulse, readHost } from '../setup/host-state.ts';
import { must } from '../setup/programs.ts';

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

test('a build that prints without end is told where its log ends, and is held up by its own pipe', async ({
  site,
  neighbour,
  workspace,
}) => {
  const before = await readHost();
  const clone = await workspace.clone(site);
  await must('git', ['rm', '-rqf', '.'], { cwd: clone });
  const scripts = { build: 'yes building building building', start: 'node server.js' };
  await workspace.commit(clone, { 'package.json': JSON.stringify({ name: 'loud', version: '1.0.0', scripts }) });
  const pushing = workspace.push(clone);
  const log = async () =>
    ((await (await api(site, '/deployments/2')).json().catch(() => ({}))) as { log?: string }).log ?? '';
  await expect.poll(log, { timeout: 30_000 }).toContain('More than 2 MB of output: the rest is left out');
  expect((await log()).length).toBeLessThan(3 * MB);

  // Past its share the flood waits in the container's own pipe, and costs the worker of all sites nothing.
  const container = await containerOf(site);
  await expect
    .poll(() => bytesPerSecond(container, 'yes building building building'), { timeout: 20_000, intervals: [0] })
    .toBeLessThan(2 * MB);
  const engine = (await readHost()).engineCpuSeconds;
  await sleep(2_000);
  expect((await readHost()).engineCpuSeconds - engine).toBeLessThan(0.4);
  await ssh(site, 'pkill -x yes');
  const pushed = await pushing;
  expect(pushed.code).not.toBe(0);
  expect(pushed.stderr).toContain('The build failed.');
  expect((await get(site.address)).status).toBe(200);
  await expectHostOk(before, neighbour);
});

/** What a process of the container writes, whoever reads it (proc_pid_io(5)). */
async function bytesPerSecond(container: Container, commandLine: string): Promise<number> {
  const pid = await findProcess(container, commandLine);
  const read = async () => Number(/^wchar: (\d+)/m.exec(await readFile(`/proc/${pid}/io`, 'utf8'))?.[1]);
  const before = await read();
  await sleep(1_000);
  return (await read()) - before;
}
