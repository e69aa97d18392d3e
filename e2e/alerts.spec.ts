// Alerts from what happens to the receivers' own eyes: a real HTTP server and a real SMTP server take them.

import { createHmac } from 'node:crypto';
import type { Page } from '@playwright/test';
import { type HttpReceiver, openHttpReceiver, openMailReceiver } from '#lib/alerts/testing/receivers.ts';
import { signInAsAdmin } from './setup/admin.ts';
import { expectAccessible } from './setup/axe.ts';
import { test as base, launchByClick } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { expect, type Site, ssh } from './setup/fixtures.ts';
import { SETTINGS } from './setup/host-state.ts';

const SOON = { timeout: 30_000, intervals: [100] };
/** Where users' webhooks may go on the test instance, of all private addresses. */
const RECEIVER = '127.0.0.2';

const test = base.extend<{ hook: HttpReceiver }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
  hook: async ({}, use) => {
    const hook = await openHttpReceiver(RECEIVER);
    await use(hook);
    await hook.close();
  },
});

test('a full disk is told by webhook, Slack and mail in the sentence of the page, and the admins hear of it too', async ({
  page,
  browser,
  hook,
}) => {
  test.setTimeout(240_000);
  const mail = await openMailReceiver(Number(new URL(SETTINGS.smtpUrl).port));
  const address = `owner-${Date.now()}@example.org`;
  const mailsTo = () => mail.mails.filter(({ to }) => to.includes(address)).map(({ text }) => decode(text));
  const context = await browser.newContext();
  const admin = await context.newPage();
  try {
    const site = await launchByClick(page);
    await addChannel(page, 'Webhook', `${hook.url}/own`);
    const secret = (await page.getByTestId('alert-secret').locator('code').textContent()) ?? '';
    await addChannel(page, 'Slack', `${hook.url}/slack`);
    await addChannel(page, 'E-mail', address);
    await expect(page.getByText('Waits for the link in the mail to be opened.')).toBeVisible();
    await expect.poll(() => mailsTo().length, SOON).toBe(1);
    await agree(admin, /^http\S+token=\S+/m.exec(mailsTo()[0] ?? '')?.[0] ?? '', address);
    await signInAsAdmin(admin);
    await admin.goto('/admin/alerts');
    await addChannel(admin, 'Webhook', `${hook.url}/admin`);

    const sentence = await fillDisk(site);
    await expect(page.locator('section', { hasText: 'What happened' })).toContainText(sentence, SOON);
    const telling = () => hook.received.filter(({ body }) => body.includes(sentence));
    await expect
      .poll(
        () =>
          telling()
            .map(({ path }) => path)
            .sort(),
        SOON,
      )
      .toEqual(['/admin', '/own', '/slack']);
    await expect.poll(() => mailsTo().some((text) => text.includes(`${site.name}: ${sentence}`)), SOON).toBe(true);
    for (const { path, body, headers } of telling()) {
      const { text, events } = JSON.parse(body) as { text: string; events?: unknown[] };
      expect(text).toContain(`${site.name}: ${sentence}`);
      if (path !== '/own') continue;
      const url = `${SETTINGS.appUrl}/sites/${site.name}`;
      expect(events?.at(-1)).toMatchObject({ site: site.name, kind: 'disk', level: 'over', text: sentence, url });
      const [, at, signature] = /^t=(\d+),v1=(\w+)$/.exec(String(headers['x-lightkeeper-signature'])) ?? [];
      expect(createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')).toBe(signature);
    }
    await admin.reload();
    await expect(admin.getByRole('region', { name: 'Sent lately' })).toContainText(sentence);
    await expectAccessible(admin, 'the admins’ alerts');
  } finally {
    await removeAdminChannels(admin);
    await context.close();
    await mail.close();
  }
});

test('fifty events at once are two messages at the most', async ({ page, hook }) => {
  const site = await launchByClick(page);
  await page.request.post('/api/alerts', { data: { kind: 'slack', target: hook.url, level: 'warn' } });
  await insertEvents(site, 50);
  await expect.poll(() => hook.received.length, SOON).toBeGreaterThan(0);
  await expect.poll(() => untold(site), SOON).toBe(0);
  expect(hook.received.length).toBeLessThanOrEqual(2);
});

test('a failed push is told in the words of the page, by a receiver that was down when it happened', async ({
  page,
  hook,
  workspace,
}) => {
  const site = await launchByClick(page);
  hook.answer.status = 503;
  await page.request.post('/api/alerts', { data: { kind: 'slack', target: hook.url, level: 'over' } });
  const clone = await workspace.clone(site);
  await workspace.commit(clone, { 'main.py': 'def broken(:\n' });
  expect((await workspace.push(clone)).code).not.toBe(0);
  await expect.poll(() => hook.received.length, SOON).toBe(1);
  await page.reload();
  await expect(page.getByTestId('alert-channel-problem')).toContainText('answered 503. It is tried again.');
  hook.answer.status = 200;
  await expect.poll(() => hook.received.length, SOON).toBe(2);
  await page.reload();
  await expect(page.getByTestId('alert-channel-problem')).toHaveCount(0);
  const problem = (await page.getByTestId('deployment-problem').textContent()) ?? '';
  for (const { body } of hook.received) {
    const { text } = JSON.parse(body) as { text: string };
    expect(text).toContain(`${site.name}: Deployment 2 failed.`);
    expect(text.replace(/\s+/g, ' ')).toContain(problem.trim().slice(0, 60));
  }
});

test('a test says whether it got there, and a user’s webhook goes into no private network', async ({ page, hook }) => {
  await launchByClick(page);
  await addChannel(page, 'Webhook', hook.url);
  await page.getByRole('button', { name: 'Send a test' }).click();
  await expect(page.getByText('The test was sent.')).toBeVisible();
  expect(JSON.parse(hook.received[0]?.body ?? '')).toMatchObject({ test: true });
  hook.answer.status = 404;
  await page.getByRole('button', { name: 'Send a test' }).click();
  await expect(page.getByTestId('alert-channel-problem')).toContainText('answered 404.');
  for (const [target, sentence] of [
    ['http://127.0.0.1:18080/', '127.0.0.1 is a private address'],
    [`http://localhost:${SETTINGS.webPort}/`, 'localhost (127.0.0.1) is a private address'],
    ['http://169.254.169.254/latest/meta-data/', '169.254.169.254 is a private address'],
    ['http://0x7f000001/', '127.0.0.1 is a private address'],
    ['http://[::ffff:10.0.0.1]/', 'is a private address'],
    ['file:///etc/passwd', 'That is not a web address.'],
  ]) {
    await page.getByLabel('URL', { exact: true }).fill(target ?? '');
    await page.getByRole('button', { name: 'Add channel' }).click();
    await expect(page.getByTestId('alert-problem')).toContainText(sentence ?? '');
  }
  await expect(page.getByTestId('alert-channel')).toHaveCount(1);
  await expectAccessible(page, 'a site with a channel and a refusal');
  await page.getByRole('button', { name: 'Remove http' }).click();
  await expect(page.getByTestId('alert-channel')).toHaveCount(0);
});

test('nobody else reads, tests or removes a channel', async ({ page, browser, hook }) => {
  await launchByClick(page);
  const added = await page.request.post('/api/alerts', { data: { kind: 'slack', target: hook.url } });
  const { id } = (await added.json()) as { id: string };
  const context = await browser.newContext();
  const stranger = await context.newPage();
  try {
    expect((await stranger.request.get('/api/alerts')).status()).toBe(401);
    expect((await stranger.request.get('/api/admin/alerts')).status()).toBe(404);
    expect((await page.request.get('/api/admin/alerts')).status()).toBe(404);
    const other = await launchByClick(stranger);
    expect((await stranger.request.post('/api/alerts/test', { data: { id } })).status()).toBe(404);
    await stranger.request.delete('/api/alerts', { data: { id } });
    await stranger.request.delete(`/api/sites/${other.name}`);
    const { channels } = (await (await page.request.get('/api/alerts')).json()) as { channels: { id: string }[] };
    expect(channels.map((channel) => channel.id)).toEqual([id]);
  } finally {
    await context.close();
  }
});

async function addChannel(page: Page, kind: string, target: string): Promise<void> {
  await expect(page.getByText('Add a channel')).toBeVisible();
  const before = await page.getByTestId('alert-channel').count();
  if (!(await page.getByRole('radio', { name: kind }).isVisible())) await page.getByText('Add a channel').click();
  await page.getByRole('radio', { name: kind }).check();
  await page.getByRole('textbox', { name: /URL|E-mail address/ }).fill(target);
  await page.getByRole('button', { name: 'Add channel' }).click();
  await expect(page.getByTestId('alert-channel')).toHaveCount(before + 1);
}

async function agree(page: Page, link: string, address: string): Promise<void> {
  await page.goto(`${link.slice(0, -5)}wrong`);
  await page.getByRole('button', { name: 'Send me alerts' }).click();
  await expect(page.getByTestId('confirm-problem')).toContainText('This link is not complete.');
  await page.goto(link);
  await expectAccessible(page, 'the question to an address');
  await page.getByRole('button', { name: 'Send me alerts' }).click();
  await expect(page.getByTestId('confirmed')).toContainText(`Alerts are sent to ${address}.`);
}

/** As in 2013. Answers the sentence of the event, once the keeper has seen it. */
async function fillDisk(site: Site): Promise<string> {
  const filled = await ssh(site, 'dd if=/dev/zero of=~/filler bs=1M');
  expect(filled.stderr).toContain('Disk quota exceeded');
  const find = `select text from "Event" e join "Site" s on s.id = e."siteId"
    where s.name = $1 and e.kind = 'disk' and e.level = 'over'`;
  const told = () => query<{ text: string }>(find, [site.name]);
  await expect.poll(async () => (await told()).length, SOON).toBe(1);
  return (await told())[0]?.text ?? '';
}

/** More than a site can bring about in a test's time: its events have a pace of their own. */
async function insertEvents(site: Site, times: number): Promise<void> {
  await query(
    `insert into "Event" (id, "siteId", kind, level, text)
     select gen_random_uuid(), id, 'disk', 'over', 'Disk is full.' from "Site", generate_series(1, $2) where name = $1`,
    [site.name, times],
  );
}

async function untold({ name }: Site): Promise<number> {
  const waiting = `select 1 from "Event" e join "Site" s on s.id = e."siteId" where s.name = $1 and not e.alerted`;
  return (await query(waiting, [name])).length;
}

/** Quoted-printable (RFC 2045, 6.7). */
function decode(mail: string): string {
  const bytes = mail
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

async function removeAdminChannels(page: Page): Promise<void> {
  const answer = await page.request.get('/api/admin/alerts');
  if (!answer.ok()) return;
  const { channels } = (await answer.json()) as { channels: { id: string }[] };
  for (const { id } of channels) await page.request.delete('/api/admin/alerts', { data: { id } });
}
