// What the kernel refuses is told: each limit is run into with a tenant's own command, and the page says so with numbers,
// by itself; the neighbour notices nothing, and what is well again is said to be so.

import type { Page } from '@playwright/test';
import { launchByClick, test } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { api, expect, get, type Site, ssh, status, watch } from './setup/fixtures.ts';
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

async function expectWell(page: Page, site: Site, kind: string, words: RegExp): Promise<void> {
  await expect(page.getByTestId(`notice-${kind}`)).toBeHidden({ timeout: 90_000 });
  await expect(page.getByTestId(`event-${kind}`).first()).toContainText(words);
  expect((await told(site)).verdicts.filter((verdict) => verdict.kind === kind)).toEqual([]);
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

test('a process that the kernel ended for its memory, and a fork bomb, are told with their numbers', async ({
  page,
  neighbour,
}) => {
  const site = await launchByClick(page);
  const others = watch(neighbour);
  const bomb = await ssh(site, `python3 -c 'x=bytearray(10<<30)'; echo "exit $?"`);
  expect(bomb.stdout).toBe('exit 137\n');
  const ended = /The kernel ended 1 process: the site asked for more than its 256 MB of memory\./;
  await expectTold(page, site, 'memory', ended, Date.now());

  const started = Date.now();
  const forks = ssh(site, 'b(){ b|b& };b', { timeoutMs: 15_000 });
  const refused = /The kernel refused to start [\d,]+ process(es)?: all 128 process slots were taken\./;
  await expectTold(page, site, 'processes', refused, started);
  await forks;
  expect((await api(site, '/restart', { method: 'POST' })).status).toBe(202);

  // A minute after the last refusal.
  await expectWell(page, site, 'memory', /Memory is well again: [\d.]+ MB of 256 MB\./);
  await expectWell(page, site, 'processes', /Processes are well again: \d+ of 128\./);
  expect((await get(site.address)).status).toBe(200);
  await expectUnhurt(others);
});

test('a site that wants more CPU than it has is told that its limit slows it down, not that it is broken', async ({
  page,
  neighbour,
}) => {
  const site = await launchByClick(page);
  // A fifth of a core: a loop meets it on a machine of any size, and however busy it is.
  await query('update "Site" set "cpuMillisMax" = 200 where name = $1', [site.name]);
  expect((await api(site, '/restart', { method: 'POST' })).status).toBe(202);
  const limitOf = async () => (await readKernelLimits((await containerOf(site)).id))?.cpuMillis;
  await expect.poll(() => limitOf().catch(() => null), { timeout: 30_000 }).toBe(200);
  await expect.poll(() => status(site.address), { timeout: 30_000 }).toBe(200);
  const others = watch(neighbour);
  const started = Date.now();
  const hog = ssh(site, 'while :; do :; done', { timeoutMs: 75_000 });
  const words = /The CPU limit slows the site down: for most of the last minute it wanted more than its 0\.2 cores\./;
  await expectTold(page, site, 'cpu', words, started);
  expect((await get(site.address)).status).toBe(200);
  await api(site, '', { method: 'DELETE' });
  await hog;
  await expectUnhurt(others);
});

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
