// The disk of the whole machine runs low although every site keeps its own limit: who fills it is held before anybody
// else's writes fail, launches are refused with the numbers, and all is as before once there is room.

import { randomBytes } from 'node:crypto';
import { readdir, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { POOL_RESERVE_SHARE } from '#lib/limits/judge-pool.ts';
import { launchByClick, test } from './setup/browser.ts';
import { untilConverged } from './setup/check-state.ts';
import { query } from './setup/database.ts';
import { APP_URL, expect, get, launch, remove, ssh, watch } from './setup/fixtures.ts';
import { mustGit, remoteCommit } from './setup/git.ts';
import { MB, SETTINGS } from './setup/host-state.ts';
import { must } from './setup/programs.ts';

const FILLER = path.join(SETTINGS.paths.pool, 'filler-of-a-test');
/** 40 MB a second, up to more than a site's disk. */
const WRITE = `import time
try:
  with open("/root/growing", "wb", buffering=0) as file:
    for number in range(300):
      file.write(b"x" * (4 << 20))
      time.sleep(0.1)
except OSError as error: print(error.strerror)`;

const JSON_HEADERS = { 'content-type': 'application/json' };

const launchAnswer = async () => {
  const response = await fetch(`${APP_URL}/api/sites`, { method: 'POST', body: '{}', headers: JSON_HEADERS });
  return { status: response.status, text: await response.text() };
};
async function leaveFree(bytes: number): Promise<void> {
  const { bsize, bavail } = await statfs(SETTINGS.paths.pool);
  await must('fallocate', ['-l', String(bsize * bavail - bytes), FILLER]);
}

test('the site that fills the machine is held, the others write on, launches are refused, and room ends it', async ({
  page,
  neighbour,
}) => {
  const site = await launchByClick(page);
  const others = watch(neighbour);
  const since = new Date();
  const { bsize, blocks } = await statfs(SETTINGS.paths.pool);
  const reserve = bsize * blocks * POOL_RESERVE_SHARE;
  try {
    await leaveFree(reserve + 150 * MB);
    const written = await ssh(site, 'python3 -; du -m /root/growing', { input: WRITE, timeoutMs: 100_000 });
    expect(written.stdout).toContain('Disk quota exceeded');
    expect(Number(/(\d+)\s*\/root\/growing/.exec(written.stdout)?.[1])).toBeLessThan(1000);

    const words = /The machine's disk is nearly full: [\d.]+ GB of 10 GB\. This site grew the fastest, by .* a second/;
    await expect(page.getByTestId('notice-disk')).toContainText(words);
    await expect(page.getByTestId('event-disk').first()).toContainText(words);
    const beside = await ssh(neighbour, 'head -c 5M /dev/urandom > ~/mine && sync && echo written');
    expect(beside, beside.stderr).toMatchObject({ code: 0, stdout: 'written\n' });
    const refused = await launchAnswer();
    expect(refused.status).toBe(503);
    expect(refused.text).toMatch(/This machine is full: [\d.]+ GB of 10 GB of its disk is used/);
    const told = () => query(`select level from "Event" where kind = 'pool' and at > $1 order by at`, [since]);
    expect(await told()).toEqual([{ level: 'over' }]);

    await rm(FILLER);
    await expect(page.getByTestId('notice-disk')).toBeHidden({ timeout: 40_000 });
    expect(await told()).toEqual([{ level: 'over' }, { level: 'info' }]);
    const again = () => ssh(site, 'rm -f ~/growing && head -c 50M /dev/zero > ~/more && echo written');
    await expect.poll(async () => (await again()).stdout, { timeout: 20_000 }).toBe('written\n');
  } finally {
    await rm(FILLER, { force: true });
  }
  const { asked, failed } = await others.stop();
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(20);
});

test('on a full machine a launch leaves nothing, a push says whose disk is full, and both work again with room', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  const before = await remoteCommit(clone);
  await workspace.commit(clone, { 'large.bin': randomBytes(12 * MB), 'index.html': '<p>the pushed one' });
  await mustGit(clone, ['rm', '-q', 'main.py', 'Procfile']);
  await mustGit(clone, ['commit', '-qm', 'Files alone']);
  await untilConverged();
  const visitors = watch(site);
  try {
    await leaveFree(2 * MB);
    const isSeen = async () => (await query('select node from "Host" where "poolBytesFree" < $1', [10 * MB])).length;
    await expect.poll(isSeen, { timeout: 20_000 }).toBe(1);
    const had = await readHoldings();
    const refused = await launchAnswer();
    expect(refused.status).toBe(503);
    expect(refused.text).toMatch(/This machine is full: [\d.]+ GB of 10 GB of its disk is used/);
    expect(await readHoldings()).toEqual(had);

    const { code, stderr } = await workspace.push(clone);
    expect(code, stderr).toBe(1);
    const said = stderr.replaceAll(/\s*\nremote: /g, '\n');
    expect(said).toMatch(/The machine's disk is nearly full: [\d.]+ GB of 10 GB\. Nothing was changed\. Push again /);
    expect(said).not.toContain("The site's disk is full");
    expect(await remoteCommit(clone)).toBe(before);
    expect((await get(site.address)).body).toContain('Hello from Lightkeeper');
  } finally {
    await rm(FILLER, { force: true });
  }
  await untilConverged();
  // Disks that were held are freed by the second reading with room.
  const again = async () => {
    const { code, stderr } = await workspace.push(clone);
    expect(code, stderr).toBe(0);
  };
  await expect(again).toPass({ timeout: 30_000, intervals: [1_000] });
  expect((await get(site.address)).body).toContain('the pushed one');
  expect((await visitors.stop()).failed.slice(0, 3)).toEqual([]);
  await remove(await launch());
  await untilConverged();
});

/** Everything that a launch makes, as rows and disks. */
async function readHoldings(): Promise<unknown[]> {
  const rows = query(`select
    (select array_agg(id order by id) from "Site") as sites, (select count(*)::int from "User") as users,
    (select count(*)::int from "Launch") as launches, (select count(*)::int from graphile_worker.jobs) as jobs`);
  return [await rows, (await readdir(path.join(SETTINGS.paths.pool, 'sites'))).sort()];
}

test('the pool keeps room for its own trees, however much of it data has taken', async () => {
  const shown = await must('btrfs', ['filesystem', 'usage', '--raw', SETTINGS.paths.pool]);
  const [, size = 0, used = 0] = /^Metadata,\S+ Size:(\d+), Used:(\d+)/m.exec(shown)?.map(Number) ?? [];
  expect(size - used).toBeGreaterThan(200 * MB);
});
