// Ways around a site's limits that are not brute force: other disks within the disk, ids of quotas, names and attributes
// instead of bytes, memory that belongs to the kernel, and a system whose own programs are the tenant's.

import { api, expect, get, type Site, ssh, status, test, watch } from '../setup/fixtures.ts';
import { containerOf, DISK_SLACK_BYTES, expectHostOk, MB, readHost, SETTINGS } from '../setup/host-state.ts';
import { must } from '../setup/programs.ts';
import { requireService } from '../setup/services.ts';

async function diskBytes(site: Site): Promise<number> {
  const { site: view } = (await (await api(site, '')).json()) as { site: { usage: { diskBytes: number } } };
  return view.usage.diskBytes;
}

/** Runs Python inside the site; answers what it printed, as JSON. */
async function ask<T>(site: Site, script: string): Promise<T> {
  const ran = await ssh(site, 'python3 -', { input: script });
  expect(ran.code, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout) as T;
}

test('no disk within the disk, no other id of a quota, and one limit for all places that can be written to', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  const { siteId } = await containerOf(site);
  const places = ['/', '/app', '/etc', '/home', '/opt', '/root', '/srv', '/usr', '/var'];
  const said = await ask<Record<string, string>>(
    site,
    `import errno, fcntl, json, os
said = {}
for place in ${JSON.stringify(places)}:
  folder = os.open(place, os.O_RDONLY)
  tries = {
    "subvolume": (0x5000940e, b"\\0" * 8 + b"inner" + b"\\0" * 4083),
    "snapshot": (0x50009417, b"\\0" * 4096),
    "project 0": (0x401c5820, b"\\0" * 28),
    "another project": (0x401c5820, b"\\0" * 12 + b"\\x07\\0\\0\\0" + b"\\0" * 12),
    "no quota flag": (0x40086602, b"\\0" * 8),
    "quota off": (0xc0109428, b"\\2" + b"\\0" * 15),
    "another limit": (0x8030942b, b"\\0" * 48),
  }
  for name, (request, data) in tries.items():
    try: fcntl.ioctl(folder, request - (1 << 32 if request >= 1 << 31 else 0), bytearray(data)); answer = "allowed"
    except OSError as error: answer = errno.errorcode[error.errno]
    said[place + " " + name] = answer
print(json.dumps(said))`,
  );
  expect(Object.keys(said)).toHaveLength(9 * 7);
  for (const [what, answer] of Object.entries(said)) expect(answer, what).toMatch(/^(EPERM|ENOTTY)$/);
  const changed = await ssh(
    site,
    'chattr +C /root; chattr -P /root; chattr -p 0 /root; btrfs subvolume create /root/in',
  );
  expect(changed.code).not.toBe(0);
  const subvolumes = await must('btrfs', ['subvolume', 'list', SETTINGS.paths.pool]);
  expect(subvolumes.split('\n').filter((line) => line.includes(siteId))).toEqual([
    expect.stringMatching(new RegExp(` path sites/${siteId}$`)),
  ]);

  // Each place takes a part of the same limit, until none takes more.
  const fill = places.slice(1).map((place) => `fallocate -l 180M ${place}/fill-180`);
  const filled = await ssh(
    site,
    `${fill.join('; ')}; du -cm ${places
      .slice(1)
      .map((place) => `${place}/fill-180`)
      .join(' ')} | tail -1`,
  );
  expect(filled.stderr).toMatch(/fallocate failed: Disk quota exceeded/);
  expect(Number.parseInt(filled.stdout, 10)).toBeLessThanOrEqual(1024);
  expect(await diskBytes(site)).toBeLessThanOrEqual(site.limits.diskBytes);
  const full = await readHost();
  expect(full.poolBytesUsed - before.poolBytesUsed).toBeLessThan(site.limits.diskBytes + DISK_SLACK_BYTES);
  await ssh(site, 'rm -f /*/fill-180');
  expect((await ssh(site, 'echo well > /root/again && cat /root/again')).stdout).toBe('well\n');
  await expectHostOk(before, neighbour);
});

test('names, links, attributes and shared blocks are bounded like bytes are', async ({ site, neighbour }) => {
  const before = await readHost();
  const others = watch(neighbour);
  const made = await ask<Record<string, number>>(
    site,
    `import errno, fcntl, json, os, time
os.makedirs("/root/t", exist_ok=True); os.chdir("/root/t")
made = {}
def count(name, most, make):
  end = time.monotonic() + 2
  done = 0
  try:
    while done < most and time.monotonic() < end: make(done); done += 1
  except OSError as error: made[name + " " + errno.errorcode[error.errno]] = done
  made[name] = done
count("names of 250 letters", 20000, lambda n: open(str(n).rjust(250, "n"), "w").close())
open("one", "wb").write(b"x" * (1 << 20))
count("links", 70000, lambda n: os.link("one", "link%d" % n))
count("attributes", 20000, lambda n: os.setxattr("one", "user.a%d" % n, b"v" * 3000))
def share(n):
  with open("one", "rb") as a, open("shared%d" % n, "wb") as b: fcntl.ioctl(b, 0x40049409, a.fileno())
count("shared", 2000, share)
print(json.dumps(made))`,
  );
  expect(made['names of 250 letters']).toBeGreaterThan(100);
  expect(made.links).toBeGreaterThan(100);
  expect(await diskBytes(site)).toBeLessThanOrEqual(site.limits.diskBytes);
  const held = await readHost();
  expect(held.poolBytesUsed - before.poolBytesUsed).toBeLessThan(256 * MB);
  const cleared = await ssh(site, 'rm -rf /root/t && echo gone');
  expect(cleared.stdout).toBe('gone\n');
  const { failed } = await others.stop();
  expect(failed).toEqual([]);
  await expectHostOk(before, neighbour);
});

test('what the kernel keeps for a site is counted as its memory: pages, folders, pipes, sockets', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  const others = watch(neighbour);
  const cache = await ssh(site, 'dd if=/dev/zero of=/root/big bs=1M count=400 && cat /root/big | wc -c; rm /root/big');
  expect(cache.stdout).toBe(`${400 * MB}\n`);
  const greedy = `import fcntl, os, resource, select, socket, time
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
held = []
def most(make):
  try:
    while True: held.append(make())
  except OSError: pass
try:
  for n in range(200000): os.mkdir("/tmp/d%d" % n)
except OSError: pass
def pipe():
  ends = os.pipe()
  try: fcntl.fcntl(ends[1], 1031, 1 << 20)
  except OSError: pass
  os.set_blocking(ends[1], False)
  try:
    while True: os.write(ends[1], b"x" * 65536)
  except BlockingIOError: pass
  return ends
for _ in range(500): held.append(pipe())
def pair():
  one, two = socket.socketpair()
  one.setblocking(False)
  try:
    while True: one.send(b"x" * 65536)
  except BlockingIOError: pass
  return one, two
for _ in range(500): held.append(pair())
most(select.epoll)
print("held", flush=True)
time.sleep(2)`;
  const ran = await ssh(site, 'python3 -; echo $?; rm -rf /tmp/d*', { input: greedy, timeoutMs: 60_000 });
  expect(ran.stdout).toMatch(/^(held\n0|137)\n$/);
  expect(await ssh(site, 'echo in')).toMatchObject({ code: 0, stdout: 'in\n' });
  await expect.poll(() => status(site.address), { timeout: 20_000 }).toBe(200);
  const { failed } = await others.stop();
  expect(failed).toEqual([]);
  await expectHostOk(before, neighbour);
});

test('a signal to all, or to the first process, takes the site of whoever sends it, and it is back by itself', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  for (const line of ['kill -9 -1', 'kill -9 1', 'kill -TERM 1; kill -INT 1; kill -HUP 1', 'kill -STOP -1 & sleep 1']) {
    await ssh(site, line, { timeoutMs: 5_000 });
    await expect.poll(() => ssh(site, 'kill -CONT -1; echo in'), { timeout: 30_000 }).toMatchObject({ stdout: 'in\n' });
    await expect.poll(() => status(site.address), { timeout: 30_000 }).toBe(200);
  }
  await expectHostOk(before, neighbour);
});

test('with hostile programs in place of its own, a site harms its owner alone: pages, logs, variables, pushes answer', async ({
  site,
  neighbour,
  workspace,
}) => {
  const before = await readHost();
  const others = watch(neighbour);
  const clone = await workspace.clone(site);
  const process = await requireService('ssh');
  const flood = `#!/usr/bin/perl
open(my $out, '>>', '/root/seen'); print $out join("\\n", map { "$_=$ENV{$_}" } keys %ENV), "\\n";
$SIG{PIPE} = 'IGNORE'; my $end = time + 8;
while (time < $end) { syswrite(STDOUT, "\\r" x 60000 . "1 2026-01-01 00:00:00.000000000  x\\n" x 100) or last; }
exit 3;
`;
  await ssh(site, 'cat > /root/flood && chmod 755 /root/flood', { input: flood });
  await ssh(
    site,
    'cp /root/flood /usr/local/bin/flood; cp /root/flood /root/python3; mv -f /root/python3 /usr/bin/python3',
  );

  const start = performance.now();
  const log = await api(site, '/logs');
  expect([200, 503]).toContain(log.status);
  expect((await log.text()).length).toBeLessThan(32 * MB);
  expect(performance.now() - start).toBeLessThan(15_000);
  const set = await api(site, '/environment', {
    method: 'PUT',
    body: JSON.stringify({ variables: { A: 'b' } }),
  });
  expect(set.status).toBe(202);
  await workspace.commit(clone, { 'note.txt': 'x\n' });
  const pushed = await workspace.push(clone);
  expect(pushed.stderr).toMatch(/remote: -----> (Failed: [A-Z].*\.|Live: )/);

  const quick = performance.now();
  expect(await ssh(neighbour, 'echo in')).toMatchObject({ code: 0, stdout: 'in\n' });
  expect(performance.now() - quick).toBeLessThan(5_000);
  const seen = await ssh(site, 'cat /root/seen 2>/dev/null');
  expect(seen.stdout).not.toMatch(/SECRET|DATABASE_URL|LIGHTKEEPER_(ADMIN|METRICS|GIT)|DOCKER_HOST|postgres/);
  expect(await requireService('ssh')).toBe(process);
  expect((await get(neighbour.address)).status).toBe(200);
  const { failed } = await others.stop();
  expect(failed).toEqual([]);
  await expectHostOk(before, neighbour, { disk: 0, memory: site.limits.memoryBytes });
});

test('nothing of a site can be read in another’s, and the host keeps no name of one where others look', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  const { siteId } = await containerOf(neighbour);
  const seen = await ssh(site, 'cat /proc/mounts /proc/self/mountinfo /proc/self/cgroup /proc/net/tcp /proc/net/unix');
  expect(seen.stdout).not.toContain(siteId);
  expect(seen.stdout).not.toContain(neighbour.name);
  const keys = await ssh(site, 'cat /proc/keys /proc/timer_list /proc/sched_debug 2>/dev/null | wc -c');
  expect(keys.stdout).toBe('0\n');
  await expectHostOk(before, neighbour);
});
