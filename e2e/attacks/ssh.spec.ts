// The SSH ports, against clients that break the protocol's manners: silent, guessing, greedy, deaf. One process serves them
// all, so each test also asks whether it is the same one, as small as before, and whether a neighbour gets in quickly.

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientChannel } from 'ssh2';
import { expect, type Site, ssh, test } from '../setup/fixtures.ts';
import { containerOf, expectHostOk, MB, readHost, readPids, SETTINGS } from '../setup/host-state.ts';
import { run } from '../setup/programs.ts';
import {
  connectBare,
  guessPasswords,
  openRelay,
  openWire,
  readSshProcess,
  type WireClient,
} from '../setup/ssh-wire.ts';

const GRACE_MS = 20_000;
const STRANGERS_MAX = 50;

async function expectQuickLogin(site: Site): Promise<void> {
  const start = performance.now();
  expect(await ssh(site, 'echo in')).toMatchObject({ code: 0, stdout: 'in\n' });
  expect(performance.now() - start, 'a login').toBeLessThan(5_000);
}

/** The same process, and no larger than before by more than buffers, and garbage that is not collected yet. */
async function expectSshUnharmed(before: Awaited<ReturnType<typeof readSshProcess>>): Promise<void> {
  const now = await readSshProcess();
  expect(now.pid).toBe(before.pid);
  expect(now.bytes - before.bytes, 'memory of the SSH process').toBeLessThan(128 * MB);
}

test('connections that say nothing, or nonsense, are gone after the grace, and others log in meanwhile', async ({
  site,
  neighbour,
}) => {
  const [before, own] = [await readHost(), await readSshProcess()];
  const ports = [site.ssh.port, SETTINGS.sshGatewayPort];
  const silent = Array.from({ length: 40 }, (_, index) => connectBare(ports[index % 2] as number));
  await expectQuickLogin(neighbour);

  const hello = Buffer.from('SSH-2.0-OpenSSH_9.9\r\n');
  const nonsense = [
    randomBytes(100_000),
    Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    Buffer.from('SSH-2.0-x\r\n'.repeat(1_000)),
    Buffer.concat([hello, randomBytes(50_000)]),
    Buffer.concat([hello, Buffer.from('ffffffff', 'hex'), Buffer.alloc(1_000)]),
    Buffer.concat([hello, Buffer.from('0000000c0a14', 'hex'), Buffer.alloc(8)]),
    Buffer.alloc(8 * MB, 'a'),
  ];
  for (const bytes of nonsense) {
    const stranger = connectBare(site.ssh.port);
    stranger.socket.end(bytes);
    expect(await stranger.ended, bytes.subarray(0, 40).toString('latin1')).toBeLessThan(GRACE_MS + 2_000);
  }
  await expectQuickLogin(neighbour);

  // Of one address no more than so many wait at a time: what comes on top is sent away at the door.
  const more = Array.from({ length: 150 }, () => connectBare(site.ssh.port));
  await expect.poll(() => more.filter(({ isOpen }) => isOpen()).length).toBeLessThanOrEqual(STRANGERS_MAX);
  const times = await Promise.all([...silent, ...more].map(({ ended }) => ended));
  expect(Math.max(...times)).toBeLessThan(GRACE_MS + 3_000);
  await expectQuickLogin(site);
  await expectQuickLogin(neighbour);
  await expectSshUnharmed(own);
  await expectHostOk(before, neighbour);
});

test('who guesses passwords has six on a connection, on twenty at a time too, and nobody else waits for him', async ({
  site,
  neighbour,
}) => {
  const [before, own] = [await readHost(), await readSshProcess()];
  const guessers = Promise.all([
    ...Array.from({ length: 10 }, () => guessPasswords(site.ssh.port, 'root')),
    ...Array.from({ length: 5 }, () => guessPasswords(SETTINGS.sshGatewayPort, site.name)),
    ...Array.from({ length: 5 }, () => guessPasswords(SETTINGS.sshGatewayPort, 'no-such-site')),
  ]);
  await expectQuickLogin(neighbour);
  expect(await guessers).toEqual(Array(20).fill(6));
  await expectQuickLogin(site);
  await expectSshUnharmed(own);
  await expectHostOk(before, neighbour);
});

test('one connection has ten sessions of a thousand that it asks for, and a site twenty connections', async ({
  site,
  neighbour,
}) => {
  const [before, own] = [await readHost(), await readSshProcess()];
  const idle = await readPids((await containerOf(site)).id);
  const wire = await openWire(site);
  const channels = await Promise.all(Array.from({ length: 1_000 }, () => wire.exec('sleep 600')));
  expect(channels.filter((channel) => channel !== null)).toHaveLength(10);
  await expect.poll(async () => (await ssh(site, 'pgrep -cx sleep')).stdout).toBe('10\n');
  await expectQuickLogin(neighbour);

  const others: WireClient[] = [];
  for (let count = 1; count < 20; count += 1) others.push(await openWire(site));
  const refused = await ssh(site, 'true');
  expect([refused.code, refused.stdout]).toEqual([255, '']);
  expect(refused.stderr).toMatch(/This site has 20 SSH connections open, which is the most it may have\.\n.*Close one/);
  await expectQuickLogin(neighbour);

  for (const { drop } of [wire, ...others]) drop();
  await expect.poll(async () => (await ssh(site, 'pgrep -cx sleep')).stdout, { timeout: 10_000 }).toBe('0\n');
  await expect.poll(async () => readPids((await containerOf(site)).id), { timeout: 10_000 }).toBeLessThan(idle + 5);
  await expectSshUnharmed(own);
  await expectHostOk(before, neighbour);
});

test('a client that asks without end and reads no answer is cut', async ({ site, neighbour }) => {
  const [before, own] = [await readHost(), await readSshProcess()];
  const relay = await openRelay(site.ssh.port);
  const wire = await openWire(site, relay.port);
  relay.stopReading();
  let isClosed = false;
  void wire.closed.then(() => {
    isClosed = true;
  });
  // 36 bytes of answer each.
  for (let round = 0; round < 100 && !isClosed; round += 1) {
    for (let count = 0; count < 2_500; count += 1) wire.ping();
    await sleep(20);
  }
  await expect.poll(() => isClosed).toBe(true);
  relay.end();
  await expectQuickLogin(neighbour);
  await expectSshUnharmed(own);
  await expectHostOk(before, neighbour);
});

test('output that nobody reads waits in the container, in no memory of ours, and ends with its client', async ({
  site,
  neighbour,
}) => {
  const [before, own] = [await readHost(), await readSshProcess()];
  const wires = await Promise.all(Array.from({ length: 3 }, () => openWire(site)));
  for (const wire of wires) {
    const channel = (await wire.exec('cat /dev/zero')) as ClientChannel;
    wire.widen(channel, 2 ** 31);
    wire.stopReading();
  }
  await sleep(2_000);
  const engine = (await readHost()).engineCpuSeconds;
  await sleep(3_000);
  expect((await readHost()).engineCpuSeconds - engine, 'the engine rests').toBeLessThan(0.3);
  await expectSshUnharmed(own);
  await expectQuickLogin(neighbour);

  for (const { drop } of wires) drop();
  await expect.poll(async () => (await ssh(site, 'pgrep -cx cat')).stdout, { timeout: 10_000 }).toBe('0\n');
  await expectSshUnharmed(own);
  await expectHostOk(before, neighbour);
});

test('a window that changes its size 2,000 times costs the engine little, and a size that cannot be is none', async ({
  site,
  neighbour,
}) => {
  const [before, own] = [await readHost(), await readSshProcess()];
  const wire = await openWire(site);
  const shell = await new Promise<ClientChannel>((resolve, reject) => {
    wire.client.shell({ rows: 24, cols: 80, term: 'xterm' }, (error, channel) =>
      error ? reject(error) : resolve(channel),
    );
  });
  let text = '';
  shell.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const engine = (await readHost()).engineCpuSeconds;
  for (let change = 1; change <= 2_000; change += 1) shell.setWindow(change, 4_294_967_295, 0, 0);
  await sleep(1_000);
  shell.write('stty size; echo done\n');
  await expect.poll(() => text).toMatch(/^500 500\s+done/m);
  expect((await readHost()).engineCpuSeconds - engine).toBeLessThan(1);
  wire.drop();
  await expectSshUnharmed(own);
  await expectHostOk(before, neighbour);
});

test('of a client’s variables only those of its looks arrive, and of its old ciphers none', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  const names = ['LD_PRELOAD', 'LD_LIBRARY_PATH', 'BASH_ENV', 'ENV', 'PATH', 'PYTHONPATH', 'IFS', 'DOCKER_HOST'];
  const sent = names.map((name) => `${name}=evil`).join(' ');
  const said = await ssh(site, 'env', { flags: ['-o', `SetEnv=${sent} LC_ALL=C.UTF-8 LANG=${'x'.repeat(5_000)}`] });
  expect(said.code, said.stderr).toBe(0);
  expect(said.stdout).not.toContain('evil');
  expect(said.stdout).not.toContain('xxxxx');
  expect(said.stdout).toMatch(/^LC_ALL=C\.UTF-8$/m);

  const bare = ['-F', '/dev/null', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
  const enter = (flags: string[]) =>
    run('ssh', [...bare, '-o', 'BatchMode=yes', ...flags, '-p', String(site.ssh.port), 'root@localhost', 'id']);
  for (const old of [
    ['-c', 'aes128-cbc'],
    ['-m', 'hmac-sha1'],
    ['-o', 'KexAlgorithms=diffie-hellman-group14-sha1'],
    ['-o', 'HostKeyAlgorithms=ssh-rsa'],
  ]) {
    const { code, stderr } = await enter(old);
    expect([code, stderr], old.join(' ')).toEqual([255, expect.stringMatching(/no matching .* found/i)]);
  }
  const squeezed = await enter(['-C', '-v']);
  expect(squeezed.stderr).toMatch(/compression: none/);
  await expectHostOk(before, neighbour);
});

test('a name that writes into logs is one value of one line', async ({ site, neighbour }) => {
  const before = await readHost();
  const lie = '{"level":"info","msg":"logged in","user":"root"}';
  const names = [`x\n${lie}`, `x\r${lie}`, '\u001b[2J\u001b]0;owned\u0007', `a"},${lie}`, 'ü'.repeat(5_000)];
  const guesses = await Promise.all(names.map((name) => guessPasswords(site.ssh.port, name)));
  expect(guesses).toEqual(names.map(() => 6));
  const log = await readFile(path.join(SETTINGS.dataDir, 'log/ssh/current'), 'utf8');
  const lines = log.trim().split('\n').slice(-200);
  const entries = lines.map((line) => JSON.parse(line.slice(line.indexOf('{'))) as { msg: string; user?: string });
  expect(entries.some(({ msg, user }) => msg === 'wrong guess' && user?.startsWith('x\n'))).toBe(true);
  expect(log.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  for (const { user } of entries) expect(user?.length ?? 0).toBeLessThanOrEqual(64);
  await expectQuickLogin(neighbour);
  await expectHostOk(before, neighbour);
});
