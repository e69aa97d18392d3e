// Files and connections through a site's own SSH port: scp, sftp and rsync both ways, and forwarded ports, which lead into
// the container and nowhere else.

import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, get, launch, openssh, remoteShell, remove, type Site, ssh, status, test } from './setup/fixtures.ts';
import { containerOf, SETTINGS } from './setup/host-state.ts';
import { must, run } from './setup/programs.ts';
import { addKey, hold, holdSession, makeKey, sshWords } from './setup/ssh.ts';

let site: Site;
let neighbour: Site;
let dir = '';
let key = '';

test.beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-e2e-'));
  [site, neighbour] = [await launch(), await launch()];
  key = await makeKey(dir, 'ed25519');
  await addKey(site, key);
});

test.afterAll(async () => {
  await remove(site);
  await remove(neighbour);
  await rm(dir, { recursive: true, force: true });
});

test('scp brings a file up and down unchanged, with the new protocol and the old', async () => {
  const file = path.join(dir, 'up.bin');
  await writeFile(file, randomBytes(5_000_000), { mode: 0o640 });
  const ways = [
    { protocol: [], name: 'a name.bin' },
    { protocol: ['-O'], name: 'name.bin' }, // Here a shell would part a name.
  ];
  for (const { protocol, name } of ways) {
    const flags = [...protocol, '-p', '-P', String(site.ssh.port)];
    const up = await openssh(site, 'scp', [...flags, file, `root@localhost:/root/${name}`]);
    expect(up, up.stderr).toMatchObject({ code: 0 });
    expect(await ssh(site, `stat -c "%a %s" "/root/${name}"`)).toMatchObject({ stdout: '640 5000000\n' });

    const back = path.join(dir, 'down.bin');
    const down = await openssh(site, 'scp', [...flags, `root@localhost:/root/${name}`, back]);
    expect(down, down.stderr).toMatchObject({ code: 0 });
    expect((await readFile(back)).equals(await readFile(file))).toBe(true);
    const absent = await openssh(site, 'scp', [...flags, 'root@localhost:/root/absent', back]);
    expect(absent.code).not.toBe(0);
    expect(absent.stderr).toContain('No such file or directory');
  }
});

test('an sftp batch makes, lists, renames, links and removes', async () => {
  const file = path.join(dir, 'note.txt');
  await writeFile(file, 'a note\n');
  const batch = `mkdir /srv/box
put ${file} /srv/box/first.txt
rename /srv/box/first.txt /srv/box/second.txt
symlink second.txt /srv/box/link
chmod 600 /srv/box/second.txt
ls -l /srv/box
get /srv/box/link ${dir}/got.txt
rm /srv/box/link
rm /srv/box/second.txt
rmdir /srv/box
`;
  const flags = ['-P', String(site.ssh.port), '-o', 'BatchMode=no', '-b', '-', 'root@localhost'];
  const done = await openssh(site, 'sftp', flags, { input: batch });

  expect(done, done.stderr).toMatchObject({ code: 0 });
  expect(done.stdout).toMatch(/-rw------- .* 7 .* \/srv\/box\/second\.txt/);
  expect(await readFile(path.join(dir, 'got.txt'), 'utf8')).toBe('a note\n');
  expect(await ssh(site, 'ls /srv')).toMatchObject({ stdout: '' });
});

test('rsync -a carries a tree both ways with modes, times and links, and then only what changed', async () => {
  const tree = path.join(dir, 'tree');
  await mkdir(path.join(tree, 'deep', 'er'), { recursive: true });
  for (let number = 0; number < 200; number += 1) {
    await writeFile(path.join(tree, 'deep', `${number}.txt`), `${number}\n`.repeat(number), { mode: 0o600 });
  }
  await symlink('../0.txt', path.join(tree, 'deep', 'er', 'zero'));
  // Rsync leaves times alone that differ by less than a second.
  await must('find', [tree, '-exec', 'touch', '-h', '-d', '2013-03-15 12:00', '{}', ';']);
  const shell = ['-e', `${remoteShell(site)} -p ${site.ssh.port}`];

  await must('rsync', ['-a', ...shell, `${tree}/`, 'root@localhost:/srv/tree/']);
  await must('rsync', ['-a', ...shell, 'root@localhost:/srv/tree/', path.join(dir, 'back/')]);
  const listing = (root: string) => must('find', [root, '-printf', '%P %y %m %l %T@\n']);
  expect((await listing(path.join(dir, 'back'))).split('\n').sort()).toEqual((await listing(tree)).split('\n').sort());
  await must('diff', ['-r', tree, path.join(dir, 'back')]);

  await writeFile(path.join(tree, 'deep', '7.txt'), 'changed\n');
  const again = await must('rsync', ['-ai', ...shell, `${tree}/`, 'root@localhost:/srv/tree/']);
  expect(again.trim().split('\n')).toEqual([expect.stringMatching(/^<f.* deep\/7\.txt$/)]);
});

test('ssh -L leads to a server in the container, and to the app itself', async () => {
  const server = holdSession(site, key, ['cd /etc/apt && exec python3 -um http.server 9000 --bind 127.0.0.1']);
  await server.says(/Serving HTTP/);
  const [ownPort, appPort] = [23_990, 23_991];
  const forwards = ['-L', `${ownPort}:localhost:9000`, '-L', `${appPort}:127.0.0.1:8001`];
  const tunnel = holdSession(site, key, [], ['-N', '-o', 'ExitOnForwardFailure=yes', ...forwards]);

  await expect.poll(() => status(`http://localhost:${ownPort}/`)).toBe(200);
  expect((await get(`http://localhost:${ownPort}/`)).body).toContain('sources.list.d/');
  expect((await get(`http://localhost:${appPort}/`)).body).toBe((await get(site.address)).body);
  const many = await Promise.all(Array.from({ length: 15 }, () => status(`http://localhost:${appPort}/`)));
  expect(many).toEqual(many.map(() => 200));
  expect(await status(`http://localhost:${ownPort}/absent`)).toBe(404);

  await tunnel.kill();
  await server.kill();
});

test('a forwarding to anywhere but the container is refused', async () => {
  const foreign = await containerOf(neighbour);
  const targets = [
    `${foreign.address}:8001`,
    `${neighbour.name}:8001`,
    `${SETTINGS.subnet.replace(/0\/\d+$/, '1')}:${SETTINGS.httpPort}`,
    '169.254.169.254:80',
    'mirror.example:80',
    '0.0.0.0:8001',
  ];
  for (const target of targets) {
    const [program = '', ...words] = sshWords(site, 'password', ['-W', target], []);
    const { code, stdout, stderr } = await run(program, words, { input: 'GET / HTTP/1.0\r\n\r\n' });
    expect({ target, code, stdout }).toEqual({ target, code: 255, stdout: '' });
    expect(stderr).toContain('stdio forwarding failed');
  }
  // The container's own localhost is not the host's.
  const [program = '', ...words] = sshWords(site, 'password', ['-W', `localhost:${SETTINGS.httpPort}`], []);
  expect(await run(program, words, { input: 'GET / HTTP/1.0\r\n\r\n' })).toMatchObject({ stdout: '' });
});

test('ssh -R, -A and -X open no way back', async () => {
  const flags = ['-R', '23992:localhost:22', '-o', 'ExitOnForwardFailure=yes'];
  const back = await ssh(site, 'true', { flags });
  expect(back.code).toBe(255);
  expect(back.stderr).toContain('remote port forwarding failed');

  const agent = hold(['ssh-agent', '-D', '-a', path.join(dir, 'agent')]);
  const env = { SSH_AUTH_SOCK: path.join(dir, 'agent'), DISPLAY: ':0' };
  await expect.poll(() => run('ssh-add', [key], { env })).toMatchObject({ code: 0 });
  expect(await ssh(site, 'env | grep -E "SSH_AUTH_SOCK|DISPLAY"', { flags: ['-A', '-X'], env })).toMatchObject({
    code: 1,
    stdout: '',
  });
  await agent.kill();
});
