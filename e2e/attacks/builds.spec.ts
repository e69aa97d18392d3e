// Builds run in the site's own container, as its root: what attacks from a shell attacks from a build too, and what a
// build leaves running is the site's own. A build that fails changes nothing of what serves.

import { api, expect, get, type Site, ssh, test, type Workspace, watch } from '../setup/fixtures.ts';
import { git, remoteCommit } from '../setup/git.ts';
import { containerOf, DISK_SLACK_BYTES, expectHostOk, readHost, readPids } from '../setup/host-state.ts';
import { must } from '../setup/programs.ts';

/** Pushes a Node app whose build is this line of a shell; answers what the pusher was told. */
async function build(workspace: Workspace, site: Site, line: string): Promise<{ code: number; said: string }> {
  const clone = await workspace.clone(site);
  await must('git', ['rm', '-rqf', '.'], { cwd: clone });
  const scripts = { build: 'sh build.sh', start: 'node server.js' };
  await workspace.commit(clone, {
    'package.json': JSON.stringify({ name: 'hostile', version: '1.0.0', scripts }),
    'build.sh': `${line}\n`,
    'server.js': `require('http').createServer((_, answer) => answer.end('built')).listen(process.env.PORT)`,
  });
  const before = await remoteCommit(clone);
  const { code, stderr } = await git(clone, ['push', 'origin', 'HEAD:main'], { timeoutMs: 60_000 });
  expect(stderr).toMatch(/remote: -----> (Failed: [A-Z].*|Live: )/);
  if (code !== 0) expect(await remoteCommit(clone)).toBe(before);
  return { code, said: stderr };
}

async function releases(site: Site): Promise<string> {
  return (await ssh(site, 'ls /app/releases')).stdout;
}

const HOGS: [what: string, line: string, told: RegExp][] = [
  ['fills the disk', 'dd if=/dev/zero of=fill bs=1M', /disk is full|Disk quota exceeded/],
  [
    'asks for all memory',
    `node -e 'const held = []; for (;;) held.push(Buffer.alloc(1 << 20, 1))'`,
    /memory|The build failed/,
  ],
  [
    'forks without end',
    'b() { b | b & }; b; wait; exit 1',
    /The build failed|process|Resource temporarily unavailable/,
  ],
];

for (const [what, line, told] of HOGS) {
  test(`a build that ${what} fails in a sentence, and no release of it stays`, async ({
    site,
    neighbour,
    workspace,
  }) => {
    const before = await readHost();
    const others = watch(neighbour);
    const had = await releases(site);
    const idle = await readPids((await containerOf(site)).id);
    const { code, said } = await build(workspace, site, line);
    expect(code).not.toBe(0);
    expect(said).toMatch(told);
    const during = await readHost();
    expect(during.poolBytesUsed - before.poolBytesUsed).toBeLessThan(site.limits.diskBytes + DISK_SLACK_BYTES);

    // A bomb feeds itself: its owner ends it as any other.
    expect((await api(site, '/restart', { method: 'POST' })).status).toBe(202);
    await expect.poll(() => ssh(site, 'echo in'), { timeout: 30_000 }).toMatchObject({ stdout: 'in\n' });
    const body = async () => (await get(site.address)).body;
    await expect.poll(body, { timeout: 20_000 }).toContain('Hello from Lightkeeper');
    expect(await readPids((await containerOf(site)).id)).toBeLessThan(idle + 10);
    // What could not be taken back without a free process, the next sweep takes back.
    await expect.poll(() => releases(site), { timeout: 30_000 }).toBe(had);
    expect((await others.stop()).failed).toEqual([]);
    await expectHostOk(before, neighbour);
  });
}

test('a build finds no secret of the platform, no place of the host, and cannot write what serves', async ({
  site,
  neighbour,
  workspace,
}) => {
  const before = await readHost();
  const set = await api(site, '/environment', {
    method: 'PUT',
    body: JSON.stringify({ variables: { KEPT_SECRET: 'correct-horse-battery' } }),
  });
  expect(set.status).toBe(202);
  const { said } = await build(
    workspace,
    site,
    `env; tr '\\0' '\\n' < /proc/1/environ; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n'
for fd in /proc/self/fd/* /proc/$PPID/fd/*; do readlink $fd; done
for host in 127.0.0.1 169.254.169.254 $(ip route | awk '/default/ {print $3}'); do
  for port in 80 2019 2375 5432 8080; do timeout 1 bash -c "echo > /dev/tcp/$host/$port" 2>/dev/null && echo reached $host $port; done
done
mount -t tmpfs none /mnt && echo mounted; unshare -Ur true && echo unshared
exit 1`,
  );
  expect(said).not.toMatch(/reached|mounted|unshared/);
  expect(said).not.toContain('correct-horse-battery');
  expect(said).not.toMatch(/DATABASE_URL|LIGHTKEEPER_(SECRET|ADMIN|METRICS|HOOK|GIT)|DOCKER_HOST|postgres(ql)?:/);
  expect(said).not.toMatch(/\/var\/lib\/|haproxy|\.sock\b/);
  expect((await get(site.address)).status).toBe(200);
  await expectHostOk(before, neighbour);
});

test('what a build leaves running is the site’s own, counts in its limits, and ends with a restart', async ({
  site,
  neighbour,
  workspace,
}) => {
  const before = await readHost();
  const { code, said } = await build(workspace, site, 'nohup setsid sleep 65432 > /dev/null 2>&1 &\nsleep 0.2');
  expect(code, said).toBe(0);
  expect((await get(site.address)).body).toBe('built');
  expect((await readPids((await containerOf(site)).id)) <= site.limits.pids).toBe(true);
  expect((await ssh(neighbour, 'pgrep -cx sleep')).stdout).toBe('0\n');
  expect((await api(site, '/restart', { method: 'POST' })).status).toBe(202);
  await expect.poll(async () => (await ssh(site, 'pgrep -cx sleep')).stdout, { timeout: 30_000 }).toBe('0\n');
  await expect.poll(async () => (await get(site.address)).body, { timeout: 30_000 }).toBe('built');
  await expectHostOk(before, neighbour);
});
