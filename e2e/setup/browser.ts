// A visitor's browser: a fresh guest in each test, whose sites go with it. Whatever our own pages write to the console as
// an error, or fail on, fails the test.

import { type BrowserContext, expect, type Page } from '@playwright/test';
import { APP_URL, test as base, remove, type Site } from './fixtures.ts';

/**
 * What the browser itself says of an answer that a test provoked (a refusal is told on the page), and of the containers'
 * network devices, which come and go on the machine it runs on.
 */
const NOT_OURS = /^Failed to load resource: (the server responded with a status of 4\d\d|net::ERR_NETWORK_CHANGED)/;

export const test = base.extend<{ context: BrowserContext }>({
  context: async ({ context }, use) => {
    const faults: string[] = [];
    context.on('console', (message) => {
      const isOurs = message.location().url.startsWith(APP_URL) || message.page()?.url().startsWith(APP_URL);
      if (message.type() !== 'error' || !isOurs || NOT_OURS.test(message.text())) return;
      faults.push(`${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => faults.push(String(error.error().stack)));
    await use(context);
    for (const site of await sitesOf(context)) await remove(site);
    expect(faults, 'the pages write no errors to the console').toEqual([]);
  },
});

/** The sites of this browser's session, as the API tells them. */
export async function sitesOf(context: BrowserContext): Promise<Site[]> {
  const response = await context.request.get(`${APP_URL}/api/sites`);
  return ((await response.json()) as { sites: Site[] }).sites;
}

/** Presses the big button and waits until the page says that the site is live, also when none was ready. */
export async function launchByClick(page: Page): Promise<Site> {
  await page.goto('/');
  await page.getByTestId('launch').click();
  const site = await shownSite(page);
  await expect(page.getByTestId('site-state')).toHaveText('Live', { timeout: 60_000 });
  return site;
}

/** The site whose page is open. */
export async function shownSite(page: Page): Promise<Site> {
  await page.waitForURL(/\/sites\/[a-z0-9-]+$/);
  const name = new URL(page.url()).pathname.split('/').at(-1);
  const response = await page.context().request.get(`${APP_URL}/api/sites/${name}`);
  expect(response.status()).toBe(200);
  return (await response.json()) as Site;
}

/** Leaves a mark on the page that a reload would wipe out. */
export async function expectNoReload(page: Page, work: () => Promise<void>): Promise<void> {
  await page.evaluate(() => Object.assign(window, { isSamePage: true }));
  await work();
  expect(await page.evaluate(() => 'isSamePage' in window), 'the page was not loaded again').toBe(true);
}
