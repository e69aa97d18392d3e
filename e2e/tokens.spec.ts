// API tokens and SSH keys of an account, on its page, in the API, with git and with OpenSSH.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Account, giveToken, makeAccount, removeAccounts, signIn } from './setup/accounts.ts';
import { askAs } from './setup/admin-api.ts';
import { expectAccessible } from './setup/axe.ts';
import { test as browserTest } from './setup/browser.ts';
import { query } from './setup/database.ts';
import { APP_URL, expect, type Site, test } from './setup/fixtures.ts';
import { git, mustGit, remoteLines } from './setup/git.ts';
import { SETTINGS } from './setup/host-state.ts';
import { run } from './setup/programs.ts';
import { makeRoles, type Roles, removeRoles } from './setup/roles.ts';
import { holdSession, makeKey, withKey } from './setup/ssh.ts';

let roles: Roles;
let site: Site;
let foreign: Site;
let owner: Account;
let viewer: Account;
let developer: Account;
let stranger: Account;

test.beforeAll(async () => {
  roles = await makeRoles();
  ({ site, foreign, owner, viewer, developer, stranger } = roles);
});

test.afterAll(() => removeRoles(roles));

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const basic = (token: string) => ({ authorization: `Basic ${Buffer.from(`any:${token}`).toString('base64')}` });
const httpUrl = (token: string, name = site.name) => `http://any:${token}@${new URL(APP_URL).host}/${name}.git`;
const sshUrl = (user: string, name = site.name) => `ssh://${user}@localhost:${SETTINGS.sshGatewayPort}/${name}.git`;

test('a token opens what its scope and its user may, as Bearer and as the password of Basic', async () => {
  const place = `/api/sites/${site.name}`;
  const expected: [string, Account, 'read' | 'deploy' | 'full', string, boolean][] = [
    ['the owner’s full token', owner, 'full', 'own', true],
    ['the owner’s deploy token', owner, 'deploy', 'develop', false],
    ['the owner’s read token', owner, 'read', 'view', false],
    ['a developer’s full token', developer, 'full', 'develop', false],
    ['a viewer’s full token', viewer, 'full', 'view', false],
  ];
  for (const [who, account, scope, access, seesSecrets] of expected) {
    const token = await giveToken(account, scope);
    for (const headers of [bearer(token), basic(token)]) {
      const { body } = await askAs(headers, 'GET', place);
      const secrets = [body.token, body.ssh?.password, body.git?.httpWithToken].filter(Boolean).length;
      expect({ who, access: body.site.access, secrets }).toEqual({ who, access, secrets: seesSecrets ? 3 : 0 });
      const list = await askAs(headers, 'GET', '/api/sites');
      expect(list.body.sites.map(({ name }: Site) => name)).toEqual([site.name]);
      expect(list.text.includes(site.token)).toBe(seesSecrets);
    }
  }
});

test('a token makes no token and no key, is no user of the account’s routes and no admin', async () => {
  const admin = await makeAccount('ada', 'admin');
  try {
    for (const account of [owner, admin]) {
      const headers = bearer(await giveToken(account, 'full'));
      for (const [method, place, body] of [
        ['GET', '/api/tokens', undefined],
        ['POST', '/api/tokens', { name: 'more', scope: 'full' }],
        ['DELETE', '/api/tokens', { id: account.id }],
        ['POST', '/api/keys', { key: 'ssh-ed25519 AAAA' }],
        ['POST', '/api/invitations', { token: 'x' }],
        ['DELETE', '/api/memberships', { site: site.name }],
      ] as const) {
        expect({ place, method, status: (await askAs(headers, method, place, body)).status }).toEqual({
          ...{ place, method },
          status: 403,
        });
      }
      expect((await askAs(headers, 'GET', '/api/admin/sites')).status).toBe(404);
      expect((await askAs(headers, 'GET', '/api/alerts')).status).toBe(401);
    }
    expect((await askAs(bearer(await giveToken(admin, 'full')), 'GET', `/api/sites/${site.name}`)).status).toBe(404);
    for (const headers of [{}, bearer(site.token), bearer(await giveToken(owner, 'full', { expired: true }))]) {
      expect((await askAs(headers, 'GET', '/api/tokens')).status).toBe(401);
      expect((await askAs(headers, 'GET', '/api/keys')).status).toBe(401);
    }
    const guest = await makeAccount('guest', 'guest');
    expect((await askAs({ cookie: guest.cookie }, 'POST', '/api/tokens', { name: 'x', scope: 'full' })).status).toBe(
      401,
    );
    await removeAccounts(guest);
  } finally {
    await removeAccounts(admin);
  }
});

test('a token that is over, or may do less, launches nothing', async () => {
  const expired = await giveToken(owner, 'full', { expired: true });
  const told = await askAs(bearer(expired), 'POST', '/api/sites', {});
  expect([told.status, told.body.error.code]).toEqual([401, 'no-session']);
  expect((await askAs(bearer(expired), 'GET', '/api/sites')).status).toBe(401);
  expect((await askAs(bearer(await giveToken(owner, 'deploy')), 'POST', '/api/sites', {})).status).toBe(403);
});

test('input that is not right is refused in words, and makes nothing', async () => {
  const ask = (body: unknown) => askAs({ cookie: owner.cookie }, 'POST', '/api/tokens', body);
  const count = async () => (await askAs({ cookie: owner.cookie }, 'GET', '/api/tokens')).body.tokens.length;
  const before = await count();
  for (const body of [
    {},
    { name: '', scope: 'full' },
    { name: 'x'.repeat(61), scope: 'read' },
    { name: 'bell\u0007', scope: 'read' },
    { name: 'x', scope: 'root' },
    { name: 'x', scope: 'read', days: 0 },
    { name: 'x', scope: 'read', days: 1e9 },
    { name: 'x', scope: 'read', sites: 'all' },
  ]) {
    expect({ body, status: (await ask(body)).status }).toEqual({ body, status: 400 });
  }
  expect((await ask({ name: 'x', scope: 'read', sites: [foreign.name] })).status).toBe(404);
  expect((await ask({ name: 'x', scope: 'read', sites: ['no-such-site-1'] })).status).toBe(404);
  expect(
    (await askAs({ cookie: owner.cookie, origin: 'https://evil.example' }, 'POST', '/api/tokens', {})).status,
  ).toBe(403);
  expect(await count()).toBe(before);
});

test('git over HTTP: a token clones where its user may look, and pushes where both may deploy', async ({
  workspace,
}) => {
  const tokens = {
    full: await giveToken(owner, 'full'),
    deploy: await giveToken(developer, 'deploy'),
    read: await giveToken(owner, 'read'),
    viewer: await giveToken(viewer, 'full'),
  };
  for (const [name, token] of Object.entries(tokens)) {
    const clone = path.join(workspace.dir, name);
    await mustGit(workspace.dir, ['clone', '-q', httpUrl(token), clone]);
    await workspace.commit(clone, { 'who.txt': `${name}\n` });
    const pushed = await workspace.push(clone);
    if (name === 'full' || name === 'deploy') {
      expect(pushed, pushed.stderr).toMatchObject({ code: 0 });
      continue;
    }
    expect(pushed.code).not.toBe(0);
    expect(remoteLines(pushed)).toEqual([
      'You may clone this site, and not push to it.',
      'Ask its owner to make you a developer, or use a token that may deploy.',
    ]);
  }
  const foreignUser = await giveToken(stranger, 'full');
  const absent = await git(workspace.dir, ['ls-remote', httpUrl(foreignUser, 'no-such-site-1')]);
  const refused = await git(workspace.dir, ['ls-remote', httpUrl(foreignUser)]);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr.replaceAll(site.name, 'NAME')).toBe(absent.stderr.replaceAll('no-such-site-1', 'NAME'));
  await query('delete from "UserToken" where "userId" = $1::uuid', [developer.id]);
  expect((await git(path.join(workspace.dir, 'deploy'), ['fetch'])).code).not.toBe(0);
});

test('a key of the account opens each site as far as it is shared, over SSH and git, and not after its removal', async ({
  workspace,
}) => {
  const file = await makeKey(workspace.dir, 'ed25519');
  const key = await readFile(`${file}.pub`, 'utf8');
  const keyed = { GIT_SSH_COMMAND: `ssh ${withKey(file).join(' ')}` };
  const logIn = (to: Site) => run('ssh', [...withKey(file), '-p', String(to.ssh.port), 'root@localhost', 'id -un']);
  const give = async (account: Account) => {
    const added = await askAs({ cookie: account.cookie }, 'POST', '/api/keys', { key });
    expect(added.status).toBe(201);
    return added.body as { id: string; fingerprint: string };
  };
  const take = (account: Account, { id }: { id: string }) =>
    askAs({ cookie: account.cookie }, 'DELETE', '/api/keys', { id });

  const ofStranger = await give(stranger);
  expect((await logIn(foreign)).stdout).toBe('root\n');
  const unknown = await logIn(site);
  expect(unknown.code).toBe(255);
  expect((await git(workspace.dir, ['ls-remote', sshUrl('git')], { env: keyed })).stderr).toContain('no such site');
  await take(stranger, ofStranger);

  const ofViewer = await give(viewer);
  const asViewer = await logIn(site);
  expect([asViewer.code, asViewer.stderr]).toEqual([unknown.code, unknown.stderr]);
  const clone = path.join(workspace.dir, 'seen');
  await mustGit(workspace.dir, ['clone', '-q', sshUrl('git'), clone], { env: keyed });
  await workspace.commit(clone, { 'who.txt': 'viewer\n' });
  for (const user of ['git', site.name]) {
    const pushed = await git(clone, ['push', sshUrl(user), 'HEAD:main'], { env: keyed });
    expect(pushed.code).not.toBe(0);
    expect(pushed.stderr).toContain('lightkeeper: You may look at this site, and not change it.');
    expect(pushed.stderr).toContain('Ask its owner to make you a developer.');
  }
  await take(viewer, ofViewer);

  const ofDeveloper = await give(developer);
  expect(ofDeveloper.fingerprint).toBe(ofViewer.fingerprint);
  expect((await logIn(site)).stdout).toBe('root\n');
  const pushed = await git(clone, ['push', sshUrl('git'), 'HEAD:main'], { env: keyed });
  expect(pushed, pushed.stderr).toMatchObject({ code: 0 });

  const session = holdSession(site, file, ['echo here; sleep 100']);
  await session.says(/here/);
  await take(developer, ofDeveloper);
  expect(await session.ended).toBe(255);
  expect((await logIn(site)).code).toBe(255);
  expect((await git(clone, ['ls-remote', sshUrl('git')], { env: keyed })).code).not.toBe(0);
});

browserTest('the page makes a token that is shown once, adds a key, and takes both back', async ({ page, context }) => {
  await signIn(context, owner);
  await page.goto('/account');
  await page.getByRole('button', { name: 'New token' }).click();
  const dialog = page.getByRole('dialog', { name: 'New API token' });
  await dialog.getByLabel('What is it for?').fill('Laptop <b>');
  await dialog.getByLabel(/^Everything/).check();
  await dialog.getByRole('checkbox', { name: site.name }).check();
  await expectAccessible(page, 'the dialog of a new token');
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  const token = (await page.getByTestId('new-token').locator('code').textContent()) ?? '';
  expect(token).toMatch(/^lk_u_[\w-]{43}$/);
  const row = page.getByTestId('token').filter({ hasText: 'Laptop <b>' });
  await expect(row).toContainText(`Everything, ${site.name}`);
  await expect(row).toContainText('Never used');
  expect((await askAs(bearer(token), 'GET', `/api/sites/${site.name}`)).body.token).toBe(site.token);
  await page.reload();
  await expect(page.getByTestId('new-token')).toHaveCount(0);
  await expect(row).toContainText('Used');

  await page.getByLabel('Public key').fill('not a key');
  await page.getByRole('button', { name: 'Add key' }).click();
  await expect(page.getByTestId('account-key-problem')).toContainText('not a public key');
  await expectAccessible(page, 'the account');

  await row.getByRole('button', { name: 'Revoke' }).click();
  await row.getByRole('button', { name: 'Revoke now' }).click();
  await expect(row).toHaveCount(0);
  expect((await askAs(bearer(token), 'GET', `/api/sites/${site.name}`)).status).toBe(404);
  await context.clearCookies();
});
