// Every page in every state that a visitor, an owner or the operator can meet: no violation, by day and by night.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { makeAccount, own, removeAccounts, signIn } from './setup/accounts.ts';
import { expectAccessible } from './setup/axe.ts';
import { launchByClick, test } from './setup/browser.ts';
import { expect, ssh, status } from './setup/fixtures.ts';
import { STATES, showAs } from './setup/site-states.ts';
import { TEST_INSTANCE } from './setup/test-instance.ts';

const PAGES = path.resolve(import.meta.dirname, '../public/pages');

test('the launch page: empty, refused, and with a site', async ({ page, neighbour }) => {
  await page.goto('/');
  await expectAccessible(page, 'launch');
  await page.getByText('Choose its name').click();
  await page.getByLabel('Name of the site').fill(neighbour.name);
  await page.getByTestId('launch').click();
  await expect(page.getByTestId('launch-problem')).toBeVisible();
  await expectAccessible(page, 'a refused launch');
  await launchByClick(page);
  await page.goto('/');
  await expect(page.getByTestId('your-site')).toBeVisible();
  await expectAccessible(page, 'launch with a site');
});

test("the account's menu, open on the launch page and on a site's", async ({ page, context, site }) => {
  const account = await makeAccount('mira');
  await own(site, account);
  await signIn(context, account);
  for (const place of ['/', `/sites/${site.name}`]) {
    await page.goto(place);
    await page.getByRole('button', { name: `Account ${account.email}` }).click();
    await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeVisible();
    await expectAccessible(page, `the open menu on ${place}`);
    await page.keyboard.press('Tab');
    await expect(page.locator('[data-base-ui-focus-guard]:focus')).toHaveCount(0);
  }
  await context.clearCookies();
  await removeAccounts(account);
});

test("a site's page: fresh, and with everything open after a failed push", async ({ page, workspace }) => {
  const site = await launchByClick(page);
  await expect(page.getByRole('list', { name: 'Recent commits' })).toBeVisible();
  await expectAccessible(page, 'a fresh site');

  const clone = await workspace.clone(site);
  await workspace.commit(clone, { 'main.py': 'def broken(:\n' });
  await workspace.push(clone);
  await expect(page.getByTestId('deployment-problem')).toBeVisible();
  await page.getByRole('button', { name: 'Show the password' }).click();
  await page.getByText('From a repository that you have').click();
  await page.getByText('Use an SSH key instead').click();
  await page.getByRole('button', { name: 'Open README.md' }).click();
  await expectAccessible(page, 'a site with everything open');
});

test("the pages below a site's: deployments, one of them, metrics, settings, and before a delete", async ({ page }) => {
  const site = await launchByClick(page);
  for (const place of ['deployments', 'deployments/1', 'metrics', 'settings']) {
    await page.goto(`/sites/${site.name}/${place}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectAccessible(page, place);
  }
  await page.getByRole('button', { name: 'New token…' }).click();
  await page.getByRole('button', { name: 'Delete this site…' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessible(page, 'the question before a delete');
});

test("a site's page: launching, failed, at its limits, near its end, going", async ({ page }) => {
  const site = await launchByClick(page);
  for (const [words, change] of Object.entries(STATES)) {
    await showAs(page, site, change);
    await expect(page.getByRole('main')).toContainText(words);
    await expectAccessible(page, words);
  }
});

test('the sign-in, and an address that leads nowhere', async ({ page }) => {
  await page.goto('/no/such/page');
  await expectAccessible(page, 'not found');
  await page.goto('/admin/sign-in');
  await expectAccessible(page, 'sign-in');
});

test('what a visitor sees instead of a site: no such name, no answer, too many requests', async ({ page, site }) => {
  const port = TEST_INSTANCE.LIGHTKEEPER_HTTP_PORT;
  const absent = await page.goto(`http://nobody-has-this-name.localhost:${port}/some/path?a=b`);
  expect(absent?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'No site here.' })).toBeVisible();
  await expectAccessible(page, 'no site');

  const stopped = await ssh(site, 's6-svc -d /run/service/web-* && echo stopped');
  expect(stopped, stopped.stderr).toMatchObject({ stdout: 'stopped\n' });
  await expect.poll(() => status(site.address)).toBe(503);
  const unanswered = await page.goto(site.address);
  expect(unanswered?.status()).toBe(503);
  await expect(page.getByRole('heading', { name: 'Nobody answers.' })).toBeVisible();
  await expectAccessible(page, 'no answer');
  expect((await ssh(site, 's6-svc -u /run/service/web-*')).code).toBe(0);
  await expect(page.getByRole('heading', { name: 'Hello from Lightkeeper' })).toBeVisible();

  await page.setContent(await readFile(path.join(PAGES, 'over-limit.html'), 'utf8'));
  await expectAccessible(page, 'too many requests');
});
