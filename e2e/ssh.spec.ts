// Root over SSH on the site's own port, with OpenSSH's own client: commands, streams, terminals, many at a time, and what
// root installs.

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, launch, remove, type Site, ssh, status, test } from './setup/fixtures.ts';
import { containerOf, SETTINGS } from './setup/host-state.ts';
import { must, run } from './setup/programs.ts';
import { addKey, digest, holdSession, makeKey, openTerminal, sha256 } from './setup/ssh.ts';

let site: Site;
let dir = '';
let key = '';

test.beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-e2e-'));
  site = await launch();
  key = await makeKey(dir, 'ed25519');
  await addKey(site, key);
});

test.afterAll(async () => {
  await remove(site);
  await rm(dir, { recursive: true, force: true });
});

test('the command of the page makes one root', async () => {
  const [program = '', ...words] = site.ssh.command.split(' ');
  const options = ['-F', '/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];

  const answer = await run('sshpass', ['-p', site.ssh.password, program, ...options, ...words, 'id -u']);

  expect(site.ssh.command).toBe(`ssh -p ${site.ssh.port} root@localhost`);
  expect(answer, answer.stderr).toMatchObject({ code: 0, stdout: '0\n' });
});

test('a command answers with its exit code, and its output and errors do not mix', async () => {
  for (const code of [0, 1, 42, 255]) expect(await ssh(site, `exit ${code}`)).toMatchObject({ code });
  expect(await ssh(site, 'kill -9 $$')).toMatchObject({ code: 137 });
  expect(await ssh(site, 'echo out; echo err >&2; exit 7')).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' });
  expect(await ssh(site, 'nonesuch')).toMatchObject({ code: 127, stdout: '' });
  expect(await ssh(site, 'printf "%s|" "a  b" \'$HOME\' "$HOME"; pwd')).toMatchObject({
    stdout: 'a  b|$HOME|/root|/root\n',
  });
});

test('what is typed arrives with its end, and the message of the day stays out of commands', async () => {
  expect(await ssh(site, 'cat; echo done', { input: 'one\ntwo' })).toEqual({
    code: 0,
    stdout: 'one\ntwodone\n',
    stderr: '',
  });
  expect(await ssh(site, 'wc -c', { input: '' })).toMatchObject({ stdout: '0\n' });
  expect(await ssh(site, '', { input: 'echo "in a shell: $0"; exit 5\n' })).toEqual({
    code: 5,
    stdout: 'in a shell: /bin/bash\n',
    stderr: '',
  });
});

test('50 MB come out and 30 MB go in, every byte of them', async () => {
  const made = await ssh(site, 'head -c 52428800 /dev/urandom > /root/big && sha256sum < /root/big');
  expect(made, made.stderr).toMatchObject({ code: 0 });
  expect(await digest(site, 'cat /root/big')).toEqual({
    code: 0,
    bytes: 52_428_800,
    sha256: made.stdout.slice(0, 64),
  });

  const sent = randomBytes(31_457_280);
  expect(await ssh(site, 'tee >(wc -c >&2) | sha256sum', { input: sent })).toEqual({
    code: 0,
    stdout: `${sha256(sent)}  -\n`,
    stderr: '31457280\n',
  });
  await ssh(site, 'rm /root/big');
});

test('a shell shows limits and usage, has a prompt, and follows the size of its window', async () => {
  const terminal = await openTerminal(site, key, { columns: 101, rows: 37 });
  await terminal.says(/root@[\w-]+:~# /);
  expect(terminal.text()).toContain(site.address);
  expect(terminal.text()).toMatch(/disk +\S+ [KM]B of (1 GB|1,024 MB)\r\n/);
  expect(terminal.text()).toMatch(/memory +\S+ MB of 256 MB\r\n +processes +\d+ of 128\r\n/);
  expect(terminal.text()).toMatch(/lives until \d{4}-\d\d-\d\d \d\d:\d\d UTC \(\d+ hours left\)/);

  terminal.type('stty size; tty; echo "$TERM"\n');
  await terminal.says(/\r37 101\r\n\/dev\/pts\/\d+\r\nxterm/);
  // A window manager sends many sizes while a hand drags; the last one must hold.
  for (let columns = 90; columns < 100; columns += 1) await terminal.resize(columns, 50);
  await terminal.resize(132, 43);
  await expect
    .poll(() => {
      terminal.type('stty size\n');
      return terminal.text();
    })
    .toContain('\r43 132\r\n');

  terminal.type('sh -c "echo up; exec sleep 600"\n');
  await terminal.says(/\rup\r\n/);
  terminal.type('\x03');
  await terminal.says(/\rup\r\n[\s\S]*:~# $/);
  terminal.type('echo "after $?"\n');
  await terminal.says(/\rafter 130\r\n/);
  terminal.type('exit 3\n');
  expect(await terminal.ended).toBe(3);
});

test('a command at a terminal is told its size at once', async () => {
  for (let round = 0; round < 3; round += 1) {
    // Without a terminal of its own, the client knows no size.
    expect(await ssh(site, 'stty size', { flags: ['-tt'] })).toMatchObject({ code: 0, stdout: '24 80\r\n' });
  }
});

test('many commands run at a time, over one connection and over many', async () => {
  const socket = path.join(dir, 'control');
  const master = holdSession(site, key, [], ['-N', '-M', '-S', socket]);
  await expect
    .poll(() => run('ssh', ['-S', socket, '-O', 'check', 'site']), { timeout: 10_000 })
    .toMatchObject({
      code: 0,
    });
  const names = Array.from({ length: 8 }, (_, number) => `${number}`);
  const together = (name: string) =>
    `touch /run/here.${name}; until [ -e /run/here.7 ]; do sleep 0.1; done; echo ${name}`;
  const answers = (name: string) => ({ code: 0, stdout: `${name}\n`, stderr: '' });

  const shared = names.map((name) => run('ssh', ['-S', socket, '-F', '/dev/null', 'site', together(name)]));
  expect(await Promise.all(shared)).toEqual(names.map(answers));
  expect(await ssh(site, 'rm /run/here.*')).toMatchObject({ code: 0 });
  const own = names.map((name) => ssh(site, together(name)));
  expect(await Promise.all(own)).toEqual(names.map(answers));

  await master.kill();
});

test('what root installs works, is still there after a push, and in a new container', async ({ workspace }) => {
  const installed = await ssh(site, 'apt-get install -y cowsay');
  expect(installed, installed.stderr).toMatchObject({ code: 0 });
  const says = async () => (await ssh(site, '/usr/games/cowsay moo')).stdout;
  expect(await says()).toContain('< moo >');

  const clone = await workspace.clone(site);
  await workspace.commit(clone, { 'notes.txt': 'One more file.\n' });
  expect(await workspace.push(clone)).toMatchObject({ code: 0 });
  expect(await says()).toContain('< moo >');

  const before = await containerOf(site);
  await must('docker', ['-H', `unix://${SETTINGS.paths.engineSocket}`, 'rm', '-f', before.id]);
  const newId = async () =>
    containerOf(site).then(
      ({ id }) => (id === before.id ? '' : id),
      () => '',
    );
  await expect.poll(newId, { timeout: 30_000 }).not.toBe('');
  await expect.poll(says, { timeout: 10_000 }).toContain('< moo >');
  await expect.poll(() => status(site.address), { timeout: 15_000 }).toBe(200);
});
