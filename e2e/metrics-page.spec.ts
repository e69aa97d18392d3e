// What a site did over time: counted requests reach the open page, deployments are marked, and strangers are told nothing.

import { expectNoReload, launchByClick, test } from './setup/browser.ts';
import { APP_URL, api, expect, get, launch, remove, type Site } from './setup/fixtures.ts';

interface History {
  range: string;
  lines: Record<string, { at: number[]; values: (number | null)[] }>;
  deployments: { number: number; isFailed: boolean; commit: string | null }[];
}

async function metrics(site: Site, query = ''): Promise<History> {
  const response = await api(site, `/metrics${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as History;
}

test('requests, their time and server errors are told by the API, with the deployments of that time', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  await workspace.use(clone, 'echo');
  const pushed = await workspace.push(clone);
  expect(pushed, pushed.stderr).toMatchObject({ code: 0 });
  for (let visit = 0; visit < 20; visit += 1) await get(site.address);
  await expect
    .poll(async () => Math.max(0, ...((await metrics(site)).lines.requests?.values ?? []).map(Number)), {
      timeout: 40_000,
    })
    .toBeGreaterThan(0);
  const history = await metrics(site);
  expect(history.deployments.map(({ number, isFailed }) => ({ number, isFailed }))).toEqual([
    { number: 2, isFailed: false },
    { number: 1, isFailed: false },
  ]);
  expect(history.deployments[0]?.commit).toMatch(/^[0-9a-f]{40}$/);
  expect(Object.keys(history.lines).sort()).toEqual(
    ['cpu', 'disk', 'errors', 'inodes', 'memory', 'network', 'p50', 'p95', 'pids', 'requests'].sort(),
  );
  const [p50, p95] = ['p50', 'p95'].map((name) => Math.max(...(history.lines[name]?.values ?? []).map(Number)));
  expect(p50).toBeGreaterThan(0);
  expect(p95).toBeGreaterThanOrEqual(p50 ?? 0);
  expect((await metrics(site, '?range=7d')).range).toBe('7d');
});

test('an unknown range is refused with those that there are', async ({ site }) => {
  const response = await api(site, '/metrics?range=%27%3Bdrop');
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: 'bad-request', hint: /1h, 24h, 7d/ } });
});

test('to a foreign token and to nobody there are no metrics', async ({ site }) => {
  const stranger = await launch();
  try {
    const headers = [{ authorization: `Bearer ${stranger.token}` }, {}];
    for (const header of headers) {
      const response = await fetch(`${APP_URL}/api/sites/${site.name}/metrics`, { headers: header as HeadersInit });
      expect(response.status).toBe(404);
    }
  } finally {
    await remove(stranger);
  }
});

test('the page teaches while nobody visits, draws what comes in without a reload, and has it as a table', async ({
  page,
}) => {
  test.setTimeout(120_000);
  const site = await launchByClick(page);
  await page.getByRole('link', { name: 'Metrics' }).click();
  await expect(page.getByRole('heading', { name: 'Metrics', level: 1 })).toBeVisible();
  // A chart is drawn when one comes to it.
  await page.getByTestId('chart-memory').scrollIntoViewIfNeeded();
  await expect(page.getByTestId('chart-memory').locator('canvas')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByTestId('release-1')).toContainText('No. 1 went live');
  await expectNoReload(page, async () => {
    for (let visit = 0; visit < 30; visit += 1) await get(site.address);
    await expect(page.getByTestId('metrics-empty')).toBeHidden({ timeout: 60_000 });
    await expect(page.getByTestId('chart-requests').getByRole('img')).toHaveAttribute(
      'aria-label',
      /Requests a minute, last hour: from .* at most [1-9]/,
    );
    await expect(page.getByTestId('chart-p95').getByRole('img')).toHaveAttribute('aria-label', /p95 from .*; p50 from/);
  });
  await page.getByTestId('release-1').focus();
  await page.getByText('The same as a table').click();
  await expect(page.getByRole('table')).toContainText('Server errors a minute');
  await page.getByText('7 d', { exact: true }).click();
  await expect(page.getByRole('radio', { name: '7 days' })).toBeChecked();
});
