// What the kernel refuses is told: each limit is run into with a tenant's own command, and the page says so with numbers,
// by itself; the neighbour notices nothing, and what is well again is said to be so.

import type { Page } from '@playwright/test';
import { openAdminApi } from './setup/admin-api.ts';
import { launchByClick, test } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { api, expect, get, remove, type Site, ssh, status, watch } from './setup/fixtures.ts';
import { containerOf, readKernelLimits } from './setup/host-state.ts';

interface Told {
  verdicts: { kind: string; level: string; text: string }[];
  events: { kind: string; level: string; text: string; at: string }[];
}

async function told(site: Site): Promise<Told> {
  return ((await (await api(site, '')).json()) as { site: Told }).site;
}

/** The open page shows the notice and the event with these words, and both are the API's. Answers after how long. */
async function expectTold(page: Page, site: Site, kind: string, words: RegExp, sinceMs: number): Promise<void> {
  await expect(page.getByTestId(`notice-${kind}`)).toContainText(words, { timeout: 60_000 });
  const afterMs = Math.round(Date.now() - sinceMs);
  test.info().annotations.push({ type: 'told', description: `${kind} after ${afterMs} ms` });
  await expect(page.getByTestId(`event-${kind}`).first()).toContainText(words);
  const { verdicts, events } = await told(site);
  expect(verdicts).toContainEqual(expect.objectContaining({ kind, text: expect.stringMatching(words) }));
  expect(events).toContainEqual(expect.objectContaining({ kind, text: expect.stringMatching(words) }));
}

async function verdictOf(site: Site, kind: string) {
  return (await told(site)).verdicts.find((verdict) => verdict.kind === kind) ?? null;
}

async function expectWell(page: Page, site: Site, kind: string, words: RegExp): Promise<void> {
  await expect(page.getByTestId(`notice-${kind}`)).toBeHidden({ timeout: 90_000 });
  await expect(page.getByTestId(`event-${kind}`).first()).toContainText(words);
  expect(await verdictOf(site, kind)).toBeNull();
}

async function expectUnhurt(others: ReturnType<typeof watch>): Promise<void> {
  const { asked, failed } = await others.stop();
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(20);
}

test('a full disk is told on the open page and over SSH, and that it is well again', async ({ page, neighbour }) => {
  const site = await launchByClick(page);
  const others = watch(neighbour);
  const filled = await ssh(site, 'dd if=/dev/zero of=/root/filler bs=1M');
  expect(filled.stderr).toContain('Disk quota exceeded');
  await expectTold(
    page,
    site,
    'disk',
    /Disk is full: 1,024 MB of 1,024 MB\. Writes fail until you delete files/,
    Date.now(),
  );
  const motd = await ssh(site, '', { flags: ['-tt'], input: 'exit\n' });
  expect(motd.stdout).toContain('! Disk is full: 1,024 MB of 1,024 MB.');

  await ssh(site, 'rm /root/filler && sync');
  await expectWell(page, site, 'disk', /Disk is well again: [\d.]+ MB of 1,024 MB\./);
  await expectUnhurt(others);
});

test('a process ended for its memory, a fork bomb and a CPU hog are told with their numbers, and what to do', async ({
  page,
  neighbour,
  site: hog,
}) => {
  const site = await launchByClick(page);
  const others = watch(neighbour);
  const hogging = Date.now();
  const loop = await hogCpu(hog);

  const bomb = await ssh(site, `python3 -c 'x=bytearray(10<<30)'; echo "exit $?"`);
  expect(bomb.stdout).toBe('exit 137\n');
  const ended = /The kernel ended 1 process: the site asked for more than its 256 MB of memory\./;
  await expectTold(page, site, 'memory', ended, Date.now());

  const forking = Date.now();
  const forks = ssh(site, 'b(){ b|b& };b', { timeoutMs: 10_000 });
  const refused = /The kernel refused to start [\d,]+ process(es)?: all 128 process slots were taken\./;
  await expectTold(page, site, 'processes', refused, forking);
  await forks;
  expect((await api(site, '/restart', { method: 'POST' })).status).toBe(202);

  const slowed = /The CPU limit slows the site down: for most of the last minute it wanted more than its 0\.05 cores\./;
  await expect.poll(async () => verdictOf(hog, 'cpu'), { timeout: 60_000 }).toMatchObject({ level: 'throttled' });
  test.info().annotations.push({ type: 'told', description: `cpu after ${Date.now() - hogging} ms` });
  expect((await told(hog)).events).toContainEqual(
    expect.objectContaining({ kind: 'cpu', text: expect.stringMatching(slowed) }),
  );
  await remove(hog);
  await loop.ended;

  // Half a minute after the last refusal.
  await expectWell(page, site, 'memory', /Memory is well again: [\d.]+ MB of 256 MB\./);
  await expectWell(page, site, 'processes', /Processes are well again: \d+ of 128\./);
  expect((await get(site.address)).status).toBe(200);
  await expectUnhurt(others);
});

/** A loop in a site of a twentieth of a core: it meets that limit on a machine of any size, however busy it is. */
async function hogCpu(site: Site): Promise<{ ended: Promise<unknown> }> {
  const admin = await openAdminApi();
  const change = { limits: { cpuMillisMax: 50 } };
  expect((await admin.ask('PATCH', `/api/admin/sites/${site.name}/limits`, change)).status).toBe(200);
  const limitOf = async () => (await readKernelLimits((await containerOf(site)).id))?.cpuMillis;
  await expect.poll(limitOf).toBe(50);
  return { ended: ssh(site, 'while :; do :; done', { timeoutMs: 100_000 }) };
}

test("a guest's site says that it ends, then goes with everything; nobody else's does", async ({ page, neighbour }) => {
  const site = await launchByClick(page);
  const expireIn = (name: string, minutes: number) =>
    query(`update "Site" set "expiresAt" = now() + $2 * interval '1 minute' where name = $1`, [name, minutes]);
  const started = Date.now();
  await expireIn(site.name, 30);
  // Its life is told in shares too: what was launched a moment ago has only just begun.
  await query(`update "Site" set "claimedAt" = now() - interval '1 day' where name = $1`, [site.name]);
  await expectTold(page, site, 'expiry', /This site ends in (30|29) minutes\./, started);
  const motd = await ssh(site, '', { flags: ['-tt'], input: 'exit\n' });
  expect(motd.stdout).toMatch(/! This site ends in (30|29) minutes\./);

  await query(`update "User" set role = 'member' where id = (select "ownerId" from "Site" where name = $1)`, [
    neighbour.name,
  ]);
  await expireIn(neighbour.name, -1);
  await expireIn(site.name, -1);
  await expect.poll(() => status(site.address), { timeout: 40_000 }).toBe(404);
  await page.waitForURL(/\/$/);
  await expect.poll(() => query('select id from "Site" where name = $1', [site.name])).toEqual([]);
  expect((await get(neighbour.address)).status).toBe(200);
  expect((await told(neighbour)).verdicts).toEqual([]);
});
