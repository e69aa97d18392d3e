// The console at the gateway port, with the real OpenSSH client: by who asks, each command, and what it refuses.

import { copyFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Account } from './setup/accounts.ts';
import { askAs } from './setup/admin-api.ts';
import { query } from './setup/database.ts';
import { api, expect, get, launch, remove, type Site, status, test, type Workspace } from './setup/fixtures.ts';
import { git, mustGit } from './setup/git.ts';
import { openGitHost } from './setup/git-host.ts';
import { SETTINGS } from './setup/host-state.ts';
import { type Ran, run } from './setup/programs.ts';
import { makeRoles, type Roles, removeRoles } from './setup/roles.ts';
import { hold, logIn, makeKey, withKey } from './setup/ssh.ts';

const ABSENT = 'no-such-site-1';
const PORT = String(SETTINGS.sshGatewayPort);

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

function ask(key: string, command: string, user = 'console'): Promise<Ran> {
  return run('ssh', [...withKey(key), '-p', PORT, '-l', user, 'localhost', command]);
}

/** The one JSON document of an answer, and its exit code. */
async function askJson(key: string, command: string, user = 'console') {
  const { code, stdout, stderr } = await ask(key, `${command} --json`, user);
  expect(stderr).toBe('');
  return { code, body: JSON.parse(stdout) };
}

let keys = 0;

async function newKey(workspace: Workspace): Promise<string> {
  keys += 1;
  const dir = path.join(workspace.dir, `key${keys}`);
  await mkdir(dir);
  return makeKey(dir, 'ed25519');
}

/** A key of the account's. */
async function keyOf(workspace: Workspace, account: Account): Promise<string> {
  const file = await newKey(workspace);
  const key = await readFile(`${file}.pub`, 'utf8');
  expect((await askAs({ cookie: account.cookie }, 'POST', '/api/keys', { key })).status).toBe(201);
  return file;
}

test('who has an account’s key is that account under every name, and learns of no other’s sites', async ({
  workspace,
}) => {
  const key = await keyOf(workspace, owner);
  for (const user of ['console', 'olga-of-the-laptop', foreign.name, 'Olga_2']) {
    expect(await askJson(key, 'whoami', user)).toMatchObject({ code: 0, body: { account: owner.email, site: null } });
    const list = await askJson(key, 'ls', user);
    expect(list.body.sites.map(({ name }: Site) => name)).toEqual([site.name]);
    for (const command of [
      'status',
      'logs',
      'env',
      'env --values',
      'rollback',
      'restart',
      'checkpoint',
      'rm',
      'undelete',
    ]) {
      const [word, ...rest] = command.split(' ');
      const [there, absent] = [
        await ask(key, [word, foreign.name, ...rest].join(' '), user),
        await ask(key, [word, ABSENT, ...rest].join(' '), user),
      ];
      expect({ command, ...there }).toEqual({ command, ...absent });
      expect(there).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('There is no such site.') });
    }
  }
  expect((await ask(key, 'whoami')).stdout).toContain(`You are ${owner.email}, with the key SHA256:`);
  expect((await ask(key, '', 'olga')).stdout).toContain('there is no shell on this port');
  const { id } = (await askAs({ cookie: owner.cookie }, 'GET', '/api/keys')).body.keys.at(-1);
  await askAs({ cookie: owner.cookie }, 'DELETE', '/api/keys', { id });
  expect((await askJson(key, 'ls')).body).toEqual({ sites: [], deleted: [] });
  expect((await ask(key, 'ls', 'olga')).code).toBe(255);
});

test('a key that is only shown, and cannot sign, opens nothing', async ({ workspace }) => {
  const key = await keyOf(workspace, owner);
  const shown = path.join(workspace.dir, 'shown.pub');
  await copyFile(`${key}.pub`, shown);
  for (const user of ['console', 'olga', site.name]) {
    const answer = await ask(shown, 'whoami', user);
    expect(answer).toMatchObject({ code: 255, stdout: '', stderr: expect.stringContaining('Permission denied') });
  }
});

test('a key that nobody knows comes in as console alone, and sites’ names are no secret it could learn', async ({
  workspace,
}) => {
  const key = await newKey(workspace);
  const [there, absent] = [await ask(key, 'help', site.name), await ask(key, 'help', ABSENT)];
  expect(there).toMatchObject({ code: 255, stdout: '' });
  expect(there.stderr.replaceAll(site.name, 'NAME')).toBe(absent.stderr.replaceAll(ABSENT, 'NAME'));

  const help = await ask(key, 'help');
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toMatch(/new \[--name NAME\][\s\S]*status NAME[\s\S]*rollback NAME[\s\S]*help \[COMMAND\]/);
  expect((await ask(key, 'help logs')).stdout).toContain('Usage: logs NAME [-f] [-n N]');
  const listed = (await askJson(key, 'help')).body.commands.map(({ name }: { name: string }) => name);
  expect(listed).toEqual('new ls status logs env rollback restart checkpoint rm undelete whoami help'.split(' '));
  expect((await askJson(key, 'whoami')).body).toMatchObject({ account: null, key: expect.stringMatching(/^SHA256:/) });
  expect((await askJson(key, 'ls')).body).toEqual({ sites: [], deleted: [] });
  expect((await ask(key, 'ls')).stdout).toContain('The command `new` launches one.');
  for (const name of [site.name, ABSENT]) {
    expect(await askJson(key, `status ${name}`)).toMatchObject({
      code: 1,
      body: { error: { code: 'not-found', message: 'There is no such site.', hint: expect.any(String) } },
    });
  }
  expect(
    (
      await git(workspace.dir, ['ls-remote', `ssh://console@localhost:${PORT}/${site.name}.git`], {
        env: { GIT_SSH_COMMAND: `ssh ${withKey(key).join(' ')}` },
      })
    ).stderr,
  ).toContain('There is no such site');
});

test('`new` launches a site that the key opens from then on, and no other visitor’s key does', async ({
  workspace,
}) => {
  const [key, other] = [await newKey(workspace), await newKey(workspace)];
  const launched = await ask(key, 'new');
  expect(launched).toMatchObject({ code: 0, stderr: '' });
  const [name = ''] = /^([a-z0-9-]+) is live\.$/m.exec(launched.stdout)?.slice(1) ?? [];
  const address = /address +(\S+)/.exec(launched.stdout)?.[1] ?? '';
  expect(launched.stdout).toContain(`Launching ${name} …\n`);
  expect(launched.stdout).toContain(`git          ssh://${name}@localhost:${PORT}/${name}.git`);
  expect(launched.stdout).toMatch(/shell +ssh -p \d+ root@localhost\n +lives until +20/);
  expect(await status(address)).toBe(200);

  const again = await askJson(key, 'new');
  expect([again.code, again.body.created, again.body.name]).toEqual([0, false, name]);
  expect(await askJson(key, 'new --repo https://example.org/a')).toMatchObject({
    code: 1,
    body: { error: { code: 'too-many-sites' } },
  });
  expect((await askJson(key, 'ls')).body.sites).toMatchObject([{ name, access: 'own', state: 'live' }]);
  expect((await ask(key, 'ls')).stdout).toMatch(
    new RegExp(`^NAME +STATE +ACCESS +ADDRESS\n${name} +live +own +${address}\n$`),
  );
  const keyed = { GIT_SSH_COMMAND: `ssh ${withKey(key).join(' ')}` };
  await mustGit(workspace.dir, ['clone', '-q', `ssh://${name}@localhost:${PORT}/${name}.git`, 'mine'], { env: keyed });

  expect((await askJson(other, 'ls')).body.sites).toEqual([]);
  for (const command of [`status ${name}`, `env ${name}`, `rm ${name} --yes`, `restart ${name}`]) {
    expect(await askJson(other, command)).toMatchObject({ code: 1, body: { error: { code: 'not-found' } } });
  }
  const second = await askJson(other, 'new');
  expect([second.code, second.body.created, second.body.name === name]).toEqual([0, true, false]);
  expect((await askJson(other, 'ls')).body.sites.map((each: Site) => each.name)).toEqual([second.body.name]);

  const removed = await askJson(key, `rm ${name} --confirm ${name}`);
  expect(removed).toEqual({ code: 0, body: { name, state: 'deleting', undoUntil: null } });
  expect((await askJson(key, 'ls')).body.sites).toEqual([]);
  expect((await ask(other, `rm ${second.body.name} -y`)).stdout).toContain('It is gone for good.');
});

test('the key that launched does not come back to a site that has taken it away', async ({ workspace }) => {
  const key = await newKey(workspace);
  const { body: mine } = await askJson(key, 'new');
  expect((await api(mine, '/keys', { method: 'DELETE', body: JSON.stringify({ id: mine.keys[0].id }) })).status).toBe(
    200,
  );
  expect((await askJson(key, 'ls')).body.sites).toEqual([]);
  const again = await ask(key, 'new');
  expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('does not take it any more') });
  await remove(mine);
});

test('the launch limits of an address count those of the console too', async ({ workspace }) => {
  const key = await newKey(workspace);
  const at = new Date(Date.now() - 1_000);
  await query(
    `insert into "Launch" (id, address, at) select gen_random_uuid(), '127.0.0.1', $1 from generate_series(1, 10000)`,
    [at],
  );
  try {
    expect(await askJson(key, 'new')).toMatchObject({ code: 1, body: { error: { code: 'too-many-launches' } } });
  } finally {
    await query('delete from "Launch" where at = $1', [at]);
  }
});

test('an account launches for itself, also from a repository, and hears the steps', async ({ workspace }) => {
  const host = await openGitHost();
  const key = await keyOf(workspace, developer);
  try {
    await host.create('hello', { 'index.html': 'Hello from elsewhere' });
    const launched = await ask(key, `new --name dan-${Date.now() % 1e6} --repo ${host.url('hello')}`, 'dan');
    expect(launched, launched.stderr).toMatchObject({ code: 0 });
    expect(launched.stdout).toContain(`for ${developer.email} …`);
    expect(launched.stdout).toMatch(/ {2}.+ \(\d+\.\d\d s\)\n/);
    const address = /address +(\S+)/.exec(launched.stdout)?.[1] ?? '';
    expect((await get(address)).body).toBe('Hello from elsewhere');
    const { body } = await askJson(key, 'ls');
    expect(body.sites.map(({ access }: { access: string }) => access).sort()).toEqual(['develop', 'own']);
    const name = body.sites.find(({ access }: { access: string }) => access === 'own').name;
    expect(await askJson(key, `new --name ${name}`)).toMatchObject({
      code: 1,
      body: { error: { code: 'name-taken' } },
    });
    expect((await ask(key, `rm ${name} --yes`)).code).toBe(0);
    await query('update "Site" set "undoUntil" = null where name = $1', [name]);
  } finally {
    await host.close();
  }
});

test('viewer, developer and owner may with the console what they may elsewhere', async ({ workspace }) => {
  const roles = {
    viewer: await keyOf(workspace, viewer),
    developer: await keyOf(workspace, developer),
    owner: await keyOf(workspace, owner),
  };
  const needs: [string, string[]][] = [
    [`status ${site.name}`, ['viewer', 'developer', 'owner']],
    [`checkpoint ${site.name}`, ['viewer', 'developer', 'owner']],
    [`logs ${site.name} -n 5`, ['developer', 'owner']],
    [`env ${site.name}`, ['developer', 'owner']],
    [`env ${site.name} --values`, ['developer', 'owner']],
    [`env ${site.name} unset NOTHING`, ['developer', 'owner']],
    [`checkpoint ${site.name} restore 01890a5d-ac96-774b-bcce-b302099a8057`, []],
    [`rollback ${site.name}`, []],
    [`rm ${site.name}`, []],
  ];
  for (const [command, able] of needs) {
    for (const [role, key] of Object.entries(roles)) {
      const { code, body } = await askJson(key, command);
      const isAble = able.includes(role);
      expect({ command, role, code: code === 0 }).toEqual({ command, role, code: isAble });
      if (code === 0) expect(body.name).toBe(site.name);
    }
  }
  const codes = async (command: string) =>
    Promise.all(Object.values(roles).map(async (key) => (await askJson(key, command)).body.error.code));
  expect(await codes(`rm ${site.name} --yes --confirm no`)).toEqual(['not-allowed', 'not-allowed', 'bad-confirmation']);
  expect(await codes(`rollback ${site.name}`)).toEqual(['not-allowed', 'no-earlier-release', 'no-earlier-release']);
  expect(await codes(`checkpoint ${site.name} restore 1`)).toEqual(['not-allowed', 'not-allowed', 'not-found']);
  for (const [role, key] of Object.entries(roles)) {
    const { body } = await askJson(key, `status ${site.name}`);
    const secrets = [body.token, body.ssh.password, body.git.httpWithToken].filter(Boolean).length;
    expect({ role, secrets }).toEqual({ role, secrets: role === 'owner' ? 3 : 0 });
    const refused = await ask(key, `rm ${site.name}`);
    expect(refused.code).toBe(role === 'owner' ? 2 : 1);
  }
});

test('an owner changes variables, makes a checkpoint and goes back to it, restarts, reads the log', async ({
  workspace,
}) => {
  const key = await keyOf(workspace, owner);
  const { name } = site;
  const set = await ask(key, `env ${name} set A=plain "B=two 'words'" 'C=line\none\u00e9'`);
  expect(set).toMatchObject({ code: 0, stdout: expect.stringContaining('3 added') });
  expect((await askJson(key, `env ${name} set A=plain`)).body).toMatchObject({
    changes: 'none',
    restart: 'not needed',
  });
  await expect.poll(async () => (await askJson(key, `env ${name}`)).body.status, { timeout: 60_000 }).toBe('in-force');
  expect((await ask(key, `env ${name}`)).stdout).toBe('A\nB\nC\n');
  const values = (await askJson(key, `env ${name} --values`)).body.variables;
  expect(values).toEqual([
    { name: 'A', value: 'plain' },
    { name: 'B', value: "two 'words'" },
    { name: 'C', value: 'line\none\u00e9' },
  ]);
  await api(site, '/environment', {
    method: 'PATCH',
    body: JSON.stringify({ variables: { A: 'x\u001b]0;title\u0007\u009b2J' } }),
  });
  expect((await ask(key, `env ${name} --values`)).stdout).toMatch(/^A=x�\]0;title��2J\n/);
  expect(await askJson(key, `env ${name} set PORT=1`)).toMatchObject({
    code: 1,
    body: { error: { code: 'bad-request' } },
  });
  expect((await ask(key, `env ${name} unset A B C`)).stdout).toContain('3 removed');
  await expect.poll(async () => (await askJson(key, `env ${name}`)).body.status, { timeout: 60_000 }).toBe('in-force');

  const { body: made } = await askJson(key, `checkpoint ${name} create before the storm`);
  expect(made.checkpoint).toMatchObject({ label: 'before the storm', cause: 'manual' });
  const { id } = made.checkpoint;
  const stateOf = async () => {
    const { checkpoints } = (await askJson(key, `checkpoint ${name} ls`)).body;
    return checkpoints.find((each: { id: string }) => each.id === id).status;
  };
  await expect.poll(stateOf, { timeout: 30_000 }).toBe('ready');
  expect((await ask(key, `checkpoint ${name}`)).stdout).toMatch(
    new RegExp(`ID +MADE.*\n(.*\n)*${id}  20.*before the storm\n`),
  );
  expect(await askJson(key, `checkpoint ${name} restore ${id}`)).toMatchObject({
    code: 0,
    body: { restore: 'under way' },
  });
  await expect.poll(async () => (await askJson(key, `status ${name}`)).body.restoring, { timeout: 60_000 }).toBe(false);
  await expect.poll(() => status(site.address), { timeout: 60_000 }).toBe(200);

  expect((await ask(key, `restart ${name}`)).stdout).toBe(`${name} is being restarted.\n`);
  expect(await askJson(key, `restart ${name}`)).toMatchObject({
    code: 1,
    body: { error: { code: 'too-many-requests' } },
  });
  await expect.poll(() => status(site.address), { timeout: 60_000 }).toBe(200);
  const state = await ask(key, `status ${name}`);
  expect(state.stdout).toContain(`  ${name}   ${site.address}`);
  await expect.poll(async () => (await ask(key, `logs ${name} -n 3`)).code, { timeout: 30_000 }).toBe(0);
  const { body: log } = await askJson(key, `logs ${name} -n 3`);
  expect(log.lines.length).toBeLessThanOrEqual(3);
});

test('`rm` wants the name, and an account’s site comes back with `undelete`', async ({ workspace }) => {
  const key = await keyOf(workspace, stranger);
  const { name } = foreign;
  expect(await ask(key, `rm ${name}`)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: `lightkeeper: This deletes ${name}: its address, repository, releases, checkpoints and everything on its disk.\nSay that it is meant: rm ${name} --confirm ${name}\n`,
  });
  expect((await ask(key, `rm ${name} --confirm ${site.name}`)).code).toBe(1);

  const words = ['ssh', '-tt', ...withKey(key), '-p', PORT, '-l', 'console', 'localhost', `rm ${name}`];
  const mistyped = hold(words);
  await mistyped.says(/Type .* to go on: $/);
  mistyped.type('something-else\r');
  expect(await mistyped.ended).toBe(1);
  expect(mistyped.text()).toContain(`so ${name} stays as it is`);
  const interrupted = hold(words);
  await interrupted.says(/to go on: $/);
  interrupted.type('\u0003');
  expect(await interrupted.ended).toBe(1);
  expect((await api(foreign, '')).status).toBe(200);

  const meant = hold(words);
  await meant.says(/to go on: $/);
  meant.type(`${name}x\u007f\r`);
  expect(await meant.ended).toBe(0);
  expect(meant.text()).toContain(`${name} is deleted. It can be brought back until`);
  expect((await ask(key, 'ls')).stdout).toContain(`until`);
  expect((await askJson(key, 'ls')).body).toMatchObject({ sites: [], deleted: [{ name }] });
  const thief = await keyOf(workspace, owner);
  expect((await askJson(thief, `undelete ${name}`)).body.error.code).toBe('not-found');
  expect(await askJson(key, `undelete ${name}`)).toEqual({ code: 0, body: { name, undelete: 'under way' } });
  await expect.poll(() => status(foreign.address), { timeout: 60_000 }).toBe(200);
});

test('with a site’s name and password, the name can be left out, and no other site is seen', async () => {
  const guest = await launch();
  const to = { port: SETTINGS.sshGatewayPort, user: guest.name, password: guest.ssh.password };
  const at = (command: string) => logIn(to, command);
  expect((await at('env')).stdout).toContain(`${guest.name} has no variables of its own.`);
  expect((await at(`env set A=1 --json`)).code).toBe(0);
  expect((await at(`env ${guest.name}`)).stdout).toMatch(/^A\n/);
  expect(JSON.parse((await at('ls --json')).stdout).sites.map(({ name }: Site) => name)).toEqual([guest.name]);
  expect(JSON.parse((await at('whoami --json')).stdout)).toMatchObject({
    site: guest.name,
    access: 'own',
    account: null,
  });
  for (const name of [site.name, ABSENT]) {
    expect(await at(`status ${name}`)).toMatchObject({
      code: 255,
      stderr: expect.stringContaining('There is no such site.'),
    });
  }
  expect((await at('new')).stderr).toContain('launches no sites');
  expect((await at('lgos')).stderr).toContain('Did you mean `logs`?');
  const removed = await at(`rm --confirm ${guest.name} --json`);
  expect([removed.code, JSON.parse(removed.stdout)]).toEqual([
    0,
    { name: guest.name, state: 'deleting', undoUntil: null },
  ]);
});

test('what is no command is refused in words, and runs nothing', async ({ workspace }) => {
  const key = await keyOf(workspace, owner);
  const lines: [string, string][] = [
    ['id; reboot', 'This port does not know that command.'],
    ['$(id)', 'This port does not know that command.'],
    ['lss', 'Did you mean `ls`?'],
    ['ls; id', 'Did you mean `ls`?'],
    ['ls | sh', 'nothing to do with "|" here'],
    ['status', 'Which site?'],
    [`logs ${site.name} y`, 'nothing to do with "y" here'],
    [`logs ${site.name} -n 0`, '-n is not a number from 1 to 5000.'],
    [`logs ${site.name} -n 1e3`, '-n is not a number'],
    [`env ${site.name} set novalue`, 'is not a variable and its value'],
    [`env ${site.name} set`, 'Which variables?'],
    [`checkpoint ${site.name} restor`, 'Did you mean `restore`?'],
    ["status 'unclosed", 'never closed'],
    ['status a\u001b[2Jb', 'control character'],
    ['new --branch main', '--branch needs --repo'],
    ['new https://example.org/a', 'nothing to do with'],
    [`ls ${'a '.repeat(300)}`, 'more than 200 words'],
  ];
  for (const [line, words] of lines) {
    const answer = await ask(key, line);
    expect({ line, ...answer }).toEqual({ line, code: 2, stdout: '', stderr: expect.stringContaining(words) });
    expect(answer.stderr).toMatch(/^lightkeeper: [^\n]+\n[^\n]+\n$/);
    expect(answer.stderr).not.toMatch(/[^\P{C}\n]/u);
    const { stdout, code } = await ask(key, `${line} --json`);
    expect({ line, code }).toEqual({ line, code: 2 });
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'bad-request', message: expect.any(String), hint: expect.any(String) },
    });
  }
  const endless = await askJson(key, `logs ${site.name} -f`);
  expect([endless.code, endless.body.error.message]).toEqual([2, expect.stringContaining('has no end')]);
  for (const repo of ['file:///etc/passwd', 'ssh://x@y/z', 'http://127.0.0.1/a b', '--upload-pack=id']) {
    const { code, body } = await askJson(key, `new --repo '${repo}'`);
    expect({ repo, code, error: body.error.code }).toEqual({ repo, code: 1, error: 'bad-target' });
  }
  expect(await askJson(key, 'new --name "../x"')).toMatchObject({ code: 1, body: { error: { code: 'bad-name' } } });
  expect((await ask(key, 'status __proto__')).stderr).toContain('There is no such site.');
});
