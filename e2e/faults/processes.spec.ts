// Every process of the control plane dies or stands still in the middle of work: a push, a launch, an SSH session. What was
// acknowledged is there, who was interrupted is told so, and nothing is left over.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { untilConverged } from '../setup/check-state.ts';
import { query } from '../setup/database.ts';
import { api, expect, get, launch, remove, requestLaunch, type Site, ssh, status, test } from '../setup/fixtures.ts';
import { git, mustGit, remoteCommit, watchPush } from '../setup/git.ts';
import { containerOf, SETTINGS } from '../setup/host-state.ts';
import { findLeftovers, tracesOf } from '../setup/leftovers.ts';
import { reportSeconds } from '../setup/report.ts';
import { docker, killService, type Service, whileStopped } from '../setup/services.ts';

test.setTimeout(120_000);

const SOON = { timeout: 45_000, intervals: [100] };
const SLOW = 'web: echo warming; sleep 2; exec python3 main.py\n';

for (const service of ['engine', 'postgres', 'haproxy', 'ssh', 'git-http'] as const satisfies Service[]) {
  test(`${service} killed while a push, a launch and an SSH session are under way`, async ({ site, workspace }) => {
    const clone = await workspace.clone(site);
    const before = await remoteCommit(clone);
    await workspace.commit(clone, { Procfile: SLOW, 'main.py': greeting('pushed') });
    const commit = await mustGit(clone, ['rev-parse', 'HEAD']);
    await untilConverged();
    const session = ssh(site, 'sleep 300', { timeoutMs: 60_000 });
    const push = watchPush(clone);
    await push.line(/warming/);
    const launched = requestLaunch().catch(() => null);
    await killService(service);
    const since = performance.now();

    const { code } = await push.ended;
    const other = await launched;
    await expect.poll(async () => (await ssh(site, 'pkill -x sleep; true')).code, SOON).toBe(0);
    await session;
    reportSeconds(`${service} killed in the middle`, await untilConverged(undefined, { since }));
    // Acknowledged: live. Else both or neither of repository and site are fine for the client, who pushes again.
    const main = await remoteCommit(clone);
    if (code === 0) expect(main).toBe(commit);
    else expect([before, commit]).toContain(main);
    expect((await get(site.address)).body).toContain(main === commit ? 'pushed' : 'Hello from Lightkeeper');
    if (other) {
      await expect.poll(() => status(other.address), SOON).toBe(200);
      await remove(other);
    }
    const again = await git(clone, ['push', '--force', site.git.httpWithToken, 'HEAD:main']);
    expect(again, again.stderr).toMatchObject({ code: 0 });
    if (code !== 0) await redeployed(site, clone);
    await expect.poll(async () => (await get(site.address)).body, SOON).toContain('pushed');
  });
}

test('a deploy worker that stands still for longer than its leases last goes on, and nothing is done twice', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  await workspace.commit(clone, { Procfile: SLOW, 'main.py': greeting('after the pause') });
  await untilConverged();
  const push = watchPush(clone);
  await push.line(/warming/);
  const other = await whileStopped(['deploy'], async () => {
    const launched = await requestLaunch();
    await sleep(14_000);
    return launched;
  });
  const since = performance.now();
  const { code, stderr } = await push.ended;
  reportSeconds('deploy stood still for 14 s', await untilConverged(undefined, { since }));
  expect((await get(site.address)).body).toContain(code === 0 ? 'after the pause' : 'Hello from Lightkeeper');
  expect(code === 0 || /interrupted|push again/i.test(stderr), stderr).toBe(true);
  expect((await get(other.address)).body).toContain('Hello from Lightkeeper');
  await remove(other);
});

test('an engine that hangs makes nobody wait for ever, and sites serve meanwhile', async ({ site, neighbour }) => {
  await untilConverged();
  await whileStopped(['engine'], async () => {
    expect((await get(site.address)).body).toContain('Hello from Lightkeeper');
    const asked = await api(neighbour, '/restart', { method: 'POST' });
    expect(asked.status).toBe(202);
    await sleep(12_000);
    expect((await get(site.address)).body).toContain('Hello from Lightkeeper');
    expect((await fetch(`${SETTINGS.appUrl}/healthz`)).status).toBe(200);
  });
  const since = performance.now();
  reportSeconds('engine hung for 12 s', await untilConverged(undefined, { since }));
  expect(await status(neighbour.address)).toBe(200);
});

/** In place of the site's own container, until the work is done. */
async function withStranger(site: Site, work: (name: string) => Promise<void>): Promise<void> {
  const { siteId, id } = await containerOf(site);
  const name = `${SETTINGS.instance}-${siteId}`;
  const image = (await docker('inspect', '--format', '{{.Image}}', id)).trim();
  await whileStopped(['deploy'], async () => {
    await docker('rm', '--force', name);
    await docker('create', '--name', name, image, '/bin/true');
  });
  try {
    await work(name);
    const there = await docker('ps', '--all', '--quiet', '--filter', `name=${name}`);
    expect(there.trim(), 'the stranger is there').not.toBe('');
  } finally {
    await docker('rm', '--force', name);
  }
}

test("a stranger's container with a site's name is not touched, others are looked after, and gone, the site comes back", async ({
  site,
  neighbour,
}) => {
  await withStranger(site, async () => {
    await expect.poll(() => status(site.address), SOON).not.toBe(200);
    await docker('rm', '--force', (await containerOf(neighbour)).id);
    await expect.poll(() => status(neighbour.address), SOON).toBe(200);
    expect(await status(site.address), 'the address of a site whose name is taken').not.toBe(200);
  });
  const since = performance.now();
  reportSeconds("a stranger's container", await untilConverged(undefined, { since }));
  expect(await status(site.address)).toBe(200);
});

test("a site is deleted also while a stranger's container has its name", async () => {
  const site = await launch();
  const traces = await tracesOf(site);
  await withStranger(site, async () => {
    await remove(site);
    const rows = () => query('select 1 from "Site" where name = $1', [site.name]);
    await expect.poll(rows, SOON).toEqual([]);
  });
  await untilConverged();
  expect(await findLeftovers(site, traces)).toEqual([]);
});

test('a double click is one launch, and a delete that is sent twice is one delete', async () => {
  const key = `double-${Date.now()}`;
  const click = async () => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const answer = await fetch(`${SETTINGS.appUrl}/api/sites`, { method: 'POST', headers, body: '{}' });
    return (await answer.json()) as Site;
  };
  const clicks = await Promise.all([click(), click(), click()]);
  const names = new Set(clicks.map(({ name }) => name).filter(Boolean));
  expect(names.size).toBe(1);
  const [site] = clicks.filter(({ name }) => name);
  if (!site) throw new Error('no click was answered');
  await expect.poll(() => status(site.address), SOON).toBe(200);
  const traces = await tracesOf(site);
  await Promise.all([remove(site), remove(site)]);
  await untilConverged();
  expect(await findLeftovers(site, traces)).toEqual([]);
});

test('of two pushes at once both are told the truth, and the last that was taken is live', async ({
  site,
  workspace,
}) => {
  const clones = [await workspace.clone(site), await workspace.clone(site)];
  for (const [index, clone] of clones.entries())
    await workspace.commit(clone, { 'main.py': greeting(`number ${index}`) });
  const pushes = await Promise.all(
    clones.map((clone) => watchPush(clone, ['push', '--force', 'origin', 'HEAD:main']).ended),
  );
  const taken = pushes.flatMap(({ code }, index) => (code === 0 ? [index] : []));
  expect(taken.length, pushes.map(({ stderr }) => stderr).join('\n')).toBeGreaterThan(0);
  await untilConverged();
  const live = await remoteCommit(clones[0] ?? '');
  const heads = await Promise.all(clones.map((clone) => mustGit(clone, ['rev-parse', 'HEAD'])));
  expect(taken.map((index) => heads[index])).toContain(live);
  expect((await get(site.address)).body).toContain(`number ${heads.indexOf(live)}`);
});

test('a push under a delete ends with a sentence, and nothing of the site comes back', async ({ workspace }) => {
  const site = await launch();
  const clone = await workspace.clone(site);
  const traces = await tracesOf(site);
  await workspace.commit(clone, { Procfile: SLOW });
  const push = watchPush(clone);
  await push.line(/warming/);
  await remove(site);
  const since = performance.now();
  const { code, stderr } = await push.ended;
  expect(code, stderr).not.toBe(0);
  expect((await git(clone, ['push', 'origin', 'HEAD:main'])).code).not.toBe(0);
  reportSeconds('a push under a delete', await untilConverged(undefined, { since, msMax: 60_000 }));
  expect(await findLeftovers(site, traces)).toEqual([]);
});

test('a client that dies in the middle of its push leaves nothing in the repository and no command', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  const before = await remoteCommit(clone);
  await workspace.commit(clone, {
    Procfile: SLOW,
    'main.py': greeting('from nobody'),
    'large.bin': Buffer.alloc(2 << 20, 'x'),
  });
  await untilConverged();
  const child = spawn('git', ['push', 'origin', 'HEAD:main'], {
    cwd: clone,
    stdio: 'ignore',
    detached: true,
  });
  await expect.poll(() => runningDeployments(site), SOON).toBe(1);
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await once(child, 'exit').catch(() => {});
  const since = performance.now();
  reportSeconds('a client killed in its push', await untilConverged(undefined, { since }));
  // What had arrived whole may be deployed to its end: then it is in the repository as well.
  const isTaken = (await remoteCommit(clone)) !== before;
  expect((await get(site.address)).body).toContain(isTaken ? 'from nobody' : 'Hello from Lightkeeper');
});

function greeting(words: string): string {
  return `import http.server, os
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"${words}")
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), Page).serve_forever()
`;
}

/** What a push of an unchanged main does not: an empty commit does. */
async function redeployed(site: Site, clone: string): Promise<void> {
  await mustGit(clone, ['commit', '-q', '--allow-empty', '-m', 'Again']);
  const pushed = await git(clone, ['push', '--force', site.git.httpWithToken, 'HEAD:main']);
  expect(pushed, pushed.stderr).toMatchObject({ code: 0 });
}

async function runningDeployments(site: Site): Promise<number> {
  const sql = `select d.id from "Deployment" d join "Site" s on s.id = d."siteId" where s.name = $1 and d.status = 'running'`;
  return (await query(sql, [site.name])).length;
}
