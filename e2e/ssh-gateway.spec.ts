// The gateway port: git over SSH with the real repository, and the few commands for people.

import path from 'node:path';
import { expect, get, launch, remoteShell, remove, type Site, SSH_OPTIONS, test } from './setup/fixtures.ts';
import { git, mustGit, remoteCommit, remoteLines } from './setup/git.ts';
import { SETTINGS } from './setup/host-state.ts';
import { run } from './setup/programs.ts';
import { addKey, logIn, makeKey, withKey } from './setup/ssh.ts';

const ABSENT = 'There is no such site';

let site: Site;
let neighbour: Site;

test.beforeAll(async () => {
  [site, neighbour] = [await launch(), await launch()];
});

test.afterAll(async () => {
  await remove(site);
  await remove(neighbour);
});

/** At the gateway, by the site's name and password. */
function ask(command: string, flags: string[] = []) {
  const to = { port: SETTINGS.sshGatewayPort, user: site.name, password: site.ssh.password };
  return logIn(to, command, { flags });
}

function urlAs(user: string, name = site.name): string {
  return `ssh://${user}@localhost:${SETTINGS.sshGatewayPort}/${name}.git`;
}

test('git clones and pushes over SSH with the password, and with a key as the site and as git', async ({
  workspace,
}) => {
  const key = await makeKey(workspace.dir, 'ed25519');
  await addKey(site, key);
  const withPassword = { GIT_SSH_COMMAND: remoteShell(site) };
  const keyed = { GIT_SSH_COMMAND: `ssh ${withKey(key).join(' ')}` };
  const ways = [
    { name: 'password', url: site.git.ssh, env: withPassword },
    { name: 'key', url: site.git.ssh, env: keyed },
    { name: 'git', url: urlAs('git'), env: keyed },
  ];
  for (const { name, url, env } of ways) {
    const clone = path.join(workspace.dir, name);
    const cloned = await git(workspace.dir, ['clone', url, clone], { env });
    expect(cloned, cloned.stderr).toMatchObject({ code: 0 });
    await mustGit(clone, ['config', 'core.sshCommand', env.GIT_SSH_COMMAND]);
    await workspace.commit(clone, { 'way.txt': `${name}\n`, 'big.bin': `${name}\n`.repeat(400_000) });
    const pushed = await workspace.push(clone);
    expect(pushed, pushed.stderr).toMatchObject({ code: 0 });
    expect(remoteLines(pushed).at(-1)).toContain(`Live: ${site.address}`);
    expect(await remoteCommit(clone)).toBe(await mustGit(clone, ['rev-parse', 'HEAD']));
  }
});

test('a foreign repository is as absent as one that does not exist, read or written', async ({ workspace }) => {
  const key = await makeKey(workspace.dir, 'ed25519');
  await addKey(site, key);
  const keyed = { GIT_SSH_COMMAND: `ssh ${withKey(key).join(' ')}` };
  const clone = await workspace.clone(site);
  const names = [neighbour.name, 'no-such-site-1234', '../etc', `${neighbour.name}.git/../${site.name}`];
  for (const user of ['git', site.name]) {
    for (const name of names) {
      const url = urlAs(user, name);
      for (const args of [
        ['ls-remote', url],
        ['push', url, 'HEAD:main'],
      ]) {
        const answer = await git(clone, args, { env: keyed });
        expect(answer.code, url).not.toBe(0);
        expect(answer.stderr, url).toContain(ABSENT);
      }
    }
  }
  const stranger = await git(clone, ['ls-remote', urlAs(neighbour.name)], { env: keyed });
  expect(stranger.stderr).toContain('Permission denied');
  expect((await get(neighbour.address)).status).toBe(200);
});

test('help, status and rollback answer, and a shell is told where it is', async ({ workspace }) => {
  expect(await ask('help')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/status[\s\S]*rollback[\s\S]*help/),
  });
  const state = await ask('status');
  expect(state).toMatchObject({ code: 0, stderr: '' });
  expect(state.stdout).toMatch(new RegExp(`${site.name} +${site.address}.*memory +\\d+ MB of 256 MB`, 's'));
  expect(await ask('')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`ssh -p ${site.ssh.port} root@localhost`),
  });
  expect((await ask('', ['-tt'])).stdout).toContain('there is no shell on this port.\r\n');

  const clone = await workspace.clone(site);
  await workspace.commit(clone, {
    'main.py': '# no server\n',
    'index.html': 'A mistake',
    Procfile: 'web: python3 -m http.server $PORT\n',
  });
  expect(await workspace.push(clone)).toMatchObject({ code: 0 });
  expect((await get(site.address)).body).toBe('A mistake');
  expect(await ask('rollback')).toEqual({
    code: 0,
    stdout: expect.stringMatching(/serves its earlier release again, as deployment \d+\.\n$/),
    stderr: '',
  });
  expect((await get(site.address)).body).toContain('Hello from Lightkeeper');
});

test('what the gateway does not know, it refuses in a sentence', async () => {
  for (const command of ['id', 'git-upload-archive x', 'sh -c id', `git-upload-pack '${site.name}.git' --help`]) {
    expect(await ask(command)).toEqual({
      code: 255,
      stdout: '',
      stderr: expect.stringContaining('This port does not know that command.\nIt serves git'),
    });
  }
  const port = String(SETTINGS.sshGatewayPort);
  const login = ['-p', site.ssh.password, 'sftp', ...SSH_OPTIONS, '-P', port, `${site.name}@localhost`];
  const files = await run('sshpass', login);
  expect(files.stderr).toContain(`sftp -P ${site.ssh.port} root@localhost`);
  const forward = await ask('', ['-W', 'localhost:8001']);
  expect(forward).toMatchObject({ stdout: '', stderr: expect.stringContaining('stdio forwarding failed') });
});
