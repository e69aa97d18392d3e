// Who may enter: the right password or a kept key, at the right port, as root. Everybody else hears the same refusal.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { unseal } from '#lib/auth/seal.ts';
import { expect, launch, remove, type Site, ssh, test } from './setup/fixtures.ts';
import { SETTINGS } from './setup/host-state.ts';
import { must, run } from './setup/programs.ts';
import { addKey, logIn, makeKey, removeKey, withKey } from './setup/ssh.ts';

const REFUSED = { code: 255, stdout: '', stderr: expect.stringMatching(/Permission denied/) };

let site: Site;
let neighbour: Site;

test.beforeAll(async () => {
  [site, neighbour] = [await launch(), await launch()];
});

test.afterAll(async () => {
  await remove(site);
  await remove(neighbour);
});

for (const type of ['ed25519', 'rsa', 'ecdsa'] as const) {
  test(`an ${type} key opens its site from when it is added until it is removed, and no other site`, async ({
    workspace,
  }) => {
    const key = await makeKey(workspace.dir, type);
    const enter = (to: Site, program = 'id -u') =>
      run('ssh', [...withKey(key), '-p', String(to.ssh.port), 'root@localhost', program]);
    expect(await enter(site)).toEqual(REFUSED);

    const id = await addKey(site, key);
    expect(await enter(site)).toEqual({ code: 0, stdout: '0\n', stderr: '' });
    expect(await enter(neighbour)).toEqual(REFUSED);

    const inside = enter(site, 'echo in; exec sleep 60');
    await expect.poll(async () => (await ssh(site, 'pgrep -x sleep || true')).stdout).not.toBe('');
    await removeKey(site, id);
    expect(await enter(site)).toEqual(REFUSED);
    expect(await inside, 'a session of the removed key is ended').toMatchObject({ code: 255 });
  });
}

test('a wrong password, a foreign one, an empty one and another user are refused alike', async () => {
  const { port, password } = site.ssh;
  const enter = (user: string, word: string) => logIn({ port, user, password: word }, 'id -u');
  expect(await enter('root', password)).toMatchObject({ code: 0, stdout: '0\n' });

  const attempts: [string, string][] = [
    ['root', `${password}x`],
    ['root', ''],
    ['root', site.token],
    ['root', neighbour.ssh.password],
    ['admin', password],
    [site.name, password],
    ['git', password],
    ['root ', password],
  ];
  const answers = await Promise.all(attempts.map(([user, word]) => enter(user, word)));
  for (const [index, answer] of answers.entries()) {
    expect(answer, JSON.stringify(attempts[index])).toEqual(REFUSED);
  }
});

test('six wrong guesses end the connection, and the owner still enters', async () => {
  const guesses = ['-o', 'NumberOfPasswordPrompts=10', '-o', 'PreferredAuthentications=password'];
  const askpass = { SSH_ASKPASS: '/bin/true', SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' };
  const options = ['-F', '/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
  const guesser = await run('ssh', [...options, ...guesses, '-v', '-p', String(site.ssh.port), 'root@localhost'], {
    env: askpass,
  });
  expect(guesser.code).toBe(255);
  expect(guesser.stderr.match(/Next authentication method: password/g)?.length).toBe(1);
  expect(guesser.stderr.match(/Permission denied, please try again/g)?.length).toBeLessThanOrEqual(6);
  expect(await ssh(site, 'id -u')).toMatchObject({ code: 0, stdout: '0\n' });
});

test('a site that nobody owns lets nobody in, not even with its password', async () => {
  const waiting = await expect.poll(findWaitingSite, { timeout: 30_000 }).not.toBeNull().then(findWaitingSite);
  if (!waiting) throw new Error('no site waits in the pool');
  for (const to of [
    { ...waiting, user: 'root' },
    { ...waiting, user: waiting.name, port: SETTINGS.sshGatewayPort },
  ]) {
    expect(await logIn(to, 'id -u')).toEqual(REFUSED);
  }
});

test('a deleted site ends its sessions and its port', async () => {
  const gone = await launch();
  const inside = ssh(gone, 'echo in; exec sleep 60');
  await expect.poll(async () => (await ssh(gone, 'pgrep -x sleep || true')).stdout).not.toBe('');
  await remove(gone);

  expect((await inside).code).not.toBe(0);
  const again = () => ssh(gone, 'true');
  await expect.poll(again).toMatchObject({ code: 255, stderr: expect.stringContaining('Connection refused') });
});

test('the host keys are the same at every port', async () => {
  const scan = async (port: number) =>
    (await must('ssh-keyscan', ['-p', String(port), '127.0.0.1'])).replaceAll(`:${port} `, ' ').split('\n').sort();
  const own = await scan(site.ssh.port);
  expect(own.join('\n')).toContain(' ssh-ed25519 ');
  expect(await scan(neighbour.ssh.port)).toEqual(own);
  expect(await scan(SETTINGS.sshGatewayPort)).toEqual(own);
});

interface Waiting {
  name: string;
  port: number;
  password: string;
}

/** One of the pool, with the password that its owner will get. */
async function findWaitingSite(): Promise<Waiting | null> {
  const setting = async (name: string) => (await readFile(path.join(SETTINGS.dataDir, 'env', name), 'utf8')).trim();
  const client = new Client({ connectionString: await setting('DATABASE_URL') });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; port: number; sealed: string }>(
      `select name, "sshPort" as port, "sealedPassword" as sealed from "Site" where state = 'live' and "ownerId" is null`,
    );
    const [row] = rows;
    return row ? { ...row, password: unseal(await setting('LIGHTKEEPER_SECRET'), row.sealed) } : null;
  } finally {
    await client.end();
  }
}
