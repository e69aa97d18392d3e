// Who is in an account, and how it ends: sessions, guessing, the API's walls, the delete.

import type { Browser, BrowserContext, Page } from '@playwright/test';
import { signInAsAdmin } from './setup/admin.ts';
import { askAs, newAddress, send } from './setup/admin-api.ts';
import { expectAccessible } from './setup/axe.ts';
import { launchByClick, test } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { expect, status } from './setup/fixtures.ts';
import { newEmail } from './setup/mailbox.ts';

const PASSWORD = 'lamp gravel otter';
const SOON = { timeout: 60_000, intervals: [200] };

test('one session is ended from another browser, and all of them at once', async ({ page, browser }) => {
  test.setTimeout(240_000);
  const email = newEmail();
  await signUp(page, email);
  const [second, third] = [await browserOf(browser, email), await browserOf(browser, email)];
  await page.goto('/account');
  await expect(page.getByTestId('session')).toHaveCount(3);
  await expect(page.getByTestId('session').first()).toContainText('this browser');
  await expect(page.getByTestId('session').first()).toContainText('Chrome on Linux');
  await expectAccessible(page, 'an account with three sessions');
  await page
    .getByRole('button', { name: /^Sign Chrome .* out$/ })
    .first()
    .click();
  await expect(page.getByTestId('session')).toHaveCount(2);
  const open = [await isOpen(second), await isOpen(third)];
  expect(open.filter(Boolean)).toHaveLength(1);
  const left = open[0] ? second : third;
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.waitForURL(/\/sign-in$/);
  expect(await isOpen(left)).toBe(false);
  expect(await isOpen(page.context())).toBe(false);
  await Promise.all([second.close(), third.close()]);
});

test('the menu is worked by keyboard, and signs this browser out', async ({ page }) => {
  const email = newEmail();
  await signUp(page, email);
  const trigger = page.getByRole('button', { name: `Account ${email}` });
  await trigger.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Account' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(trigger).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Account' })).toBeFocused();
  await page.keyboard.press('End');
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('to-sign-in')).toBeVisible();
  expect(await isOpen(page.context())).toBe(false);
});

test('guessing is slowed down by account, from any address, also for an account that is not there', async ({
  page,
}) => {
  const email = newEmail();
  await signUp(page, email);
  const type = { 'content-type': 'application/json' };
  const guess = (guessed: string, password: string) =>
    send(newAddress(), 'POST', '/api/account/sign-in', type, JSON.stringify({ email: guessed, password }));
  for (const guessed of [email, newEmail('nobody')]) {
    const tries = guessed === email ? 7 : 8; // Making the account was a try.
    for (let turn = 0; turn < tries; turn += 1) expect((await guess(guessed, `guess ${turn}`)).status).toBe(401);
    const refused = await guess(guessed, PASSWORD);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(10);
  }
  const find = 'select 1 from "AuditEntry" where action = $1 and subject = $2';
  expect(await query(find, ['account.sign-in-refused', email])).not.toHaveLength(0);
});

test('guessing is slowed down by address, whatever account is tried', async () => {
  const from = newAddress();
  const type = { 'content-type': 'application/json' };
  const guess = (turn: number) => {
    const body = JSON.stringify({ email: `nobody-${turn}@example.org`, password: PASSWORD });
    return send(from, 'POST', '/api/account/sign-in', type, body).then(({ status }) => status);
  };
  const answers = [];
  for (let turn = 0; turn < 61; turn += 1) answers.push(await guess(turn));
  expect(answers.filter((code) => code === 401)).toHaveLength(60);
  expect(answers.at(-1)).toBe(429);
});

test('an account is its owner’s alone: no credentials, a site’s token, a guest, another page, another account', async ({
  page,
  browser,
  site,
}) => {
  const calls: [string, string, object?][] = [
    ['GET', '/api/account'],
    ['DELETE', '/api/account', { email: 'a@example.org' }],
    ['POST', '/api/account/password', { password: PASSWORD }],
    ['POST', '/api/account/email', { email: 'a@example.org' }],
    ['DELETE', '/api/account/sessions', { all: true }],
  ];
  await launchByClick(page);
  for (const [method, place, data] of calls) {
    const about = `${method} ${place}`;
    expect((await askAs({}, method, place, data)).status, about).toBe(401);
    expect((await askAs({ authorization: `Bearer ${site.token}` }, method, place, data)).status, about).toBe(401);
    const guest = await page.request.fetch(place, { method, ...(data ? { data } : {}) });
    expect(guest.status(), `a guest: ${about}`).toBe(401);
  }
  const mine = await browser.newContext();
  const theirs = await browser.newContext();
  for (const context of [mine, theirs]) {
    const made = await context.request.post('/api/account/sign-up', {
      data: { email: newEmail(), password: PASSWORD },
    });
    expect(made.status()).toBe(200);
  }
  const { sessions } = (await (await theirs.request.get('/api/account')).json()) as { sessions: { id: string }[] };
  const end = await mine.request.delete('/api/account/sessions', { data: { id: sessions[0]?.id } });
  expect(end.status()).toBe(404);
  expect(await isOpen(theirs)).toBe(true);
  const origin = { origin: 'https://evil.example' };
  for (const place of ['sign-in', 'sign-up', 'sign-out', 'link', 'link/open', 'password', 'email']) {
    const answer = await mine.request.post(`/api/account/${place}`, { data: {}, headers: origin });
    expect(answer.status(), `from another page: ${place}`).toBe(403);
  }
  for (const data of [
    '[',
    { email: 1 },
    { email: 'a@b.c', password: 'x'.repeat(2_000) },
    { email: 'x'.repeat(900), password: PASSWORD },
  ]) {
    expect(
      (await mine.request.post('/api/account/sign-up', { data })).status(),
      JSON.stringify(data).slice(0, 60),
    ).toBe(400);
  }
  await Promise.all([mine.close(), theirs.close()]);
});

test('a deleted account takes its sites with it, and every browser is signed out', async ({ page, browser }) => {
  test.setTimeout(180_000);
  const email = newEmail();
  const site = await launchByClick(page);
  await signUp(page, email);
  const other = await browserOf(browser, email);
  const [user] = await query<{ id: string }>('select id from "User" where "pendingEmail" = $1', [email]);
  await page.goto('/account');
  await page.getByRole('button', { name: 'Delete my account…' }).click();
  await expectAccessible(page, 'the question before an account is deleted');
  await page.getByLabel('Type your e-mail address').fill('somebody@else.org');
  await expect(page.getByRole('button', { name: 'Delete for ever' })).toBeDisabled();
  await page.getByLabel('Type your e-mail address').fill(email);
  await page.getByRole('button', { name: 'Delete for ever' }).click();
  await page.waitForURL(/\/$/);
  expect(await isOpen(other)).toBe(false);
  for (const headers of [{}, { authorization: `Bearer ${site.token}` }]) {
    await expect.poll(async () => (await askAs(headers, 'GET', `/api/sites/${site.name}`)).status, SOON).toBe(404);
  }
  await expect.poll(() => status(site.address), SOON).toBe(404);
  await expect.poll(async () => (await query('select 1 from "User" where id = $1', [user?.id])).length, SOON).toBe(0);
  const again = await other.request.post('/api/account/sign-in', { data: { email, password: PASSWORD } });
  expect(again.status()).toBe(401);
  await other.close();
});

test('the operator’s sign-in is a session too, and ends like one', async ({ page }) => {
  await signInAsAdmin(page);
  await page.goto('/account');
  await expect(page.getByTestId('session').first()).toContainText('this browser');
  const [row] = await query<{ sessions: number }>(
    `select count(*)::int as sessions from "Session" s join "User" u on u.id = s."userId" where u.role = 'admin'`,
  );
  await page.goto('/admin');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(/\/$/);
  const [after] = await query<{ sessions: number }>(
    `select count(*)::int as sessions from "Session" s join "User" u on u.id = s."userId" where u.role = 'admin'`,
  );
  expect(after?.sessions).toBe((row?.sessions ?? 0) - 1);
});

async function browserOf(browser: Browser, email: string): Promise<BrowserContext> {
  const context = await browser.newContext();
  const answer = await context.request.post('/api/account/sign-in', { data: { email, password: PASSWORD } });
  expect(answer.status()).toBe(200);
  return context;
}

async function isOpen(context: BrowserContext): Promise<boolean> {
  return (await context.request.get('/api/account')).status() === 200;
}

async function signUp(page: Page, email: string): Promise<void> {
  await page.goto('/sign-up');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-up');
}
