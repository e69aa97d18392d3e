// From inside a site: the world, and nothing of this machine or of other sites. The engine and the proxy's admin have
// unix sockets and PostgreSQL has no TCP, so what could be met at all are ports; each is tried with something that listens.

import { readFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import { expect, get, type Site, ssh, test, watch } from '../setup/fixtures.ts';
import { containerOf, expectHostOk, readHost, SETTINGS } from '../setup/host-state.ts';

/** Tries all at the same time; answers those that were reached, as `host:port`. */
async function reached(site: Site, targets: string[]): Promise<string[]> {
  const script = `import socket, sys
from concurrent.futures import ThreadPoolExecutor
def reach(target):
  host, port = target.rsplit(":", 1)
  try: socket.create_connection((host, int(port)), 2).close()
  except OSError: return None
  return target
with ThreadPoolExecutor(32) as pool: print(*filter(None, pool.map(reach, ${JSON.stringify(targets)})))`;
  const ran = await ssh(site, 'python3 -', { input: script });
  expect(ran.code, ran.stderr).toBe(0);
  return ran.stdout.trim().split(' ').filter(Boolean);
}

function hostAddresses(): string[] {
  const all = Object.values(os.networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
}

test('a site reaches the world, and neither a neighbour nor anything of this host', async ({ site, neighbour }) => {
  const before = await readHost();
  const [own, other] = [await containerOf(site), await containerOf(neighbour)];
  const server = net.createServer((socket) => socket.end()).listen(0, '0.0.0.0');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  const addresses = hostAddresses();
  expect(addresses.length).toBeGreaterThan(1);
  expect(other.address).toMatch(/^\d+(\.\d+){3}$/);
  expect(await reached(site, [`${own.address}:8001`])).toEqual([`${own.address}:8001`]);

  const ports = [
    port,
    SETTINGS.httpPort,
    SETTINGS.webPort,
    SETTINGS.sshGatewayPort,
    neighbour.ssh.port,
    22,
    2375,
    5432,
  ];
  const closed = [
    ...[8000, 8001, 8002, 22, 80].map((number) => `${other.address}:${number}`),
    ...addresses.flatMap((address) => ports.map((number) => `${address}:${number}`)),
    ...['169.254.169.254:80', '10.0.0.1:80', '172.17.0.1:80', '192.168.0.1:80', '100.64.0.1:80', '224.0.0.1:80'],
    // Mail, on an address of documentation that nobody has (RFC 5737).
    ...[25, 465, 587].map((number) => `203.0.113.1:${number}`),
  ];
  expect(await reached(site, closed)).toEqual([]);

  const words = await ssh(
    site,
    `ping -c1 -W1 ${other.address} >/dev/null && echo neighbour answers; ping -c1 -W1 ${addresses[0]} >/dev/null && echo host answers
     ping -6 -c1 -W1 ff02::1%eth0 2>&1 | grep -i 'bytes from'; getent hosts ${neighbour.name} lightkeeper-${other.siteId} ${SETTINGS.instance}-${other.siteId}
     find / -xdev -type s 2>/dev/null; ls /var/run/docker.sock /run/docker.sock 2>/dev/null; echo end`,
  );
  expect(words.stdout).toBe('end\n');
  server.close();

  // And the world: names, packages, and the way in for visitors.
  const world = await ssh(
    site,
    'apt-get update -qq && apt-get download -qq hello && ls hello_*.deb && npm view is-odd version',
  );
  expect(world.code, world.stderr).toBe(0);
  expect((await get(neighbour.address)).status).toBe(200);
  await expectHostOk(before, neighbour);
});

test("a flood of connections ends at the site's own share of the host's table", async ({ site, neighbour }) => {
  const before = await readHost();
  const entries = await connectionEntries();
  const others = watch(neighbour);
  const flood = `import socket
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sent = 0
for port in range(1, 20001):
  try: out.sendto(b"x", ("203.0.113.%d" % (port % 200 + 1), port)); sent += 1
  except OSError: pass
print(sent > 10000)`;
  expect((await ssh(site, 'python3 -', { input: flood })).stdout).toBe('True\n');
  expect((await connectionEntries()) - entries).toBeLessThan(5_000);
  // What comes in is not in its share: its visitors and its owner's shell are not hit.
  expect((await get(site.address)).status).toBe(200);
  expect((await ssh(site, 'id -u')).stdout).toBe('0\n');
  await expectHostOk(before, neighbour);
  const { asked, failed } = await others.stop();
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(20);
});

async function connectionEntries(): Promise<number> {
  return Number(await readFile('/proc/sys/net/netfilter/nf_conntrack_count', 'utf8'));
}
