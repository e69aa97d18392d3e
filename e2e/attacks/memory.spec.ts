// Memory: what a process asks for, what files in memory take, and what the kernel keeps for open connections.

import { readFile } from 'node:fs/promises';
import { expect, get, ssh, test, watch } from '../setup/fixtures.ts';
import { expectHostOk, MB, readHost } from '../setup/host-state.ts';

test('a process that asks for too much memory is killed; the shell, the site and the neighbour live on', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  const [own, others] = [watch(site), watch(neighbour)];

  const bomb = await ssh(site, `python3 -c 'x=bytearray(10<<30)'; echo "exit $?, still here as $(id -un)"`);
  expect(bomb.stdout).toBe('exit 137, still here as root\n');
  expect(bomb.stderr).toMatch(/Killed/);
  const direct = await ssh(site, `exec python3 -c 'x=bytearray(10<<30)'`);
  expect(direct.code).toBe(137);

  // Slowly, so that memory is full for a while: what is nobody's fault must not be hit in place of the bomb.
  const creeping = `blocks = []\nwhile True: blocks.append(bytearray(1 << 20))`;
  expect((await ssh(site, 'python3 -; echo exit $?', { input: creeping })).stdout).toBe('exit 137\n');

  await expectHostOk(before, neighbour);
  for (const { asked, failed } of [await own.stop(), await others.stop()]) {
    expect(failed).toEqual([]);
    expect(asked).toBeGreaterThan(20);
  }
});

test('files in memory end at their size, and all of them together leave the site enough to run', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  for (const place of ['/dev/shm', '/tmp', '/run', '/dev']) {
    const { stderr, code } = await ssh(site, `dd if=/dev/zero of=${place}/fill bs=1M`);
    expect(stderr, place).toMatch(/No space left on device/);
    expect(code).toBe(1);
  }
  for (let round = 0; round < 3; round += 1) expect((await get(site.address)).status).toBe(200);
  expect(await ssh(site, 'python3 -c "print(len(bytearray(30 << 20)) >> 20)"')).toMatchObject({
    code: 0,
    stdout: '30\n',
  });
  await expectHostOk(before, neighbour, { disk: 0, memory: site.limits.memoryBytes });

  await ssh(site, 'rm /dev/shm/fill /tmp/fill /run/fill /dev/fill');
  await expectHostOk(before, neighbour);
});

test('thousands of connections that nobody reads hold little of the memory that the kernel keeps for all', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  const script = `import socket, resource, time
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(4096)
held = []
for number in range(2000):
  client = socket.create_connection(server.getsockname())
  held += [client, server.accept()[0]]
  client.setblocking(False)
  try:
    while True: client.send(b"x" * 65536)
  except BlockingIOError: pass
print("held", len(held), flush=True)
time.sleep(1)
`;
  const idle = await tcpBytes();
  let most = 0;
  const holding = ssh(site, 'python3 -', { input: script });
  const measuring = setInterval(() => void tcpBytes().then((now) => (most = Math.max(most, now))), 100);
  const { stdout } = await holding.finally(() => clearInterval(measuring));
  expect(stdout).toBe('held 4000\n');
  expect(most - idle).toBeLessThan(128 * MB);
  await expectHostOk(before, neighbour);
});

/** Of the whole machine: proc_net(5), sockstat, in pages. */
async function tcpBytes(): Promise<number> {
  const line = (await readFile('/proc/net/sockstat', 'utf8')).split('\n').find((text) => text.startsWith('TCP:'));
  return Number(/ mem (\d+)/.exec(line ?? '')?.[1]) * 4096;
}
