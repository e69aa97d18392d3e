// The rules and the elements against this kernel: two "sites" and the "world" are network namespaces, joined by a bridge
// and a pair of interfaces of our own, as containers and the uplink are. Addresses are those of documentation (RFC 5737).

import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { renderFirewall, renderNoFirewall } from '#workers/host/firewall-rules.ts';
import { runCommand } from '#workers/host/run-command.ts';
import { firewallTable, STRICTEST } from './elements.ts';
import { createNftNetwork } from './nft.ts';

const INSTANCE = 'nftct';
const BRIDGE = `lk-${INSTANCE}`;
const [ONE, TWO, WORLD] = ['10.219.99.2', '10.219.99.3', '198.51.100.2'];
const PLAN = { instance: INSTANCE, bridge: BRIDGE, subnet: '10.219.99.0/24', resolvers: [WORLD], allow: [] };
const LIMITS = { bandwidthBytesMax: 2 << 20, connectionsMax: 50, newConnectionsMax: 10 };
const network = createNftNetwork(firewallTable(INSTANCE));
const nft = (input: string) => runCommand('nft', ['-f', '-'], { input });
const ip = (line: string) => runCommand('ip', line.split(' '));
const namespaces = ['one', 'two', 'world'].map((name) => `${INSTANCE}-${name}`);

/** Runs Python in a namespace; answers what it printed. */
async function inside(who: 'one' | 'two' | 'world', script: string): Promise<string> {
  const args = ['netns', 'exec', `${INSTANCE}-${who}`, 'python3', '-'];
  return (await runCommand('ip', args, { input: script, timeoutMs: 30_000 })).stdout.trim();
}

/** Joins a namespace's eth0 to the host. */
async function join(who: string, address: string, gateway: string, master: string | null): Promise<void> {
  const space = `${INSTANCE}-${who}`;
  const link = `${INSTANCE}-${who}`.slice(0, 15);
  await ip(`netns add ${space}`);
  await ip(`link add ${link} type veth peer name eth0 netns ${space}`);
  if (master) await ip(`link set ${link} master ${master}`);
  else await ip(`addr add ${gateway}/24 dev ${link}`);
  await ip(`link set ${link} up`);
  await ip(`-n ${space} link set lo up`);
  await ip(`-n ${space} addr add ${address}/24 dev eth0`);
  await ip(`-n ${space} link set eth0 up`);
  await ip(`-n ${space} route add default via ${gateway}`);
}

async function removeAll(): Promise<void> {
  for (const space of namespaces) {
    await runCommand('ip', ['link', 'del', space.slice(0, 15)], { allow: [1] });
    await runCommand('ip', ['netns', 'del', space], { allow: [1] });
  }
  await runCommand('ip', ['link', 'del', BRIDGE], { allow: [1] });
  await nft(renderNoFirewall(INSTANCE));
}

/** In the world: takes connections on 7000, sends on 7001, swallows on 7002 and UDP on 53; tells nobody of itself. */
const SERVER = `import socket, threading
def serve(port, each):
  server = socket.create_server(("0.0.0.0", port), backlog=4096)
  def loop():
    while True:
      peer, _ = server.accept()
      threading.Thread(target=each, args=(peer,), daemon=True).start()
  threading.Thread(target=loop, daemon=True).start()
kept = []
def source(peer):
  try:
    while True: peer.sendall(b"x" * 65536)
  except OSError: pass
def sink(peer):
  taken = 0
  while data := peer.recv(65536): taken += len(data)
  peer.close()
serve(7000, kept.append); serve(7001, source); serve(7002, sink); serve(25, kept.append)
asked = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); asked.bind(("0.0.0.0", 53))
print("ready", flush=True)
while True:
  data, peer = asked.recvfrom(512); asked.sendto(data, peer)`;

let server: ReturnType<typeof spawn>;

beforeAll(async () => {
  await removeAll();
  await ip(`link add ${BRIDGE} type bridge`);
  await ip(`addr add 10.219.99.1/24 dev ${BRIDGE}`);
  await ip(`link set ${BRIDGE} up`);
  await join('one', ONE, '10.219.99.1', BRIDGE);
  await join('two', TWO, '10.219.99.1', BRIDGE);
  await join('world', WORLD, '198.51.100.1', null);
  await writeFile(`/sys/class/net/${BRIDGE}/bridge/nf_call_iptables`, '1');
  await writeFile('/proc/sys/net/ipv4/ip_forward', '1');
  server = spawn('ip', ['netns', 'exec', `${INSTANCE}-world`, 'python3', '-c', SERVER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => server.stdout?.once('data', resolve));
});

beforeEach(async () => {
  await nft(renderNoFirewall(INSTANCE) + renderFirewall(PLAN));
});

afterAll(async () => {
  server.kill('SIGKILL');
  await removeAll();
});

/** Begins `count` connections at once and answers how many stood after so many seconds. */
const connects = (host: string, port: number, count: number, seconds: number) => `import selectors, socket, time
waiting = selectors.DefaultSelector(); stood = 0
for _ in range(${count}):
  one = socket.socket(); one.setblocking(False); one.connect_ex(("${host}", ${port})); waiting.register(one, selectors.EVENT_WRITE)
end = time.monotonic() + ${seconds}
while (left := end - time.monotonic()) > 0:
  for key, _ in waiting.select(left):
    waiting.unregister(key.fileobj); stood += key.fileobj.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
print(stood)`;

/** Bytes a second over four seconds after the first, in which the bucket's own second is used up. */
const receives = `import socket, time
peer = socket.create_connection(("${WORLD}", 7001)); start = time.monotonic(); taken = 0; begun = None
while (now := time.monotonic()) < start + 5:
  size = len(peer.recv(65536))
  if now > start + 1: taken += size
print(int(taken / 4))`;
const sends = `import socket, time
peer = socket.create_connection(("${WORLD}", 7002)); peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536); start = time.monotonic(); given = 0
while (now := time.monotonic()) < start + 5:
  size = peer.send(b"x" * 16384)
  if now > start + 1: given += size
print(int(given / 4))`;

test('limits are in force when they are set, are listed with what was refused, replaced and forgotten', async () => {
  expect(await network.list()).toEqual(new Map());
  await network.setLimits(new Map([[ONE, LIMITS]]));
  const nothing = { closed: 0, connections: 0, bandwidth: 0 };
  expect(await network.list()).toEqual(new Map([[ONE, { limits: LIMITS, refused: nothing }]]));
  const others = { bandwidthBytesMax: 777_777, connectionsMax: 5, newConnectionsMax: 5 };
  await network.setLimits(new Map([[ONE, others]]));
  await network.setLimits(new Map([[TWO, LIMITS]]));
  expect((await network.list()).get(ONE)?.limits).toEqual(others);
  await network.forget(ONE);
  await network.forget(ONE);
  expect([...(await network.list()).keys()]).toEqual([TWO]);
});

test('the rules are replaced without taking limits or counts away; without the table nothing is in force', async () => {
  await network.setLimits(new Map([[ONE, LIMITS]]));
  await inside('one', connects(TWO, 7000, 3, 0.2));
  const before = await network.list();
  expect(before.get(ONE)?.refused.closed).toBeGreaterThanOrEqual(3);
  await nft(renderFirewall({ ...PLAN, resolvers: [] }));
  expect(await network.list()).toEqual(before);
  await nft(renderNoFirewall(INSTANCE));
  expect(await network.list()).toEqual(new Map());
  await network.forget(ONE);
  await expect(network.setLimits(new Map([[ONE, LIMITS]]))).rejects.toThrow('No such file');
});

test('connections begun in a second end at the limit, and a neighbour begins its own', async () => {
  await network.setLimits(new Map([[ONE, LIMITS]]));
  await network.setLimits(new Map([[TWO, { ...LIMITS, newConnectionsMax: 200, connectionsMax: 500 }]]));
  const [one, two] = await Promise.all([
    inside('one', connects(WORLD, 7000, 300, 0.8)),
    inside('two', connects(WORLD, 7000, 150, 0.8)),
  ]);
  expect(Number(one)).toBeGreaterThanOrEqual(LIMITS.newConnectionsMax);
  expect(Number(one)).toBeLessThanOrEqual(2 * LIMITS.newConnectionsMax);
  expect(Number(two)).toBe(150);
  const { refused } = (await network.list()).get(ONE) ?? {};
  expect(refused?.connections).toBeGreaterThanOrEqual(280);
  expect((await network.list()).get(TWO)?.refused.connections).toBe(0);
});

test('connections at a time end at the limit', async () => {
  await network.setLimits(new Map([[ONE, { ...LIMITS, newConnectionsMax: 1000 }]]));
  expect(Number(await inside('one', connects(WORLD, 7000, 200, 0.5)))).toBe(LIMITS.connectionsMax);
});

test('bandwidth is the limit, each way, and a neighbour has its own', async () => {
  await network.setLimits(new Map([[ONE, LIMITS]]));
  await network.setLimits(new Map([[TWO, { ...LIMITS, bandwidthBytesMax: 8 << 20 }]]));
  for (const script of [receives, sends]) {
    const [one, two] = (await Promise.all([inside('one', script), inside('two', script)])).map(Number);
    expect((one ?? 0) / LIMITS.bandwidthBytesMax).toBeGreaterThan(0.7);
    expect((one ?? 0) / LIMITS.bandwidthBytesMax).toBeLessThan(1.3);
    expect((two ?? 0) / (8 << 20)).toBeGreaterThan(0.7);
  }
  expect((await network.list()).get(ONE)?.refused.bandwidth).toBeGreaterThan(0);
});

test('an address that nobody gave limits has the strictest', async () => {
  expect(Number(await inside('one', connects(WORLD, 7000, 100, 0.5)))).toBeLessThanOrEqual(
    2 * STRICTEST.newConnectionsMax,
  );
  expect(Number(await inside('two', receives))).toBeLessThan(1.5 * STRICTEST.bandwidthBytesMax);
});

test('questions to a resolver are bounded, and what is not answered counts as begun each time', async () => {
  await network.setLimits(new Map([[ONE, LIMITS]]));
  const asks = (port: number) => `import socket, time
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); out.settimeout(0.3); answers = 0
for _ in range(2000): out.sendto(b"q", ("${WORLD}", ${port}))
try:
  while True: out.recv(512); answers += 1
except OSError: print(answers)`;
  const answers = Number(await inside('one', asks(53)));
  expect(answers).toBeGreaterThanOrEqual(50);
  expect(answers).toBeLessThanOrEqual(250);
  await inside('one', asks(9));
  expect((await network.list()).get(ONE)?.refused.connections).toBeGreaterThan(3_000);
});

test('neighbours, the host, closed ranges and mail are refused and counted, also over ICMP and UDP', async () => {
  await network.setLimits(new Map([[ONE, LIMITS]]));
  for (const [host, port] of [
    [TWO, 7000],
    ['10.219.99.1', 22],
    ['198.51.100.1', 22],
    ['169.254.169.254', 80],
    [WORLD, 25],
  ] as const) {
    const before = (await network.list()).get(ONE)?.refused.closed ?? 0;
    expect(await inside('one', connects(host, port, 5, 0.2)), `${host}:${port}`).toBe('0');
    expect(((await network.list()).get(ONE)?.refused.closed ?? 0) - before, host).toBeGreaterThanOrEqual(5);
  }
  const silent = `import socket
for kind, proto, data, port in ((socket.SOCK_DGRAM, 0, b"x", 9), (socket.SOCK_RAW, socket.IPPROTO_ICMP, bytes([8, 0, 0xf7, 0xff, 0, 0, 0, 0]), 0)):
  out = socket.socket(socket.AF_INET, kind, proto); out.settimeout(0.3); out.sendto(data, ("${TWO}", port))
  try: print(out.recv(100))
  except OSError: pass`;
  const before = (await network.list()).get(ONE)?.refused.closed ?? 0;
  expect(await inside('one', silent)).toBe('');
  expect(((await network.list()).get(ONE)?.refused.closed ?? 0) - before).toBe(2);
});

test('two hundred and fifty sites get their limits, and are listed, with one call each and in little time', async () => {
  const addresses = Array.from({ length: 250 }, (_, index) => `10.219.99.${index + 4}`);
  const begun = performance.now();
  await network.setLimits(new Map(addresses.map((address) => [address, LIMITS])));
  expect(performance.now() - begun).toBeLessThan(3_000);
  const cpu = process.cpuUsage();
  const start = performance.now();
  expect((await network.list()).size).toBe(addresses.length);
  expect(performance.now() - start).toBeLessThan(500);
  expect(process.cpuUsage(cpu).user / 1000).toBeLessThan(200);
});
