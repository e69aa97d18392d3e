// Processes, CPU and the kernel's counters that all sites share.

import { setTimeout as sleep } from 'node:timers/promises';
import { api, expect, ssh, status, test, watch } from '../setup/fixtures.ts';
import { containerOf, expectHostOk, pulse, readHost, readPids } from '../setup/host-state.ts';

const NO_SLOTS = /Your site has no free process slots \(limit \d+\)\.\nRestart the site on its page/;

test('a fork bomb stops at the limit; root gets a shell or the reason, and the site is well again after it', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  const others = watch(neighbour);
  const container = await containerOf(site);

  const bomb = ssh(site, 'b(){ b|b& };b', { timeoutMs: 20_000 });
  let most = 0;
  for (let round = 0; round < 20; round += 1) {
    most = Math.max(most, await readPids(container.id));
    await sleep(100);
  }
  expect(most).toBeGreaterThan(site.limits.pids / 2);
  expect(most).toBeLessThanOrEqual(site.limits.pids);
  const during = await ssh(site, 'echo in');
  if (during.code === 0) expect(during.stdout).toBe('in\n');
  else expect(during.stderr).toMatch(/Resource temporarily unavailable|no free process slots/);
  expect((await bomb).stderr).toMatch(/Resource temporarily unavailable|no free process slots|^$/);

  const cure = await ssh(site, 'kill -9 -1');
  if (NO_SLOTS.test(cure.stderr)) expect((await api(site, '/restart', { method: 'POST' })).status).toBe(202);
  await expect.poll(() => status(site.address), { timeout: 30_000 }).toBe(200);
  await expect.poll(async () => (await ssh(site, 'echo well')).stdout, { timeout: 30_000 }).toBe('well\n');
  await expectHostOk(before, neighbour);
  const { asked, failed } = await others.stop();
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(20);
});

test('with all process slots taken one enters or is told so over SSH, and a restart gives them back', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  await ssh(site, 'echo kept > ~/kept');
  // Until nothing more is free for a while: what starts a session beside it comes and goes.
  const fill = `import os, time
refused = 0
while refused < 30:
  try:
    if os.fork() == 0: os.setsid(); os.execvp("sleep", ["sleep", "600"])
  except OSError as error: refused += 1; print(error.strerror); time.sleep(0.1)`;
  const filled = await ssh(site, 'exec python3 - 2>&1', { input: fill, timeoutMs: 10_000 });
  expect(filled.stdout).toContain('Resource temporarily unavailable');
  // The one that filled them has ended, and given its own back.
  expect(await readPids((await containerOf(site)).id)).toBeGreaterThanOrEqual(site.limits.pids - 1);
  // The kernel lets a process be moved into a full cgroup: the engine's may get in where a fork does not.
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const { code, stderr } = await ssh(site, 'true');
    if (code !== 0) expect(stderr).toMatch(NO_SLOTS);
  }

  expect((await api(site, '/restart', { method: 'POST' })).status).toBe(202);
  await expect
    .poll(async () => (await ssh(site, 'pgrep -c sleep; cat ~/kept')).stdout, { timeout: 30_000 })
    .toBe('0\nkept\n');
  await expect.poll(() => status(site.address), { timeout: 30_000 }).toBe(200);
  await expectHostOk(before, neighbour);
});

test('eight busy loops and a wish for priority leave the neighbour quick', async ({ site, neighbour }) => {
  const before = await readHost();
  const quiet = pulse(neighbour);
  await sleep(1_500);
  const idle = await quiet.stop();

  const loud = pulse(neighbour);
  const loops = 'for i in 1 2 3 4 5 6 7 8; do while :; do :; done & done';
  const hog = await ssh(site, `${loops}; nice -n -20 true; chrt -f 99 true; sleep 3; kill $(jobs -p)`);
  const busy = await loud.stop();
  expect(hog.stderr).toMatch(/nice: cannot set niceness: Permission denied/);
  expect(hog.stderr).toMatch(/chrt: failed to set pid 0's policy: Operation not permitted/);
  expect(busy.failed).toEqual([]);
  // On two cores, one of which the site may have: some milliseconds, and never a hang.
  expect(busy.p95Ms).toBeLessThan(Math.max(100, idle.p95Ms * 4));
  await expectHostOk(before, neighbour);
});

test("what one site takes of the kernel's common counters is missed neither by a neighbour nor by the host", async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  // Of each more than the whole machine has at first: 128, 65536 and 3072.
  const greedy = `import ctypes, os, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
libc = ctypes.CDLL(None)
inotify = aio = pty = 0
while inotify < 200 and libc.inotify_init() >= 0: inotify += 1
context = ctypes.c_ulong(0)
while aio < 2 and libc.syscall(206, 32000, ctypes.byref(context)) == 0:
  aio += 1
  context = ctypes.c_ulong(0)
try:
  while pty < 1600: os.openpty(); pty += 1
except OSError as error: print(error)
print(inotify, aio, pty, flush=True)
sys.stdin.read()
`;
  await ssh(site, 'cat > /tmp/greedy.py', { input: greedy });
  const holding = ssh(site, 'for i in 1 2; do python3 /tmp/greedy.py < <(sleep 6) & done; wait', { timeoutMs: 20_000 });
  await sleep(3_000);

  const start = performance.now();
  const terminal = await ssh(neighbour, 'tty', { flags: ['-tt'] });
  expect(terminal.stdout).toMatch(/^\/dev\/pts\/\d+/);
  expect(performance.now() - start).toBeLessThan(2_000);
  const counters = `import ctypes; libc = ctypes.CDLL(None); context = ctypes.c_ulong(0)
print(libc.inotify_init() >= 0, libc.syscall(206, 1000, ctypes.byref(context)) == 0)`;
  expect((await ssh(neighbour, 'python3 -', { input: counters })).stdout).toBe('True True\n');
  expect((await holding).stdout).toBe('200 2 1600\n200 2 1600\n');
  await expectHostOk(before, neighbour);
});

test('orphans are collected, crashes leave nothing outside, and who is killed for memory starts again', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  const container = await containerOf(site);
  const idle = await readPids(container.id);
  // Each leaves a child whose parent is gone: without a first process that waits for them they would stay for ever.
  const orphans = await ssh(site, 'for i in $(seq 200); do (sleep 0.05 & ) ; done; sleep 1; ps -eo stat= | grep -c ^Z');
  expect(orphans.stdout).toBe('0\n');
  await expect.poll(() => readPids(container.id), { timeout: 10_000 }).toBeLessThan(idle + 5);

  const crash = await ssh(
    site,
    'cd /tmp; ulimit -c unlimited; sh -c "kill -SEGV \\$\\$"; echo $?; ls /tmp | grep -c core',
  );
  expect(crash.stdout).toBe('139\n0\n');

  const app = 'pgrep -f main.py | head -1';
  const first = (await ssh(site, app)).stdout.trim();
  expect(first).toMatch(/^\d+$/);
  expect((await ssh(site, `kill -9 ${first}`)).code).toBe(0);
  await expect.poll(() => status(site.address), { timeout: 20_000 }).toBe(200);
  expect((await ssh(site, app)).stdout.trim()).not.toBe(first);
  await expectHostOk(before, neighbour);
});
