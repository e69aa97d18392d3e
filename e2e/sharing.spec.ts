// A site shared: the invitation from the mail to the member, and what each role finds on pages, in the API, with git and
// with OpenSSH; and that all of it ends when the role does.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { type MailReceiver, openMailReceiver } from '#lib/alerts/testing/receivers.ts';
import { type Account, giveToken, makeAccount, own, removeAccounts, share, signIn } from './setup/accounts.ts';
import { signInAsAdmin } from './setup/admin.ts';
import { askAs } from './setup/admin-api.ts';
import { expectAccessible } from './setup/axe.ts';
import { test } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { APP_URL, expect, launch, type Site, ssh } from './setup/fixtures.ts';
import { git } from './setup/git.ts';
import { SETTINGS } from './setup/host-state.ts';
import { run } from './setup/programs.ts';
import { holdSession, makeKey, withKey } from './setup/ssh.ts';

let site: Site;
let owner: Account;
let mail: MailReceiver;
const others: Account[] = [];

test.beforeAll(async () => {
  site = await launch();
  owner = await makeAccount('olga');
  await own(site, owner);
  mail = await openMailReceiver(Number(new URL(SETTINGS.smtpUrl).port));
});

/** What a test's browser owns at its end is removed: here it has signed out. */
test.afterEach(({ context }) => context.clearCookies());

test.afterAll(async () => {
  await mail.close();
  const [row] = await query<{ id: string }>('select id from "Site" where name = $1', [site.name]);
  if (row) await askAs({ cookie: owner.cookie }, 'DELETE', `/api/sites/${site.name}`);
  await removeAccounts(owner, ...others);
});

async function account(name: string, role: 'guest' | 'member' | 'admin' = 'member'): Promise<Account> {
  const made = await makeAccount(name, role);
  others.push(made);
  return made;
}

const as = ({ cookie }: Account) => ({ cookie });
const members = '/members';
const ask = (who: Account, method: string, place: string, body?: unknown) =>
  askAs(as(who), method, `/api/sites/${site.name}${place}`, body);

const sharing = (page: Page) => page.goto(`/sites/${site.name}/sharing`);

test('somebody is invited by mail, signs in, accepts and has the role; then it is changed and taken away', async ({
  page,
  context,
  browser,
}) => {
  const dan = await account('dan');
  await signIn(context, owner);
  await page.goto(`/sites/${site.name}`);
  await page.getByRole('link', { name: 'Sharing' }).click();
  await page.getByLabel('E-mail address').fill(dan.email);
  await page.getByRole('radio', { name: /^Viewer/ }).check();
  await page.getByRole('button', { name: 'Invite' }).click();
  await expect(page.getByTestId('invitation')).toContainText(dan.email);
  await expectAccessible(page, 'sharing');
  const link = await linkFor(dan.email);

  const other = await browser.newContext();
  const his = await other.newPage();
  await his.goto(link);
  await expect(his.getByTestId('invitation-offer')).toContainText(`${owner.email} shares it with you, as a viewer`);
  await expect(his.getByRole('button', { name: 'Accept' })).toHaveCount(0);
  await expect(his.getByRole('main').getByRole('link', { name: 'Sign in' })).toHaveAttribute(
    'href',
    /next=%2Finvitations%2F/,
  );
  await expectAccessible(his, 'an invitation');
  await signIn(other, dan);
  await his.goto(link);
  await his.getByRole('button', { name: 'Accept' }).click();
  await his.waitForURL(`**/sites/${site.name}`);
  await his.goto(`/sites/${site.name}/settings`);
  await expect(his.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(his.getByTestId('restart')).toHaveCount(0);
  await his.goto('/');
  await expect(his.getByTestId('your-site').filter({ hasText: site.name })).toContainText('Shared with you, as viewer');
  await his.goto(link);
  await expect(his.getByRole('heading', { name: 'This invitation is over.' })).toBeVisible();

  await page.reload();
  const row = page.getByTestId('member').filter({ hasText: dan.email });
  await row.getByRole('combobox').selectOption('developer');
  await expect.poll(async () => (await ask(dan, 'GET', '')).body.site.access).toBe('develop');
  await his.goto(`/sites/${site.name}/settings`);
  await expect(his.getByTestId('restart')).toBeVisible();
  await his.goto(`/sites/${site.name}`);

  await row.getByRole('button', { name: `Remove ${dan.email}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(row).toHaveCount(0);
  await expect(his.getByTestId('notice-gone')).toBeVisible({ timeout: 10_000 });
  expect((await ask(dan, 'GET', '')).status).toBe(404);
  await other.close();
});

test('what each role finds: pages, API, git over HTTP and SSH, and the site’s own port', async ({ browser }) => {
  test.setTimeout(300_000);
  const roles = {
    visitor: null,
    guest: await account('guest', 'guest'),
    stranger: await account('sam'),
    viewer: await account('vera'),
    developer: await account('dan'),
    'co-owner': await account('oscar'),
    admin: await account('ada', 'admin'),
  };
  await share(site, roles.viewer, 'viewer');
  await share(site, roles.developer, 'developer');
  await share(site, roles['co-owner'], 'owner');
  const dir = test.info().outputPath();
  await run('mkdir', ['-p', dir]);
  const found: Record<string, string> = {};
  for (const [role, who] of Object.entries(roles)) found[role] = await explore(role, who, dir, browser);
  const nothing = 'pages 404,404 · API 404,404,404 · git http -,- ssh -,- · root -';
  expect(found).toEqual({
    visitor: nothing,
    guest: nothing,
    stranger: nothing,
    viewer: 'pages 200,404 · API 200,403,403 · git http clone,- ssh clone,- · root -',
    developer: 'pages 200,404 · API 200,202,403 · git http clone,push ssh clone,push · root root',
    'co-owner': 'pages 200,200 · API 200,202,200 · git http clone,push ssh clone,push · root root',
    // An operator has the site's pages and API, and enters nobody's site with keys and tokens of his own.
    admin: 'pages 200,200 · API 200,202,200 · git http -,- ssh -,- · root -',
  });
});

test('an owner who is removed is out at once: sessions, password, token, keys, stream', async ({ workspace }) => {
  const oscar = await account('oscar');
  await share(site, oscar, 'owner');
  const seen = (await ask(oscar, 'GET', '')).body as Site;
  expect(seen.ssh.password).toBeTruthy();
  const key = await makeKey(workspace.dir, 'ed25519');
  const added = await ask(oscar, 'POST', '/keys', { key: await readFile(`${key}.pub`, 'utf8') });
  expect(added.status).toBe(201);
  const session = holdSession(site, key, ['echo here; sleep 100']);
  await session.says(/here/);
  const stream = await openStream(as(oscar));
  await stream.says(/event: site/);
  const token = await giveToken(oscar, 'full');
  const byToken = await openStream({ authorization: `Bearer ${token}` });
  await byToken.says(/event: site/);

  expect((await ask(owner, 'DELETE', members, { userId: oscar.id })).status).toBe(200);
  await stream.says(/event: gone/);
  await byToken.says(/event: gone/);
  expect(await session.ended).toBe(255);
  expect((await ssh(seen, 'true', { flags: ['-o', 'NumberOfPasswordPrompts=1'] })).code).not.toBe(0);
  const withToken = await askAs({ authorization: `Bearer ${seen.token}` }, 'GET', `/api/sites/${site.name}`);
  expect(withToken.status).toBe(404);
  expect((await git(workspace.dir, ['ls-remote', seen.git.httpWithToken])).code).not.toBe(0);
  expect((await run('ssh', [...withKey(key), '-p', String(site.ssh.port), 'root@localhost', 'true'])).code).toBe(255);

  Object.assign(site, (await ask(owner, 'GET', '')).body);
  expect(site.ssh.password).not.toBe(seen.ssh.password);
  expect((await ssh(site, 'echo well')).stdout).toBe('well\n');
  expect((await git(workspace.dir, ['ls-remote', site.git.httpWithToken])).code).toBe(0);
});

test('a developer who becomes a viewer, and one who leaves, are out of their sessions', async ({ workspace }) => {
  const dan = await account('dan');
  const file = await makeKey(workspace.dir, 'ed25519');
  await askAs(as(dan), 'POST', '/api/keys', { key: await readFile(`${file}.pub`, 'utf8') });
  for (const end of [
    () => ask(owner, 'PATCH', members, { userId: dan.id, role: 'viewer' }),
    () => askAs(as(dan), 'DELETE', '/api/memberships', { site: site.name }),
  ]) {
    await share(site, dan, 'developer');
    const session = holdSession(site, file, ['echo here; sleep 100']);
    await session.says(/here/);
    expect((await end()).status).toBe(200);
    expect(await session.ended).toBe(255);
  }
  expect((await ask(dan, 'GET', '')).status).toBe(404);
  expect((await askAs(as(dan), 'DELETE', '/api/memberships', { site: site.name })).status).toBe(404);
});

test('the owner stays, and what is not right is refused in words', async () => {
  const oscar = await account('oscar');
  await share(site, oscar, 'owner');
  for (const [method, place, body, status] of [
    ['DELETE', members, { userId: owner.id }, 403],
    ['PATCH', members, { userId: owner.id, role: 'viewer' }, 403],
    ['PATCH', members, { userId: others[0]?.id, role: 'viewer' }, 404],
    ['PATCH', members, { userId: oscar.id, role: 'root' }, 400],
    ['POST', members, { email: 'nobody', role: 'viewer' }, 400],
    ['POST', members, { email: 'a@example.org\r\nBcc: b@example.org', role: 'viewer' }, 400],
    ['POST', members, { email: oscar.email, role: 'viewer' }, 400],
    ['POST', members, { email: 'x@example.org', role: 'admin' }, 400],
    ['DELETE', '/invitations', { id: 'none' }, 400],
  ] as const) {
    expect({ method, body, status: (await ask(oscar, method, place, body)).status }).toEqual({ method, body, status });
  }
  const bySiteToken = { authorization: `Bearer ${(await ask(owner, 'GET', '')).body.token}` };
  const wish = { email: 'x@example.org', role: 'viewer' };
  const told = await askAs(bySiteToken, 'POST', `/api/sites/${site.name}${members}`, wish);
  expect([told.status, told.body.error.code]).toEqual([403, 'not-allowed']);
  for (const place of ['x', '../../etc', `${'a'.repeat(43)}`]) {
    const page = await askAs({}, 'GET', `/invitations/${encodeURIComponent(place)}`);
    expect(page.text).toContain('This invitation is over.');
  }
  await ask(owner, 'DELETE', members, { userId: oscar.id });
});

test('an invitation is withdrawn: its link opens nothing, and a guest cannot take one', async ({ page, context }) => {
  const eve = await account('eve');
  const guest = await account('guest', 'guest');
  expect((await ask(owner, 'POST', members, { email: eve.email, role: 'owner' })).body.link).toBeNull();
  const token = (await linkFor(eve.email)).split('/').at(-1) ?? '';
  expect((await askAs(as(guest), 'POST', '/api/invitations', { token })).status).toBe(401);
  await signIn(context, owner);
  await sharing(page);
  await page.getByRole('button', { name: `Withdraw the invitation of ${eve.email}` }).click();
  await expect(page.getByTestId('invitation').filter({ hasText: eve.email })).toHaveCount(0);
  expect((await askAs(as(eve), 'POST', '/api/invitations', { token })).status).toBe(404);
  const [entry] = await query<{ actions: string }>(
    `select string_agg(distinct action, ',' order by action) as actions from "AuditEntry" where "actorId" = $1::uuid`,
    [owner.id],
  );
  expect(entry?.actions).toContain('site.invite,site.invite-withdraw,site.member-change,site.member-remove');
});

/** What one finds, in words: pages (overview, sharing), API (look, restart, members), git (clone, push) and a shell. */
async function explore(
  role: string,
  who: Account | null,
  dir: string,
  browser: { newContext(): Promise<BrowserContext> },
): Promise<string> {
  const headers: Record<string, string> = who ? as(who) : {};
  const status = async (method: string, place: string) =>
    (await askAs(headers, method, `/api/sites/${site.name}${place}`, method === 'GET' ? undefined : {})).status;
  const context = await browser.newContext();
  const page = await context.newPage();
  if (role === 'admin') await signInAsAdmin(page);
  else if (who) await signIn(context, who);
  const open = async (place: string) => (await page.goto(`${APP_URL}/sites/${site.name}${place}`))?.status();
  const pages = [await open(''), await open('/sharing')];
  if (pages[0] === 200 && role !== 'co-owner' && role !== 'admin') {
    await expect(page.getByRole('link', { name: 'Sharing' })).toHaveCount(0);
    expect(await page.content()).not.toContain(site.token);
  }
  await context.close();
  const api = [await status('GET', ''), await status('POST', '/sleep'), await status('GET', members)];
  const token = who && role !== 'guest' ? await giveToken(who, 'full') : 'lk_none';
  const key = path.join(dir, `id_${role}`);
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  if (who && role !== 'guest') {
    const added = await askAs(headers, 'POST', '/api/keys', { key: await readFile(`${key}.pub`, 'utf8') });
    expect(added.status).toBe(201);
  }
  const env = { GIT_SSH_COMMAND: `ssh ${withKey(key).join(' ')}` };
  const overHttp = await tryGit(
    `http://any:${token}@${new URL(APP_URL).host}/${site.name}.git`,
    dir,
    `${role}-http`,
    {},
  );
  const overSsh = await tryGit(
    `ssh://git@localhost:${SETTINGS.sshGatewayPort}/${site.name}.git`,
    dir,
    `${role}-ssh`,
    env,
  );
  const shell = await run('ssh', [...withKey(key), '-p', String(site.ssh.port), 'root@localhost', 'id -un']);
  const root = shell.code === 0 ? shell.stdout.trim() : '-';
  return `pages ${pages} · API ${api} · git http ${overHttp} ssh ${overSsh} · root ${root}`;
}

/** Clones, and pushes to a branch of its own, so that nothing is deployed. */
async function tryGit(url: string, dir: string, name: string, env: Record<string, string>): Promise<string> {
  const clone = path.join(dir, name);
  const cloned = await git(dir, ['clone', '-q', url, clone], { env });
  if (cloned.code !== 0) return '-,-';
  await git(clone, ['commit', '-q', '--allow-empty', '-m', name]);
  const pushed = await git(clone, ['push', 'origin', `HEAD:refs/heads/${name}`], { env });
  return `clone,${pushed.code === 0 ? 'push' : '-'}`;
}

async function linkFor(address: string): Promise<string> {
  const text = () =>
    mail.mails
      .filter(({ to }) => to.includes(address))
      .map((each) => each.text.replaceAll('=\r\n', ''))
      .at(-1) ?? '';
  await expect.poll(text, { timeout: 20_000 }).toContain('/invitations/');
  return /http\S+\/invitations\/[\w-]{43}/.exec(text())?.[0] ?? '';
}

async function openStream(headers: Record<string, string>) {
  const response = await fetch(`${APP_URL}/api/sites/${site.name}/events`, { headers });
  expect(response.status).toBe(200);
  let text = '';
  void (async () => {
    const decoder = new TextDecoder();
    for await (const piece of response.body ?? []) text += decoder.decode(piece, { stream: true });
  })().catch(() => {}); // it is closed at the other end
  return {
    says: (pattern: RegExp) => expect.poll(() => text, { timeout: 15_000, intervals: [50] }).toMatch(pattern),
  };
}
