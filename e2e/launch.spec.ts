// The click: from the big button to a site that answers, on one page, without an account.

import { expectNoReload, launchByClick, shownSite, sitesOf, test } from './setup/browser.ts';
import { api, expect, remove, requestLaunch, type Site, status } from './setup/fixtures.ts';
import { TEST_INSTANCE } from './setup/test-instance.ts';

const READY = Number(TEST_INSTANCE.LIGHTKEEPER_READY_SITES);
const STEPS = [
  'Disk with its limit',
  'Git repository with a starter app',
  'Container with its limits',
  'First release',
];

test('one click gives one page with everything, and the address answers', async ({ page, context }) => {
  await page.goto('/');
  const start = performance.now();
  await page.getByTestId('launch').click();
  await expect(page.getByTestId('site-address')).toBeVisible();
  const clickMs = performance.now() - start;
  test.info().annotations.push({ type: 'click to page', description: `${Math.round(clickMs)} ms` });
  expect(clickMs).toBeLessThan(10_000);

  const site = await shownSite(page);
  await expect(page.getByTestId('site-state')).toHaveText('Live');
  await expect(page.getByTestId('site-address')).toHaveText(new URL(site.address).host);
  await expect(page.getByTestId('clone-command')).toHaveText(`git clone ${site.git.httpWithToken}`);
  await expect(page.getByTestId('ssh-command')).toHaveText(site.ssh.command);
  for (const meter of ['meter-disk', 'meter-memory', 'meter-processes']) {
    await expect(page.getByTestId(meter)).toContainText(/\d.* of \d/);
    await expect(page.getByTestId(meter)).toHaveAttribute('data-level', 'good');
  }
  await expect(page.getByTestId('deployment-summary')).toContainText(/Live.*no\. 1/);
  await expect(page.getByTestId('deployment-log')).toContainText('Live');
  await expect(page.getByTestId('site-expiry')).toContainText(/in 2[34] h/);

  const opened = context.waitForEvent('page');
  await page.getByTestId('site-address').click();
  const tab = await opened;
  await expect(tab.getByRole('heading', { name: 'Hello from Lightkeeper' })).toBeVisible();
  expect(await status(site.address)).toBe(200);
});

test('the same browser finds its site again, and a click on a page that it had open brings it back', async ({
  page,
  context,
}) => {
  const old = await context.newPage();
  await old.goto('/');
  const site = await launchByClick(page);
  await old.getByTestId('launch').click();
  expect((await shownSite(old)).name).toBe(site.name);

  await page.goto('/');
  await expect(page.getByTestId('launch')).toHaveCount(0);
  await expect(page.getByRole('main')).toContainText(site.name);
  await page.getByTestId('your-site').click();
  expect((await shownSite(page)).name).toBe(site.name);
  expect(await sitesOf(context)).toHaveLength(1);
});

test('a double click, and a click in a second tab meanwhile, make one site', async ({ page, context }) => {
  const second = await context.newPage();
  await Promise.all([page.goto('/'), second.goto('/')]);
  await Promise.all([page.getByTestId('launch').dblclick(), second.getByTestId('launch').click()]);
  const [here, there] = await Promise.all([shownSite(page), shownSite(second)]);
  expect(here.name).toBe(there.name);
  expect(await sitesOf(context)).toHaveLength(1);
});

test('with no site ready the page shows the steps of the launch as they happen, then the live site', async ({
  page,
}) => {
  await page.addInitScript(collectShown, '[data-testid="launch-steps"] li');
  await page.goto('/');
  const drained: Site[] = [];
  try {
    for (let isEmpty = false; !isEmpty && drained.length < 10; ) {
      const site = await requestLaunch();
      drained.push(site);
      isEmpty = site.state === 'launching';
    }
    // Others wait in front of this one, so that its page is open before its launch is over.
    drained.push(...(await Promise.all([requestLaunch(), requestLaunch(), requestLaunch(), requestLaunch()])));
    await page.getByTestId('launch').dispatchEvent('click');
    const site = await shownSite(page);
    await expectNoReload(page, async () => {
      await expect(page.getByTestId('site-state')).toHaveText('Live', { timeout: 60_000 });
    });
    expect(await status(site.address)).toBe(200);
    await expect(page.getByTestId('clone-command')).toBeVisible();

    const shown = await page.evaluate(() => [...(window as unknown as { shown: Set<string> }).shown]);
    const steps = shown.filter((text) => STEPS.some((step) => text.startsWith(step)));
    expect(steps.length, shown.join(' | ')).toBeGreaterThanOrEqual(2);
    expect(
      steps.some((text) => / ?\d+\.\d\d s$/.test(text)),
      shown.join(' | '),
    ).toBe(true);
    const { site: view } = (await (await api(site, '')).json()) as { site: { launchSteps: string[] } };
    expect(view.launchSteps.map((step) => step.replace(/ \(\d+\.\d\d s\)$/, '')).sort()).toEqual([...STEPS].sort());
  } finally {
    for (const site of drained) await remove(site);
  }
});

test('a site can be given a name, and answers under it as soon as its page calls it live', async ({ page }) => {
  const name = uniqueName();
  await page.goto('/');
  await page.getByText('Choose its name').click();
  await page.getByLabel('Name of the site').fill(`  ${name.toUpperCase()} `);
  await page.getByTestId('launch').click();
  const site = await shownSite(page);
  expect(new URL(site.address).hostname).toBe(`${name}.localhost`);
  await expect(page.getByTestId('site-state')).toHaveText('Live', { timeout: 60_000 });
  expect(await status(site.address)).toBe(200);
});

test('an address that a launch answered with as live is never a 404', async () => {
  for (let round = 0; round < READY; round += 1) {
    const site = await requestLaunch({ name: uniqueName() });
    const first = await status(site.address);
    await remove(site);
    if (site.state === 'live') expect(first).toBe(200);
  }
});

test('a bad, a reserved and a taken name are refused with a sentence, and nothing is made', async ({
  page,
  context,
  neighbour,
}) => {
  await page.goto('/');
  await page.getByText('Choose its name').click();
  const refusals: [string, string, string][] = [
    ['no', "cannot be a site's name", '3 to 30'],
    ['-rf', "cannot be a site's name", '3 to 30'],
    ['a;id', "cannot be a site's name", '3 to 30'],
    ['<b>bold</b>', "cannot be a site's name", '3 to 30'],
    ['admin', 'is reserved', 'leave it empty'],
    [neighbour.name, 'is taken', 'Choose another name'],
  ];
  for (const [name, message, hint] of refusals) {
    await page.getByLabel('Name of the site').fill(name);
    await page.getByTestId('launch').click();
    await expect(page.getByTestId('launch-problem')).toContainText(message);
    await expect(page.getByTestId('launch-problem')).toContainText(hint);
  }
  expect(new URL(page.url()).pathname).toBe('/');
  expect(await sitesOf(context)).toEqual([]);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the button launches too, and a refusal is told on the launch page', async ({ page, context, neighbour }) => {
    await page.goto('/');
    await page.getByText('Choose its name').click();
    await page.getByLabel('Name of the site').fill(neighbour.name);
    await page.getByTestId('launch').click();
    await expect(page.getByTestId('launch-problem')).toContainText('taken');
    expect(await sitesOf(context)).toEqual([]);

    await page.goto('/');
    await page.getByTestId('launch').click();
    const site = await shownSite(page);
    await expect(page.getByTestId('site-address')).toHaveText(new URL(site.address).host);
    const reload = () => page.reload().then(() => page.getByTestId('site-state').textContent());
    await expect.poll(reload, { timeout: 60_000 }).toBe('Live');
    await expect(page.getByTestId('ssh-command')).toHaveText(site.ssh.command);
  });
});

/** Runs in the page: keeps every text that the selected elements ever had, however short. */
function collectShown(selector: string): void {
  const shown = new Set<string>();
  Object.assign(window, { shown });
  new MutationObserver(() => {
    for (const element of document.querySelectorAll(selector)) shown.add(element.textContent ?? '');
  }).observe(document, { childList: true, subtree: true, characterData: true });
}

function uniqueName(): string {
  return `named-${Date.now().toString(36)}${Math.floor(Math.random() * 1296).toString(36)}`;
}
