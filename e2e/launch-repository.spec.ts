// A repository elsewhere becomes a site: over the page, over the API, with what can go wrong; and pushes there deploy here.

import { createHmac } from 'node:crypto';
import { test as browser, shownSite } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { APP_URL, api, expect, get, launch, remove, requestLaunch, type Site, test } from './setup/fixtures.ts';
import { commitFiles, type GitHost, HOST_ADDRESS, openGitHost } from './setup/git-host.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

let host: GitHost;
test.beforeAll(async () => {
  host = await openGitHost();
});
test.afterAll(() => host.close());

interface Upstream {
  url: string;
  isWanted: boolean;
  commit: string | null;
  problem: string | null;
  hook: { url: string; secret: string };
}

async function upstreamOf(site: Site): Promise<Upstream> {
  const answer = await api(site, '/upstream');
  return ((await answer.json()) as { upstream: Upstream }).upstream;
}

/** What the site follows, once there is nothing left to fetch. */
async function settled(site: Site): Promise<Upstream> {
  await expect.poll(async () => (await upstreamOf(site)).isWanted, { timeout: 60_000 }).toBe(false);
  return upstreamOf(site);
}

function follow(site: Site, repository: string, branch: string | null = null): Promise<Response> {
  return api(site, '/upstream', { method: 'PUT', headers: JSON_TYPE, body: JSON.stringify({ repository, branch }) });
}

browser(
  'a repository is launched from its page, with the fetch and the deployment told as they happen',
  async ({ page }) => {
    await host.create('hello', { 'index.html': 'Hello from elsewhere' });
    await page.goto(`/new?repo=${encodeURIComponent(host.url('hello'))}`);
    await expect(page.getByTestId('chosen-repository')).toContainText('hello');
    await page.getByText('A button for your README').click();
    await expect(page.getByTestId('badge-line')).toContainText(`(${APP_URL}/launch-badge.svg)](${APP_URL}/new?repo=`);
    await page.getByTestId('launch').click();
    const site = await shownSite(page);
    const log = page.getByTestId('deployment-log');
    await expect(log).toContainText('Fetching', { timeout: 60_000 });
    await expect(log).toContainText('Live:', { timeout: 60_000 });
    expect((await get(site.address)).body).toBe('Hello from elsewhere');
    await page.getByRole('link', { name: 'Files' }).click();
    await expect(page.getByTestId('upstream-state')).toContainText('Fetched', { timeout: 15_000 });
    await expect(page.getByRole('list', { name: 'Files' })).toContainText('index.html');
  },
);

test('the badge may stand on any page, and runs nothing', async () => {
  const badge = await fetch(`${APP_URL}/launch-badge.svg`);
  expect(badge.headers.get('content-type')).toContain('image/svg+xml');
  expect(badge.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  expect(await badge.text()).not.toContain('<script');
});

test('a script launches a repository; a branch can be named; the site is cloned as any', async ({ workspace }) => {
  const clone = await host.create('branches', { 'index.html': 'trunk' });
  await commitFiles(clone, { 'index.html': 'next' }, 'Next');
  const site = await requestLaunch({ repository: host.url('branches'), branch: 'trunk' } as never);
  try {
    expect(await settled(site)).toMatchObject({ problem: null });
    expect((await get(site.address)).body).toBe('next');
    await workspace.clone(site);
    expect((await follow(site, host.url('branches'), 'absent')).status).toBe(202);
    expect((await settled(site)).problem).toContain('no branch absent');
    expect((await get(site.address)).body).toBe('next');
  } finally {
    await remove(site);
  }
});

test('what cannot be fetched is said in a sentence, and the site serves as before', async ({ site }) => {
  host.answer('/private', 401, { 'www-authenticate': 'Basic realm="x"' });
  host.answer('/broken', 500);
  host.answer('/moved', 302, { location: `http://127.0.0.1:${new URL(APP_URL).port}/healthz` });
  await host.create('empty', {});
  await host.create('unknown', { 'notes.txt': 'no stack' });
  await host.create('mistake', { 'main.py': 'def (' });
  const before = (await get(site.address)).body;
  for (const [name, words] of [
    ['absent', /There is no repository at/],
    ['private', /is private, or there is no such/],
    ['broken', /has a fault of its own/],
    ['moved', /at another address/],
    ['empty', /is empty/],
    ['unknown', /./],
    ['mistake', /./],
  ] as const) {
    expect((await follow(site, host.url(name))).status).toBe(202);
    expect((await settled(site)).problem, name).toMatch(words);
    expect((await get(site.address)).body, name).toBe(before);
  }
  expect(host.asked.filter((line) => line.includes('healthz'))).toEqual([]);
});

test('a repository larger than a push may be is refused, and takes no more of the disk than that', async () => {
  const site = await launch();
  const plan = await query<{ max: string; name: string }>(
    `select "pushBytesMax"::text as max, plan.name from "Plan" plan join "Site" site on site."planName" = plan.name where site.name = $1`,
    [site.name],
  );
  try {
    await query('update "Plan" set "pushBytesMax" = 200000 where name = $1', [plan[0]?.name]);
    const noise = Array.from({ length: 120_000 }, () => Math.random().toString(36).slice(2, 8)).join('');
    await host.create('large', { 'index.html': noise });
    await follow(site, host.url('large'));
    expect((await settled(site)).problem).toMatch(/larger than the 195 KB/);
  } finally {
    await query('update "Plan" set "pushBytesMax" = $1::bigint where name = $2', [plan[0]?.max, plan[0]?.name]);
    await remove(site);
  }
});

test('no address leads into this machine, a private network or another protocol', async ({ site }) => {
  const { port } = host;
  for (const url of [
    'file:///etc/passwd',
    'ext::sh -c id',
    'ssh://git@localhost/x',
    'git@localhost:x.git',
    'https://user:secret@example.org/x',
    'https://example.org:22/x',
    '--upload-pack=id',
    '',
  ]) {
    const answer = await follow(site, url);
    expect(answer.status, url).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: expect.stringMatching(/^bad-/) } });
  }
  for (const url of [
    `http://127.0.0.1:${port}/hello`,
    `http://localhost:${port}/hello`,
    `http://127.1:${port}/hello`,
    `http://2130706433:${port}/hello`,
    `http://[::1]:${port}/hello`,
    `http://[::ffff:127.0.0.1]:${port}/hello`,
    'http://169.254.169.254/latest/meta-data',
    'https://10.0.0.1/x',
    'https://192.168.1.1/x',
    'http://0.0.0.0:80/x',
  ]) {
    expect((await follow(site, url)).status, url).toBe(202);
    expect((await settled(site)).problem, url).toMatch(/private address|machine’s own|of no host/);
  }
  expect(host.asked.length).toBeGreaterThan(0);
});

test('what was committed here is not lost to a fetch', async ({ site }) => {
  const clone = await host.create('ours', { 'index.html': 'theirs' });
  await follow(site, host.url('ours'));
  expect((await settled(site)).problem).toBeNull();
  const { main } = (await (await api(site, '/files')).json()) as { main: string };
  const change = { parent: main, message: 'Mine', changes: [{ path: 'index.html', content: 'mine' }] };
  const made = await api(site, '/commits', { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(change) });
  expect(made.status).toBe(201);
  await commitFiles(clone, { 'index.html': 'theirs again' }, 'Again');
  expect((await api(site, '/upstream/fetch', { method: 'POST' })).status).toBe(202);
  expect((await settled(site)).problem).toMatch(/commits of its own/);
  expect((await get(site.address)).body).toBe('mine');
});

test('a signed webhook deploys what is there now; a wrong signature and an unknown site are answered alike', async ({
  site,
}) => {
  const clone = await host.create('hooked', { 'index.html': 'one' });
  await follow(site, host.url('hooked'));
  const { hook } = await settled(site);
  expect(hook.url).toBe(`${APP_URL}/api/hooks/${site.name}/github`);
  const body = JSON.stringify({ ref: 'refs/heads/trunk', repository: { default_branch: 'trunk' } });
  const sign = (text: string, secret = hook.secret) =>
    `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
  const call = (headers: Record<string, string>, url = hook.url, text = body) =>
    fetch(url, { method: 'POST', headers: { ...JSON_TYPE, 'x-github-event': 'push', ...headers }, body: text });

  await commitFiles(clone, { 'index.html': 'two' }, 'Two');
  const unknown = await call({ 'x-hub-signature-256': sign(body) }, `${APP_URL}/api/hooks/calm-nowhere-404/github`);
  const refusals = [
    unknown,
    await call({}),
    await call({ 'x-hub-signature-256': sign(body, 'guessed') }),
    await call({ 'x-hub-signature-256': sign(`${body} `) }),
  ];
  const texts = await Promise.all(refusals.map((answer) => answer.text()));
  expect(refusals.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  expect(new Set(texts).size).toBe(1);
  expect((await get(site.address)).body).toBe('one');

  const signed = { 'x-hub-signature-256': sign(body) };
  expect((await call({ ...signed, 'x-github-event': 'ping' })).status).toBe(200);
  const other = JSON.stringify({ ref: 'refs/heads/other', repository: { default_branch: 'trunk' } });
  expect((await call({ 'x-hub-signature-256': sign(other) }, hook.url, other)).status).toBe(200);
  expect((await upstreamOf(site)).isWanted).toBe(false);
  expect((await call(signed)).status).toBe(202);
  await expect.poll(async () => (await get(site.address)).body, { timeout: 30_000 }).toBe('two');
  await settled(site);

  const deployments = () =>
    query('select 1 from "Deployment" d join "Site" s on s.id = d."siteId" where s.name = $1', [site.name]);
  const count = (await deployments()).length;
  expect((await call(signed)).status).toBe(202);
  await settled(site);
  expect((await deployments()).length).toBe(count);
});

test('strangers find nothing of what a site follows', async ({ site, neighbour }) => {
  await follow(site, host.url('absent'));
  for (const [place, method] of [
    ['/upstream', 'GET'],
    ['/upstream', 'PUT'],
    ['/upstream', 'DELETE'],
    ['/upstream/fetch', 'POST'],
  ] as const) {
    for (const authorization of [`Bearer ${neighbour.token}`, '']) {
      const body = method === 'PUT' ? JSON.stringify({ repository: `http://${HOST_ADDRESS}/x` }) : null;
      const answer = await fetch(`${APP_URL}/api/sites/${site.name}${place}`, {
        method,
        headers: { ...JSON_TYPE, authorization },
        body,
      });
      expect(answer.status, `${method} ${place}`).toBe(404);
    }
  }
});

browser('a developer may fetch, and reads no secret', async ({ page, request }) => {
  await page.goto('/');
  const own = (await (await page.request.post(`${APP_URL}/api/sites`, { data: {} })).json()) as Site;
  const other = (await (await request.post(`${APP_URL}/api/sites`, { data: {} })).json()) as Site;
  await query(
    `insert into "Member" ("siteId", "userId", role)
     select site.id, (select "ownerId" from "Site" where name = $2), 'developer' from "Site" site where site.name = $1`,
    [other.name, own.name],
  );
  await follow(other, host.url('absent'));
  const place = `${APP_URL}/api/sites/${other.name}/upstream`;
  expect((await page.request.get(place)).status()).toBe(403);
  expect((await page.request.put(place, { data: { repository: host.url('x') } })).status()).toBe(403);
  expect((await page.request.delete(place)).status()).toBe(403);
  expect((await page.request.post(`${place}/fetch`)).status()).toBe(202);
  await remove(other);
});
