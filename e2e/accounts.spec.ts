// From a guest to an account, with a real mail server: the site stays, the address is proven by a link alone, and nobody
// learns who has an account.

import type { Browser, Page } from '@playwright/test';
import { newAddress, send } from './setup/admin-api.ts';
import { expectAccessible } from './setup/axe.ts';
import { launchByClick, sitesOf } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { openFakeGithub } from './setup/fake-github.ts';
import { expect, status, watch } from './setup/fixtures.ts';
import { follow, newEmail, test } from './setup/mailbox.ts';

const PASSWORD = 'lamp gravel otter';
const SOON = { timeout: 30_000, intervals: [100] };

test('a guest makes an account: his site loses no request, has no end any more, and gets the room of members', async ({
  page,
  mailbox,
}) => {
  test.setTimeout(240_000);
  const email = newEmail();
  const site = await launchByClick(page);
  await expect(page.getByTestId('site-expiry')).toBeVisible();
  const watched = watch(site);
  await page.getByTestId('keep-site').click();
  await expect(page.getByRole('heading', { name: 'Keep your site.' })).toBeVisible();
  await expectAccessible(page, 'making an account');

  await page.getByLabel('E-mail').fill('not an address');
  await page.getByLabel('Password', { exact: true }).fill('password123');
  await page.getByRole('button', { name: 'Make an account' }).click();
  await expect(page.getByLabel('E-mail')).toHaveAccessibleDescription(/not an e-mail address/);
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Make an account' }).click();
  await expect(page.getByLabel('Password', { exact: true })).toHaveAccessibleDescription(/among the first/);
  await expectAccessible(page, 'a refused password');
  await page.getByRole('button', { name: 'Show the password' }).click();
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('type', 'text');
  await page.getByRole('button', { name: 'Make an account' }).click();

  await page.waitForURL(`**/sites/${site.name}`);
  await expect(page.getByTestId('site-state')).toHaveText('Live');
  await expect(page.getByTestId('site-expiry')).toHaveCount(0);
  const [kept] = await sitesOf(page.context());
  expect(kept?.limits.memoryBytes).toBeGreaterThan(site.limits.memoryBytes);
  const { asked, failed } = await watched.stop();
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(10);

  await openMenu(page, email);
  await page.getByRole('menuitem', { name: 'Account' }).click();
  await expect(page.getByTestId('account-email-state')).toHaveText('Not confirmed yet');
  await expectAccessible(page, 'an account that is not confirmed');
  await follow(page, await mailbox.link(email));
  await page.goto('/account');
  await expect(page.getByTestId('account-email-state')).toHaveText('Confirmed');
  const [row] = await query('select "expiresAt", "planName" from "Site" where name = $1', [site.name]);
  expect(row).toMatchObject({ expiresAt: null, planName: 'member' });
});

test('a guest who wants to share his site is led to an account, and back with the site', async ({ page }) => {
  const site = await launchByClick(page);
  await page.getByRole('link', { name: 'Sharing' }).click();
  const main = page.getByRole('main');
  await expect(main.getByRole('link', { name: 'Sign in' })).toHaveAttribute('href', /^\/sign-in\?next=/);
  await expectAccessible(page, 'sharing as a guest');
  await main.getByRole('link', { name: 'Make an account' }).click();
  await expect(page.getByRole('heading', { name: 'Keep your site.' })).toBeVisible();
  await page.getByLabel('E-mail').fill(newEmail());
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.waitForURL(`**/sites/${site.name}/sharing`);
  await expect(page.getByRole('button', { name: 'Invite' })).toBeVisible();
});

test('a mailed link survives a program that opens it, signs in once, and is refused the second time', async ({
  page,
  browser,
  mailbox,
}) => {
  test.setTimeout(240_000);
  const email = newEmail();
  await askForLink(page, email);
  const link = await mailbox.link(email);
  for (let scan = 0; scan < 2; scan += 1) expect((await page.request.get(link)).status()).toBe(200);
  await page.goto(link);
  await expectAccessible(page, 'the link’s page');
  await follow(page, link);
  await expect(page.getByRole('button', { name: `Account ${email}` })).toBeVisible();

  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(link);
  await other.getByRole('button', { name: 'Continue' }).click();
  await expect(other.getByTestId('link-problem')).toContainText('was used already');
  await expectAccessible(other, 'a link that was used');
  await context.close();
  expect(mailbox.textsTo(email)).toHaveLength(1);
});

test('a forgotten password: the link signs in, a new one is set without the old, and other browsers are out', async ({
  page,
  browser,
  mailbox,
}) => {
  test.setTimeout(240_000);
  const { email, other, close } = await signedInTwice(page, browser);
  await follow(page, await mailbox.link(email, 'wants to sign in'));
  await page.goto('/account');
  await expect(page.getByLabel('Old password')).toHaveCount(0);
  await page.getByLabel('New password').fill('otter gravel lamp');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('All other browsers are signed out.')).toBeVisible();
  await other.goto('/account');
  await expect(other).toHaveURL(/\/sign-in$/);
  await signIn(other, email, PASSWORD);
  await expect(other.getByTestId('door-problem')).toContainText('do not go together');
  await signIn(other, email, 'otter gravel lamp');
  await other.waitForURL(/\/$/);
  await other.goto('/account');
  await other.getByLabel('New password').fill(PASSWORD);
  await other.getByLabel('Old password').fill('not it');
  await other.getByRole('button', { name: 'Change password' }).click();
  await expect(other.getByLabel('Old password')).toHaveAccessibleDescription(/not your password/);
  await expectAccessible(other, 'a wrong old password');
  await close();
});

test('a guest who has an account brings his site along; where there is no room he keeps it, and is told why', async ({
  page,
  browser,
}) => {
  const email = newEmail();
  await signUp(page, email);
  const context = await browser.newContext();
  const guest = await context.newPage();
  const site = await launchByClick(guest);
  await query('update "User" set "sitesMax" = 0 where "pendingEmail" = $1', [email]);
  await guest.goto('/sign-in');
  await expect(guest.getByRole('main')).toContainText(site.name);
  await signIn(guest, email, PASSWORD);
  await expect(guest.getByTestId('door-problem')).toContainText('Your account has 0 sites of 0 sites');
  expect((await sitesOf(context)).map(({ name }) => name)).toEqual([site.name]);
  await query('update "User" set "sitesMax" = null where "pendingEmail" = $1', [email]);
  await signIn(guest, email, PASSWORD);
  await guest.waitForURL(`**/sites/${site.name}`);
  await context.close();
  expect((await sitesOf(page.context())).map(({ name }) => name)).toEqual([site.name]);
  expect(await status(site.address)).toBe(200);
});

test('nobody learns who has an account: the same answers in the same time', async ({ page }) => {
  const known = newEmail();
  await signUp(page, known);
  const from = newAddress();
  const ask = async (place: string, data: object) => {
    const start = performance.now();
    const type = { 'content-type': 'application/json' };
    const { status, body } = await send(from, 'POST', `/api/account/${place}`, type, JSON.stringify(data));
    return { status, text: body, ms: performance.now() - start };
  };
  const timesOf = async (email: string) => {
    const answers = [];
    for (let turn = 0; turn < 5; turn += 1)
      answers.push(await ask('sign-in', { email, password: 'not the one it is' }));
    expect(answers.map((answer) => answer.status)).toEqual([401, 401, 401, 401, 401]);
    return { text: answers[0]?.text, ms: answers.map(({ ms }) => ms).sort((a, b) => a - b)[2] ?? 0 };
  };
  const [one, two] = [await timesOf(known), await timesOf(newEmail('nobody'))];
  expect(one.text).toBe(two.text);
  expect(two.ms / one.ms).toBeGreaterThan(0.4);
  expect(two.ms / one.ms).toBeLessThan(2.5);
  for (const place of ['link', 'sign-up']) {
    const answers = [known, newEmail('nobody')].map((email) => ask(place, { email, password: 'a third long one' }));
    const [first, second] = await Promise.all(answers);
    expect(first?.status, place).toBe(place === 'link' ? 202 : 200);
    expect(second?.status, place).toBe(first?.status);
  }
});

test('without JavaScript the forms work, and say what is wrong', async ({ browser }) => {
  const email = newEmail();
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto('/sign-up');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Make an account' }).click();
  await expect(page.getByText('That password is too short')).toBeVisible();
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.goto('/account');
  await expect(page.getByTestId('account-email')).toHaveText(email);
  await context.close();
});

test('GitHub signs in by an address that it has verified, and by no other', async ({ page, browser, mailbox }) => {
  const github = await openFakeGithub();
  try {
    const email = newEmail();
    await askForLink(page, email);
    await follow(page, await mailbox.link(email));
    const context = await browser.newContext();
    const other = await context.newPage();
    const enter = async () => {
      await other.goto('/sign-in');
      await other.getByRole('button', { name: 'Continue with GitHub' }).click();
    };
    github.emails = [{ email, primary: true, verified: false }];
    await enter();
    await expect(other.getByLabel('E-mail')).toHaveAccessibleDescription(/verified there/);
    const site = await launchByClick(other);
    github.emails = [
      { email: 'else@example.org', primary: false, verified: true },
      { email, primary: true, verified: true },
    ];
    await enter();
    await expect(other.getByRole('button', { name: `Account ${email}` })).toBeVisible();
    await context.close();
    expect((await sitesOf(page.context())).map(({ name }) => name)).toEqual([site.name]);
    await page.goto('/account');
    await expect(page.getByTestId('session')).toHaveCount(2);
  } finally {
    await github.close();
  }
});

/** Makes an account in a browser, and signs in to it in another; asks for a link in the first. */
async function signedInTwice(page: Page, browser: Browser) {
  const email = newEmail();
  await signUp(page, email);
  await query(
    'update "User" set email = "pendingEmail", "pendingEmail" = null, "emailVerifiedAt" = now() where "pendingEmail" = $1',
    [email],
  );
  await query('delete from "MailedLink" where email = $1', [email]);
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto('/sign-in');
  await signIn(other, email, PASSWORD);
  await other.waitForURL(/\/$/);
  await page.request.post('/api/account/sign-out');
  await askForLink(page, email);
  return { email, other, close: () => context.close() };
}

async function signUp(page: Page, email: string): Promise<void> {
  await page.goto('/sign-up');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-up');
}

/** On the open sign-in page. */
async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function askForLink(page: Page, email: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Mail me a link instead' }).click();
  await expect(page.getByTestId('link-sent')).toContainText(email, SOON);
}

async function openMenu(page: Page, email: string): Promise<void> {
  await page.getByRole('button', { name: `Account ${email}` }).click();
  await expect(page.getByRole('menu')).toBeVisible();
}
