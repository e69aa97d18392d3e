// What is changed about a site rarely: its name, its secrets, its owner, and its end, which can be taken back for a while.

import http from 'node:http';
import { launchByClick, shownSite, sitesOf, test } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { APP_URL, api, expect, get, launch, remove, type Site, ssh, status } from './setup/fixtures.ts';
import { must, run } from './setup/programs.ts';

const post = (site: Site, place: string, body: object, headers: HeadersInit = {}) =>
  api(site, place, { method: 'POST', body: JSON.stringify(body), headers });

/** Of the visitor's request, unfollowed. */
function visit(url: string): Promise<{ status: number; location: string | undefined }> {
  const { host, port, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: pathname + search, headers: { host }, agent: false as const };
    const asked = http.get(options, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode ?? 0, location: answer.headers.location });
    });
    asked.on('error', reject);
  });
}

/** Makes the owner of the site a member, with an address. */
async function promote(site: Site): Promise<string> {
  const email = `owner-${site.name}@example.org`;
  await query(
    `update "User" set role = 'member', email = $2 where id = (select "ownerId" from "Site" where name = $1)`,
    [site.name, email],
  );
  return email;
}

test('after a rename the new address serves, the old one leads there, and git and the API know both', async ({
  site,
  workspace,
}) => {
  const clone = await workspace.clone(site);
  const name = `re-${site.name}`.slice(0, 30);
  const renamed = await post(site, '/rename', { name });
  expect(renamed.status).toBe(200);
  const { address } = (await renamed.json()) as { address: string };
  await expect.poll(() => status(address), { timeout: 20_000 }).toBe(200);
  expect(await visit(`${site.address}/some/path?a=b&c`)).toEqual({
    status: 308,
    location: `${address}/some/path?a=b&c`,
  });

  await workspace.commit(clone, { 'note.txt': 'pushed to the old remote' });
  const pushed = await workspace.push(clone);
  expect(pushed, pushed.stderr).toMatchObject({ code: 0 });
  const remote = site.git.httpWithToken.replaceAll(site.name, name);
  expect((await run('git', ['ls-remote', remote])).code).toBe(0);
  const overSsh = [
    '-p',
    site.ssh.password,
    ...'ssh -F /dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR'.split(' '),
  ];
  const target = [...'-o UserKnownHostsFile=/dev/null -p'.split(' '), site.git.ssh.match(/:(\d+)\//)?.[1] ?? ''];
  const told = await run('sshpass', [...overSsh, ...target, `${site.name}@localhost`, 'status']);
  expect(told.stdout).toContain(address);

  expect(await (await api(site, '')).json()).toMatchObject({ name, state: 'live' });
  const taken = await fetch(`${APP_URL}/api/sites`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: site.name }),
  });
  expect(taken.status).toBe(409);

  // Back again: the first name serves, the second one leads to it.
  expect((await post({ ...site, name }, '/rename', { name: site.name })).status).toBe(200);
  await expect.poll(() => status(site.address), { timeout: 20_000 }).toBe(200);
  expect(await visit(address)).toEqual({ status: 308, location: `${site.address}/` });
});

test('a sleeping site is renamed, and its new address wakes it', async ({ site }) => {
  expect((await post(site, '/sleep', { rest: 'stopped' })).status).toBe(202);
  const rest = async () => ((await (await api(site, '')).json()) as { site: { rest: string } }).site.rest;
  await expect.poll(rest, { timeout: 20_000 }).toBe('stopped');
  const name = `zz-${site.name}`.slice(0, 30);
  const answer = (await (await post(site, '/rename', { name })).json()) as { address: string };
  await expect.poll(() => status(answer.address), { timeout: 30_000 }).toBe(200);
});

test('a bad or taken name is refused with a sentence, and nothing changes', async ({ site, neighbour }) => {
  for (const name of ['admin', 'a', '<b>', 'x'.repeat(99), '../x', '']) {
    expect((await post(site, '/rename', { name })).status, name).toBe(400);
  }
  const taken = await post(site, '/rename', { name: neighbour.name });
  expect(taken.status).toBe(409);
  expect(await taken.json()).toMatchObject({ error: { code: 'name-taken' } });
  expect(await (await api(site, '')).json()).toMatchObject({ name: site.name });
});

test('a new password ends what the old one opened, a new token refuses the old, each by itself', async ({ site }) => {
  const session = ssh(site, 'sleep 120');
  await expect.poll(async () => (await ssh(site, 'pgrep -cx sleep')).stdout.trim()).not.toBe('0');
  const first = (await (await post(site, '/credentials', { password: true })).json()) as {
    password: string;
    token: string;
  };
  expect(first.password).not.toBe(site.ssh.password);
  expect(first.token).toBe(site.token);
  const ended = await session;
  expect(ended.code).not.toBe(0);
  expect((await ssh(site, 'true')).code).toBe(5); // sshpass: wrong password
  expect((await ssh({ ...site, ssh: { ...site.ssh, password: first.password } }, 'echo in')).stdout).toBe('in\n');

  const second = (await (await post(site, '/credentials', { token: true })).json()) as { token: string };
  expect(second.token).not.toBe(site.token);
  expect((await api(site, '')).status).toBe(404);
  expect((await run('git', ['ls-remote', site.git.httpWithToken])).code).toBe(128);
  const remote = site.git.httpWithToken.replace(site.token, second.token);
  await must('git', ['ls-remote', remote]);
  await remove({ ...site, token: second.token });
});

test('a member’s deleted site is absent to everybody, and comes back as it was with one click', async ({ page }) => {
  test.setTimeout(150_000);
  const site = await launchByClick(page);
  await promote(site);
  expect((await ssh(site, 'echo precious > /root/kept')).code).toBe(0);
  await page.goto(`/sites/${site.name}/settings`);
  await page.getByRole('button', { name: 'Delete this site…' }).click();
  await page.getByLabel('Type the site’s name to confirm').fill(site.name);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.waitForURL(`${APP_URL}/`);

  await expect.poll(async () => (await get(site.address)).status, { timeout: 30_000 }).toBe(404);
  expect((await api(site, '')).status).toBe(404);
  expect((await run('git', ['ls-remote', site.git.httpWithToken])).code).toBe(128);
  await expect.poll(async () => (await ssh(site, 'true')).code, { timeout: 20_000 }).toBe(255);
  expect(await sitesOf(page.context())).toEqual([]);
  const taken = await fetch(`${APP_URL}/api/sites`, { method: 'POST', body: JSON.stringify({ name: site.name }) });
  expect(taken.status).toBe(409);

  await page.goto('/');
  const row = page.getByTestId(`deleted-${site.name}`);
  await expect(row).toContainText(/was deleted, and is gone in \d+ (h|days)/);
  await row.getByRole('button', { name: 'Undo' }).click();
  await page.waitForURL(new RegExp(`/sites/${site.name}$`));
  await expect(page.getByTestId('site-state')).toHaveText('Live', { timeout: 60_000 });
  await expect.poll(() => status(site.address), { timeout: 30_000 }).toBe(200);
  expect((await ssh(site, 'cat /root/kept')).stdout).toBe('precious\n');

  // A second time without waiting, and for good.
  expect((await api(site, '', { method: 'DELETE' })).status).toBe(202);
  await page.goto('/');
  await row.getByRole('button', { name: 'Do not wait…' }).click();
  await row.getByRole('button', { name: 'Delete it for ever now' }).click();
  await expect(row).toHaveCount(0);
  const rows = () => query('select 1 from "Site" where name = $1', [site.name]);
  await expect.poll(async () => (await rows()).length, { timeout: 60_000 }).toBe(0);
});

test('when the time for an undo is over, everything goes', async ({ browser }) => {
  const context = await browser.newContext({ baseURL: APP_URL });
  try {
    const site = await launchByClick(await context.newPage());
    await promote(site);
    expect(await (await api(site, '', { method: 'DELETE' })).json()).toMatchObject({
      undoUntil: expect.stringMatching(/^\d{4}-/),
    });
    await query(`update "Site" set "undoUntil" = now() where name = $1`, [site.name]);
    expect((await api(site, '/undelete', { method: 'POST' })).status).toBe(404);
    const rows = () => query('select 1 from "Site" where name = $1', [site.name]);
    await expect.poll(async () => (await rows()).length, { timeout: 60_000 }).toBe(0);
  } finally {
    await context.close();
  }
});

test('a site is given to a member; its giver stays, and neither token nor co-owner can give it away', async ({
  page,
  browser,
}) => {
  test.setTimeout(150_000);
  const site = await launchByClick(page);
  const mine = await promote(site);
  const context = await browser.newContext({ baseURL: APP_URL });
  try {
    const theirs = await context.newPage();
    const other = await launchByClick(theirs);
    const email = await promote(other);
    expect((await post(site, '/transfer', { email })).status).toBe(403);
    const give = (to: string) => page.request.post(`/api/sites/${site.name}/transfer`, { data: { email: to } });
    expect((await give(email)).status()).toBe(400);
    await query(
      `insert into "Member" ("siteId", "userId", role)
       select s.id, o."ownerId", 'owner' from "Site" s, "Site" o where s.name = $1 and o.name = $2`,
      [site.name, other.name],
    );
    const coOwner = await context.request.post(`/api/sites/${site.name}/transfer`, { data: { email: mine } });
    expect(coOwner.status()).toBe(403);

    await page.goto(`/sites/${site.name}/settings`);
    await page.getByLabel('Their e-mail address').fill(email);
    await page.getByRole('button', { name: 'Give it to them' }).click();
    await expect(page.getByRole('heading', { name: 'Give it away' })).toHaveCount(0);
    expect((await sitesOf(context)).map(({ name }) => name).sort()).toEqual([site.name, other.name].sort());
    expect(
      (await sitesOf(page.context())).map(({ name }) => name),
      'the giver shares it',
    ).toEqual([site.name]);
    expect((await give(mine)).status(), 'and cannot take it back').toBe(403);
    expect((await page.request.get(`/api/sites/${site.name}`)).status()).toBe(200);
    for (const each of await sitesOf(context)) await remove(each);
  } finally {
    await context.close();
  }
});

test('a viewer sees the plan alone, and may change nothing; a developer may restart', async ({ site, browser }) => {
  const context = await browser.newContext({ baseURL: APP_URL });
  try {
    const page = await context.newPage();
    const own = await launchByClick(page);
    await query(
      `insert into "Member" ("siteId", "userId", role)
       select s.id, o."ownerId", 'viewer' from "Site" s, "Site" o where s.name = $1 and o.name = $2`,
      [site.name, own.name],
    );
    const asked: [string, object][] = [
      ['rename', { name: 'not-mine-to-name' }],
      ['credentials', { password: true }],
      ['transfer', { email: 'a@example.org' }],
      ['restart', {}],
    ];
    for (const [place, data] of asked) {
      expect((await context.request.post(`/api/sites/${site.name}/${place}`, { data })).status(), place).toBe(403);
    }
    expect((await context.request.delete(`/api/sites/${site.name}`)).status()).toBe(403);
    expect((await context.request.delete(`/api/sites/${site.name}?now=1`)).status()).toBe(403);
    await page.goto(`/sites/${site.name}/settings`);
    await expect(page.getByRole('heading', { name: 'Plan' })).toBeVisible();
    await expect(page.getByRole('heading', { level: 2 })).toHaveCount(1);

    await query(`update "Member" set role = 'developer' where "siteId" = (select id from "Site" where name = $1)`, [
      site.name,
    ]);
    await page.reload();
    await expect(page.getByTestId('restart')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Name', exact: true })).toHaveCount(0);
    await remove(own);
  } finally {
    await context.close();
  }
});

test('the page renames and goes along, and shows a new password once it was asked for twice', async ({ page }) => {
  const site = await launchByClick(page);
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByLabel('New name').fill('admin');
  await page.getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByTestId('rename-problem')).toContainText('reserved');
  const name = `my-${site.name}`.slice(0, 30);
  await page.getByLabel('New name').fill(name);
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.waitForURL(new RegExp(`/sites/${name}/settings$`), { timeout: 20_000 });

  await page.getByRole('button', { name: 'New password…' }).click();
  await page.getByRole('button', { name: 'Make a new password' }).click();
  await expect(page.getByTestId('new-password')).toBeVisible();
  const password = await page.getByTestId('new-password').textContent();
  expect(password).not.toBe(site.ssh.password);
  await page.getByRole('link', { name: 'Overview' }).click();
  expect(await shownSite(page)).toMatchObject({ name, ssh: { password } });
  await page.goto(`/sites/${site.name}`);
  await page.waitForURL(new RegExp(`/sites/${name}$`));
});

test('to a foreign token and to nobody the settings are absent', async ({ site }) => {
  const stranger = await launch();
  try {
    for (const headers of [{ authorization: `Bearer ${stranger.token}` }, {}] as HeadersInit[]) {
      for (const [place, body] of Object.entries({
        ...{ rename: { name: 'stolen-name' }, credentials: { token: true } },
        ...{ transfer: { email: 'a@example.org' }, undelete: {} },
      })) {
        const asked = await fetch(`${APP_URL}/api/sites/${site.name}/${place}`, {
          ...{ method: 'POST', headers, body: JSON.stringify(body) },
        });
        expect(asked.status, place).toBe(404);
      }
    }
  } finally {
    await remove(stranger);
  }
});
