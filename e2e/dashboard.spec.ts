// The operator's pages: what they show is what the machine has, it follows without a reload, and what an operator does
// there happens to the sites.

import type { Cookie, Page } from '@playwright/test';
import { signInAsAdmin } from './setup/admin.ts';
import { expectAccessible } from './setup/axe.ts';
import { test as base, expectNoReload } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { APP_URL, expect, ssh, status } from './setup/fixtures.ts';
import { containerOf, readKernelLimits } from './setup/host-state.ts';

let cookies: Cookie[] = [];

/** One sign-in for all: an address has five attempts a minute. */
const test = base.extend<{ page: Page }>({
  page: async ({ page, context, browser }, use) => {
    if (cookies.length === 0) {
      const door = await browser.newContext({ baseURL: APP_URL });
      await signInAsAdmin(await door.newPage());
      cookies = await door.cookies();
      await door.close();
    }
    await context.addCookies(cookies);
    await use(page);
  },
});

const rowOf = (page: Page, name: string) => page.getByTestId(`site-${name}`);
const stateOf = (page: Page, name: string) => rowOf(page, name).getByTestId('row-state');
const percentOf = async (page: Page, name: string) =>
  Number(await rowOf(page, name).getByTestId('row-disk').getAttribute('data-percent'));

/** The table has everything from here on, and follows. */
async function openTable(page: Page, query = ''): Promise<void> {
  await page.goto(`/admin${query}`);
  await expect(page.locator('[data-whole=true]')).toBeVisible();
}

test('a disk that fills is seen filling, without a reload', async ({ page, site }) => {
  await openTable(page, `?q=${site.name}`);
  const before = await percentOf(page, site.name);
  await expectNoReload(page, async () => {
    const filled = await ssh(site, 'head -c 200M /dev/urandom > /root/big && sync');
    expect(filled.code, filled.stderr).toBe(0);
    await expect.poll(() => percentOf(page, site.name), { timeout: 30_000 }).toBeGreaterThanOrEqual(before + 18);
    await expect(rowOf(page, site.name).getByTestId('row-disk')).toContainText('/ 1 GB');
    expect((await ssh(site, 'rm /root/big && sync')).code).toBe(0);
    await expect.poll(() => percentOf(page, site.name), { timeout: 30_000 }).toBeLessThanOrEqual(before + 2);
  });
  await expect(page.getByTestId('keeper-age')).toHaveAttribute('data-stale', 'false');
  await expect(page.getByTestId('capacity-disk')).toContainText('promised');
});

test('search, filters and order leave what they say, and the address keeps them', async ({ page, site, neighbour }) => {
  await openTable(page);
  await page.getByRole('searchbox').fill(site.name.toUpperCase());
  await expect(rowOf(page, neighbour.name)).toHaveCount(0);
  await expect(page.getByTestId('shown-count')).toContainText('1 of');
  await expect(page).toHaveURL(new RegExp(`q=${site.name}`, 'i'));
  await page.reload();
  await expect(rowOf(page, site.name)).toBeVisible();
  await expect(rowOf(page, neighbour.name)).toHaveCount(0);

  await page.getByLabel('State').selectOption('held');
  await expect(page.getByText('No site is like that.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(rowOf(page, neighbour.name)).toBeVisible();

  const names = () => page.locator('[data-cell=name] a').allTextContents();
  await page.getByRole('columnheader', { name: 'Site' }).getByRole('button').click();
  await expect(page.getByRole('columnheader', { name: 'Site' })).toHaveAttribute('aria-sort', 'ascending');
  await expect.poll(async () => (await names()).join()).toBe((await names()).toSorted().join());
  await page.getByRole('columnheader', { name: 'Site' }).getByRole('button').click();
  await expect.poll(async () => (await names()).join()).toBe((await names()).toSorted().toReversed().join());
  await expect(page).toHaveURL(/sort=name&dir=desc/);
});

test('limits are foreseen, then set, and in the kernel while the site runs', async ({ page, site }) => {
  const container = await containerOf(site);
  await page.goto(`/admin/sites/${site.name}`);
  const form = page.locator('section', { has: page.getByRole('heading', { name: 'Limits' }) });
  await form.getByLabel('Processes').fill('many');
  await expect(form.getByText('Write a whole number.')).toBeVisible();
  await form.getByLabel('Processes').fill('100');
  await form.getByRole('button', { name: 'See what follows' }).click();
  await expect(page.getByTestId('preview')).toContainText('from 128 to 100');
  expect((await readKernelLimits(container.id))?.pids).toBe(128);
  await form.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByTestId('preview-done')).toBeVisible();
  await expect.poll(async () => (await readKernelLimits(container.id))?.pids).toBe(100);

  await form.getByLabel('Disk').fill('2 GB');
  await form.getByRole('button', { name: 'See what follows' }).click();
  await expect(page.getByTestId('preview')).toContainText('the total is 1 GB');
  await form.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByTestId('preview-problem')).toBeVisible();
  await form.getByRole('button', { name: 'Apply all the same' }).click();
  await expect(page.getByTestId('fact-disk')).toContainText('/ 2 GB');
});

test('a held site answers nobody, says why, and answers again when it is released', async ({
  page,
  site,
  neighbour,
}) => {
  await page.goto(`/admin/sites/${site.name}`);
  await page.getByLabel('Reason for the hold').fill('It digs for coins.');
  await page.getByRole('button', { name: 'Hold' }).click();
  await expect(page.getByTestId('notice-held')).toContainText('It digs for coins.');
  await expect.poll(() => status(site.address), { timeout: 30_000 }).not.toBe(200);
  expect(await status(neighbour.address)).toBe(200);
  await page.getByRole('button', { name: 'Release' }).click();
  await expect(page.getByTestId('admin-site')).toHaveAttribute('data-state', 'live', { timeout: 30_000 });
  await expect.poll(() => status(site.address), { timeout: 60_000 }).toBe(200);

  await page.goto(`/admin/audit?q=${site.name}`);
  const log = page.getByRole('list', { name: 'Audit log' });
  const entry = (act: string) => log.getByRole('listitem').filter({ has: page.getByText(act, { exact: true }) });
  await expect(entry('Held')).toContainText('held for: – → It digs for coins.');
  await expect(entry('Released')).toBeVisible();
});

test('many sites are acted upon at once, with an answer for each, and deleted after their number is typed', async ({
  page,
  site,
  neighbour,
}) => {
  // By name: what happens to the sites meanwhile moves no row away under the pointer.
  await openTable(page, '?sort=name');
  const both = [site.name, neighbour.name];
  for (const name of both) await page.getByLabel(`Select ${name}`).check();
  const bar = page.getByRole('region', { name: 'Selected sites' });
  await expect(bar).toContainText('2 selected');
  await bar.getByRole('button', { name: 'Sleep' }).click();
  await page.getByRole('button', { name: 'Put to sleep' }).click();
  for (const name of both) await expect(page.getByTestId(`outcome-${name}`)).toHaveAttribute('data-ok', 'true');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  for (const name of both) await expect(stateOf(page, name)).toHaveText('Asleep');

  for (const name of both) await page.getByLabel(`Select ${name}`).check();
  await bar.getByRole('button', { name: 'Delete…' }).click();
  const remove = page.getByRole('button', { name: 'Delete for ever' });
  await expect(page.getByRole('dialog')).toContainText('There is no way back.');
  await expect(remove).toBeDisabled();
  await page.getByLabel(/to confirm/).fill('2');
  await remove.click();
  for (const name of both) await expect(page.getByTestId(`outcome-${name}`)).toHaveAttribute('data-ok', 'true');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  for (const name of both) await expect(rowOf(page, name)).toHaveCount(0, { timeout: 30_000 });
});

test('the keyboard reaches every line, selects, and opens a site', async ({ page, site, neighbour }) => {
  await openTable(page, `?sort=name`);
  const total = await page.getByRole('table').getAttribute('aria-rowcount');
  await page.getByLabel('Select all that are shown').focus();
  for (let step = 0; step < 20; step += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement?.matches('[data-index] input'))) break;
  }
  await page.keyboard.press('End');
  const index = () =>
    page.evaluate(() => document.activeElement?.closest('[data-index]')?.getAttribute('aria-rowindex'));
  await expect.poll(index).toBe(total);
  await page.keyboard.press('Home');
  await expect.poll(index).toBe('2');
  const picked = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  const wanted = [site.name, neighbour.name].toSorted()[0];
  for (let step = 0; step < 30 && (await picked()) !== `Select ${wanted}`; step += 1) {
    const before = await index();
    await page.keyboard.press('ArrowDown');
    await expect.poll(index).not.toBe(before);
  }
  await page.keyboard.press('Space');
  await expect(page.getByRole('region', { name: 'Selected sites' })).toContainText('1 selected');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(wanted ?? '');
});

test('a plan is made, changed after saying what follows, and deleted', async ({ page }) => {
  await page.goto('/admin/plans');
  await page.getByRole('button', { name: 'New plan…' }).click();
  await page.getByLabel('Name').fill('e2e-studio');
  await page.getByRole('button', { name: 'Create the plan' }).click();
  await page.getByRole('button', { name: 'Change e2e-studio' }).click();
  const card = page.locator('section', { has: page.getByRole('heading', { name: 'e2e-studio' }) });
  await card.getByLabel('Push').fill('300 MB');
  await card.getByRole('button', { name: 'See what follows' }).click();
  await expect(card.getByTestId('preview')).toContainText('from the next push on');
  await card.getByRole('button', { name: 'Apply' }).click();
  await expect(card.getByTestId('preview-done')).toBeVisible();
  await card.getByRole('button', { name: 'Delete the plan e2e-studio' }).click();
  await expect(card).toHaveCount(0);
});

test('a user is given more, after saying what follows', async ({ page, site }) => {
  await page.goto(`/admin/sites/${site.name}`);
  await page.getByRole('main').locator('a[href^="/admin/users"]').click();
  await page.getByRole('button', { name: /^Change / }).click();
  await page.getByLabel('Memory of all sites').fill('1 GB');
  await page.getByRole('button', { name: 'See what follows' }).click();
  await expect(page.getByTestId('preview')).toBeVisible();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByTestId('preview-done')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Users' })).toContainText('/ 1 GB');
});

test('users are sorted and filtered, and the view is the address', async ({ page, site }) => {
  const [owner] = await query('select "ownerId" as id from "Site" where name = $1', [site.name]);
  await page.goto('/admin/users');
  await page.getByLabel('Sorted by').selectOption('created');
  await expect(page).toHaveURL(/sort=created/);
  await expect(page.getByRole('list', { name: 'Users' }).getByRole('listitem').first()).toHaveAttribute(
    'data-testid',
    `user-${owner?.id}`,
  );
  await page.getByLabel('Which users').selectOption('member');
  await expect(page).toHaveURL(/role=member/);
  await expect(page.getByLabel('Sorted by')).toHaveValue('created');
  await expect(page.getByTestId(`user-${owner?.id}`)).toHaveCount(0);
});

test('every page of the operator can be used by everybody, also on a phone', async ({ page, site }) => {
  const places = ['', `/sites/${site.name}`, '/users', '/plans', '/audit', '/alerts'];
  for (const place of places) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`/admin${place}`);
    await expectAccessible(page, `/admin${place}`);
    await page.setViewportSize({ width: 390, height: 844 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `/admin${place} does not scroll sideways`).toBeLessThanOrEqual(0);
  }
  await openTable(page);
  await expectAccessible(page, 'all sites on a phone');
});
