// What a site is promised while a part of the control plane is away: the limits are the kernel's and hold, visitors are
// served, and what was missed is made up for. KEEPER_FAULT_SECONDS says for how long a part is away.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openHttpReceiver } from '#lib/alerts/testing/receivers.ts';
import { query } from './setup/database.ts';
import { expect, type Site, ssh, status, test, watch } from './setup/fixtures.ts';
import { must, run } from './setup/programs.ts';
import { command, docker, launchSecond, pidOf, SECOND, SECOND_URL } from './setup/second-instance.ts';

test.describe.configure({ mode: 'serial' });
test.setTimeout(300_000);

const AWAY_MS = Number(process.env.KEEPER_FAULT_SECONDS ?? 15) * 1_000;
const BACK = { timeout: 60_000, intervals: [100] };
const MB = 1 << 20;

/** Takes every process slot for some seconds. */
const FORK = `import os, time
try:
  while True:
    if os.fork() == 0: os.execvp("sleep", ["sleep", "4"])
except OSError as error: print(error.strerror, flush=True)
time.sleep(2)`;

let site: Site;
let neighbour: Site;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  expect(await command('down', ['--purge'])).toMatchObject({ code: 0 });
  const up = await command('up', ['--json']);
  expect(up, up.stderr).toMatchObject({ code: 0 });
  site = await launchSecond();
  neighbour = await launchSecond();
});
test.afterAll(async () => {
  await command('down', ['--purge']);
});

test('without the keeper the limits hold; on its return it tells what happened, and nothing jumps back', async () => {
  await expect.poll(async () => (await readUsage(site)).diskBytes, BACK).toBeGreaterThan(0);
  const before = await readUsage(site);
  const others = watch(neighbour);
  await s6('-d', 'keeper');
  await expect.poll(() => pidOf('keeper'), BACK).toBeNull();
  const start = Date.now();

  const filled = await ssh(site, 'dd if=/dev/zero of=~/filler bs=1M');
  expect(filled.stderr).toContain('Disk quota exceeded');
  const bomb = ssh(site, 'exec python3 - 2>&1', { input: FORK, timeoutMs: 20_000 });
  const most = await mostPids(site, 3_000);
  expect((await bomb).stdout).toContain('Resource temporarily unavailable');
  expect(most).toBeLessThanOrEqual(site.limits.pids);
  await sleep(Math.max(start + AWAY_MS - Date.now(), 0));
  expect((await readUsage(site)).readAt, 'nobody reads meanwhile').toEqual((await readUsage(neighbour)).readAt);

  await s6('-u', 'keeper');
  const seconds = await untilWell(async () => {
    expect(await eventsOf(site)).toEqual(expect.arrayContaining(['disk over', 'processes over']));
  });
  report('keeper: events are told', seconds);
  const { failed } = await others.stop();
  expect(failed.slice(0, 3)).toEqual([]);
  const after = await readUsage(site);
  expect(after.instanceId).toBe(before.instanceId);
  expect(after.cpuMicros).toBeGreaterThanOrEqual(before.cpuMicros);
  expect(after.diskBytes).toBeGreaterThan(site.limits.diskBytes - 8 * MB);
  expect(after.diskBytes).toBeLessThanOrEqual(site.limits.diskBytes);
  await expectPointsWhole(site);
  expect((await ssh(site, 'rm ~/filler')).code).toBe(0);
  expect(await status(site.address)).toBe(200);
});

test('without PostgreSQL sites serve; afterwards everything comes back by itself, and nothing is lost', async () => {
  const hook = await openHttpReceiver();
  await query(
    `insert into "AlertChannel" (id, kind, target, level) values (gen_random_uuid(), 'slack', $1, 'over')`,
    [hook.url],
    SECOND,
  );
  const text = `The keeper was told at ${Date.now()}.`;
  await query(
    `insert into "Event" (id, kind, level, text) values (gen_random_uuid(), 'keeper', 'over', $1)`,
    [text],
    SECOND,
  );
  const visitors = [watch(site), watch(neighbour)];
  const workers = ['keeper', 'deploy'] as const;
  await s6('-d', 'postgres');
  await expect.poll(() => pidOf('postgres'), BACK).toBeNull();
  const start = Date.now();
  const filled = await ssh(site, 'dd if=/dev/zero of=~/filler bs=1M').catch(() => null);
  expect((await status(`${SECOND_URL}/healthz`)) !== 200, 'it says that it is not well').toBe(true);
  const refused = await fetch(`${SECOND_URL}/api/sites`, { method: 'POST' });
  expect(refused.status).toBe(503);
  expect(((await refused.json()) as { error: { code: string } }).error.code).toBe('database-away');
  const cloned = await run('git', ['ls-remote', site.git.httpWithToken]);
  expect(cloned.stderr).toContain('503');
  await sleep(Math.max(start + AWAY_MS - Date.now(), 0));

  await s6('-u', 'postgres');
  const back = Date.now();
  await expect.poll(() => status(`${SECOND_URL}/healthz`), BACK).toBe(200);
  report('PostgreSQL: pages', (Date.now() - back) / 1_000);
  await expect.poll(async () => (await readUsage(site)).readAt.getTime(), BACK).toBeGreaterThan(back);
  report('PostgreSQL: readings', (Date.now() - back) / 1_000);
  await expect.poll(() => hook.received.some(({ body }) => body.includes(text)), BACK).toBe(true);
  report('PostgreSQL: the alert of before', (Date.now() - back) / 1_000);
  const third = await launchSecond();
  report('PostgreSQL: a launch is live', (Date.now() - back) / 1_000);
  for (const name of workers) await expect.poll(() => pidOf(name), BACK).not.toBeNull();
  for (const visitor of visitors) expect((await visitor.stop()).failed.slice(0, 3)).toEqual([]);
  expect(hook.received.filter(({ body }) => body.includes(text)).length, 'one repeat at the most').toBeLessThan(3);
  await expectPointsWhole(site);
  await remove(third);
  await hook.close();
  if (filled?.code === 1) expect((await ssh(site, 'rm -f ~/filler')).code).toBe(0);
});

test('without the engine sites serve and are read; afterwards what died meanwhile is back', async () => {
  const others = watch(neighbour);
  await s6('-O', 'engine');
  const engine = await pidOf('engine');
  const container = await containerOf(site);
  process.kill(engine ?? 0, 'SIGKILL');
  await expect.poll(() => pidOf('engine'), BACK).toBeNull();
  const start = Date.now();
  await expect.poll(async () => (await readUsage(neighbour)).readAt.getTime(), BACK).toBeGreaterThan(start + 4_000);
  report('engine: a reading without it', (Date.now() - start) / 1_000);
  expect(await status(site.address)).toBe(200);
  process.kill(container.pid, 'SIGKILL');
  await sleep(Math.max(start + AWAY_MS - Date.now(), 0));

  await s6('-u', 'engine');
  const seconds = await untilWell(async () => {
    expect(await status(site.address)).toBe(200);
    expect((await containerOf(site)).pid).not.toBe(container.pid);
  });
  report('engine: the site that died is back', seconds);
  const well = await untilWell(async () => expect((await ssh(neighbour, 'echo in')).stdout).toBe('in\n'));
  report('engine: SSH', seconds + well);
  const { failed } = await others.stop();
  expect(failed.slice(0, 3)).toEqual([]);
  await expectPointsWhole(neighbour);
});

interface UsageRow {
  instanceId: string | null;
  diskBytes: number;
  cpuMicros: number;
  readAt: Date;
}

async function readUsage({ name }: Site): Promise<UsageRow> {
  const [row] = await query<Record<'diskBytes' | 'cpuMicros', string> & { instanceId: string; readAt: Date }>(
    'select u.* from "Usage" u join "Site" s on s.id = u."siteId" where s.name = $1',
    [name],
    SECOND,
  );
  return {
    instanceId: row?.instanceId ?? null,
    diskBytes: Number(row?.diskBytes ?? 0),
    cpuMicros: Number(row?.cpuMicros ?? 0),
    readAt: row?.readAt ?? new Date(0),
  };
}

/** Kind and level of what happened to a site. */
async function eventsOf({ name }: Site): Promise<string[]> {
  const text = 'select e.kind, e.level from "Event" e join "Site" s on s.id = e."siteId" where s.name = $1';
  const rows = await query<{ kind: string; level: string }>(text, [name], SECOND);
  return rows.map(({ kind, level }) => `${kind} ${level}`);
}

/** No span is there twice, and none has taken anything back. */
async function expectPointsWhole({ name }: Site): Promise<void> {
  const rows = await query<Record<string, string>>(
    `select p.* from "UsagePoint" p join "Site" s on s.id = p."siteId" where s.name = $1 and seconds = 10 order by at`,
    [name],
    SECOND,
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    for (const sum of ['cpuMicros', 'throttledMicros', 'rxBytes', 'txBytes', 'requests']) {
      expect(Number(row[sum]), `${sum} at ${row.at}`).toBeGreaterThanOrEqual(0);
    }
    expect(Number(row.cpuMicros), `CPU time of one span at ${row.at}`).toBeLessThan((AWAY_MS + 30_000) * 1_000 * 2);
  }
}

async function containerOf({ name }: Site): Promise<{ id: string; pid: number }> {
  const ids = (await docker('ps', '--quiet', '--no-trunc')).trim().split('\n');
  const format = '{{.Config.Hostname}} {{.Id}} {{.State.Pid}}';
  // Not `must`: another site may be deleted between the two, and the others are told all the same.
  const { stdout } = await run('docker', [
    '-H',
    `unix://${SECOND.paths.engineSocket}`,
    'inspect',
    '--format',
    format,
    ...ids,
  ]);
  const lines = stdout.trim().split('\n');
  const [, id = '', pid] = lines.map((line) => line.split(' ')).find(([hostname]) => hostname === name) ?? [];
  return { id, pid: Number(pid) };
}

/** The most processes and threads that the kernel counts within this time. */
async function mostPids(of: Site, ms: number): Promise<number> {
  const { id } = await containerOf(of);
  const found = await must('find', ['/sys/fs/cgroup', '-path', `*${id}/pids.current`]);
  const file = found.trim().split('\n')[0] ?? '';
  let most = 0;
  for (const end = Date.now() + ms; Date.now() < end; await sleep(50)) {
    most = Math.max(most, Number(await readFile(file, 'utf8')));
  }
  return most;
}

/** Answers how many seconds it took. */
async function untilWell(check: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await expect(check).toPass(BACK);
  return (performance.now() - start) / 1_000;
}

function s6(flags: string, service: string): Promise<string> {
  return must('s6-svc', [flags, path.join(SECOND.dataDir, 'service', service)]);
}

async function remove({ name, token }: Site): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  expect((await fetch(`${SECOND_URL}/api/sites/${name}`, { method: 'DELETE', headers })).status).toBe(202);
}

function report(type: string, seconds: number): void {
  const away = AWAY_MS / 1_000;
  test.info().annotations.push({ type, description: `${seconds.toFixed(1)} s after ${away} s away` });
}
