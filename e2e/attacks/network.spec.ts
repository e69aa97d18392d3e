// From inside a site: the world, and nothing of this machine or of other sites. The engine and the proxy's admin have
// unix sockets and PostgreSQL has no TCP, so what could be met at all are ports; each is tried with something that
// listens. And of the world: no more than the site's plan, while a neighbour has all of its own.

import { readFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import { firewallTable } from '#lib/network/elements.ts';
import { createNftNetwork } from '#lib/network/nft.ts';
import { PLANS } from '../../prisma/seed.ts';
import { query } from '../setup/database.ts';
import { expect, get, launch, remove, type Site, ssh, test, watch } from '../setup/fixtures.ts';
import { containerOf, expectHostOk, readHost, SETTINGS } from '../setup/host-state.ts';
import { must } from '../setup/programs.ts';
import { ALLOWED_PORT, CLOSED, connects, METADATA, openWorld, PORTS, RECEIVES, SENDS, WORLD } from '../setup/world.ts';

const network = createNftNetwork(firewallTable(SETTINGS.instance));

function planOf(name: 'guest' | 'member') {
  const plan = PLANS.find((candidate) => candidate.name === name);
  if (!plan) throw new Error(`there is no plan ${name}`);
  const { bandwidthBytesMax, connectionsMax, newConnectionsMax } = plan;
  return { bandwidthBytesMax: Number(bandwidthBytesMax), connectionsMax, newConnectionsMax };
}
const GUEST = planOf('guest');

/** What the kernel holds for the site's address, and has refused it. */
async function stateOf(site: Site) {
  return (await network.list()).get((await containerOf(site)).address);
}

/** Runs Python inside the site; answers the number that it printed. */
async function count(site: Site, script: string): Promise<number> {
  const ran = await ssh(site, 'python3 -', { input: script });
  expect(ran.code, ran.stderr).toBe(0);
  return Number(ran.stdout);
}

let world: Awaited<ReturnType<typeof openWorld>>;
test.beforeAll(async () => {
  world = await openWorld();
});
test.afterAll(async () => {
  await world.end();
});

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
    ...[25, 465, 587].map((number) => `${WORLD}:${number}`),
    ...[`${METADATA}:${PORTS.keeps}`, `${CLOSED}:${PORTS.keeps}`],
  ];
  expect(await reached(site, closed)).toEqual([]);

  const words = await ssh(
    site,
    `ping -c1 -W1 ${other.address} >/dev/null && echo neighbour answers; ping -c1 -W1 ${addresses[0]} >/dev/null && echo host answers
     cat /proc/net/if_inet6; ping -6 -c1 -W1 ff02::1%eth0 2>&1 | grep -i 'bytes from'; getent hosts ${neighbour.name} lightkeeper-${other.siteId} ${SETTINGS.instance}-${other.siteId}
     find / -xdev -type s 2>/dev/null; ls /var/run/docker.sock /run/docker.sock 2>/dev/null; echo end`,
  );
  expect(words.stdout).toBe('end\n');
  server.close();
  // The same machine where it is open: what the operator allows, by port, and what is the world's.
  const open = [`${CLOSED}:${ALLOWED_PORT}`, `${WORLD}:${PORTS.keeps}`];
  expect(await reached(site, open)).toEqual(open);

  // And the world: names, packages, and the way in for visitors.
  const world = await ssh(
    site,
    'apt-get update -qq && apt-get download -qq hello && ls hello_*.deb && npm view is-odd version',
  );
  expect(world.code, world.stderr).toBe(0);
  expect((await get(neighbour.address)).status).toBe(200);
  await expectHostOk(before, neighbour);
});

test('each site has its plan’s network in the kernel, a guest less than a member, and other limits soon after the change', async ({
  site,
  neighbour,
}) => {
  expect((await stateOf(site))?.limits).toEqual(GUEST);
  const member = planOf('member');
  for (const limit of ['bandwidthBytesMax', 'connectionsMax', 'newConnectionsMax'] as const) {
    expect(GUEST[limit]).toBeLessThan(member[limit]);
  }
  const { siteId } = await containerOf(site);
  await query(`update "Site" set "planName" = 'member', "connectionsMax" = 7 where id = $1`, [siteId]);
  await expect
    .poll(async () => (await stateOf(site))?.limits, { timeout: 15_000, intervals: [500] })
    .toEqual({ ...member, connectionsMax: 7 });
  expect((await stateOf(neighbour))?.limits).toEqual(GUEST);
});

test('a firewall that is taken away is back within seconds, with the limits of every site', async ({ site }) => {
  await must('nft', ['delete', 'table', 'inet', firewallTable(SETTINGS.instance)]);
  await expect.poll(async () => (await stateOf(site))?.limits, { timeout: 25_000, intervals: [500] }).toEqual(GUEST);
  expect(await reached(site, [`${WORLD}:${PORTS.keeps}`])).toHaveLength(1);
});

test('the way to the world stays open while other sites come and go', async ({ site }) => {
  const script = `import socket, time
end = time.monotonic() + 12; failed = 0
while time.monotonic() < end:
  try: socket.create_connection(("${WORLD}", ${PORTS.keeps}), 0.5).close()
  except OSError: failed += 1
  time.sleep(0.1)
print(failed)`;
  const failed = count(site, script);
  for (let round = 0; round < 6; round += 1) await remove(await launch());
  expect(await failed).toBe(0);
});

test('new connections end at the plan’s rate, and a neighbour begins his own at the same moment', async ({
  site,
  neighbour,
}) => {
  await Promise.all([ssh(site, 'true'), ssh(neighbour, 'true')]);
  const [mine, others] = await Promise.all([
    count(site, connects(WORLD, PORTS.keeps, 400, 0.9)),
    count(neighbour, connects(WORLD, PORTS.keeps, GUEST.newConnectionsMax, 0.9)),
  ]);
  expect(mine).toBeGreaterThanOrEqual(GUEST.newConnectionsMax);
  expect(mine).toBeLessThanOrEqual(3 * GUEST.newConnectionsMax);
  expect(others).toBe(GUEST.newConnectionsMax);
  expect((await stateOf(site))?.refused.connections).toBeGreaterThan(300);
  expect((await stateOf(neighbour))?.refused.connections).toBe(0);
});

test('bandwidth ends at the plan’s, out and in, and neither a neighbour nor the site’s visitors notice', async ({
  site,
  neighbour,
}) => {
  const visitors = watch(site);
  for (const script of [RECEIVES, SENDS]) {
    const both = await Promise.all([count(site, script), count(neighbour, script)]);
    for (const bytes of both) {
      expect(bytes / GUEST.bandwidthBytesMax).toBeGreaterThan(0.7);
      expect(bytes / GUEST.bandwidthBytesMax).toBeLessThan(1.3);
    }
  }
  const { asked, failed } = await visitors.stop();
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(100);
  expect((await stateOf(site))?.refused.bandwidth).toBeGreaterThan(0);
});

test('a scan of a neighbour’s ports finds none, is counted, and its owner reads that it was seen', async ({
  site,
  neighbour,
}) => {
  const before = await readHost();
  const other = await containerOf(neighbour);
  const scan = `import socket
for port in range(1, 1001):
  one = socket.socket(); one.setblocking(False); one.connect_ex(("${other.address}", port)); one.close()
print(1000)`;
  await count(site, scan);
  const { refused } = (await stateOf(site)) ?? {};
  expect(refused?.closed).toBeGreaterThanOrEqual(900);
  expect((await stateOf(neighbour))?.refused).toEqual({ closed: 0, connections: 0, bandwidth: 0 });
  const { siteId } = await containerOf(site);
  await expect
    .poll(() => query('select kind, level, text from "Event" where "siteId" = $1 and kind = $2', [siteId, 'network']), {
      timeout: 30_000,
      intervals: [500],
    })
    .toMatchObject([
      {
        level: 'abusive',
        text: expect.stringMatching(/tries to reach what is closed to it: [\d,]+ attempts were refused/),
      },
    ]);
  expect(await query('select level from "Verdict" where "siteId" = $1 and kind = $2', [siteId, 'network'])).toEqual([
    { level: 'abusive' },
  ]);
  expect(
    await query('select kind from "Verdict" where "siteId" = $1 and kind = $2', [other.siteId, 'network']),
  ).toEqual([]);
  await expectHostOk(before, neighbour);
});

test("a flood of packets ends at the site's own share of the host's table", async ({ site, neighbour }) => {
  const before = await readHost();
  const entries = await connectionEntries();
  const others = watch(neighbour);
  const flood = `import socket
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sent = 0
for port in range(1, 20001):
  try: out.sendto(b"x", ("203.0.113.%d" % (port % 200 + 1), port)); sent += 1
  except OSError: pass
print(sent)`;
  expect(await count(site, flood)).toBeGreaterThan(10_000);
  expect((await connectionEntries()) - entries).toBeLessThan(2_000);
  expect((await stateOf(site))?.refused.connections).toBeGreaterThan(10_000);
  // What comes in is not in its share: its visitors and its owner's shell are not hit.
  expect((await get(site.address)).status).toBe(200);
  expect((await ssh(site, 'id -u')).stdout).toBe('0\n');
  await expectHostOk(before, neighbour);
  const { asked, failed } = await others.stop();
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(20);
});

test('a flood of questions ends at what one site may ask the resolvers', async ({ site, neighbour }) => {
  const flood = `import socket
server = [line.split()[1] for line in open("/etc/resolv.conf") if line.startswith("nameserver")][0]
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
question = b"\\0\\1\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0\\7example\\3org\\0\\0\\1\\0\\1"
for _ in range(3000): out.sendto(question, (server, 53))
print(3000)`;
  await count(site, flood);
  expect((await stateOf(site))?.refused.connections).toBeGreaterThan(2_000);
  expect((await stateOf(neighbour))?.refused.connections).toBe(0);
});

async function connectionEntries(): Promise<number> {
  return Number(await readFile('/proc/sys/net/netfilter/nf_conntrack_count', 'utf8'));
}
