// "The world" as sites see it, on this machine: a network namespace behind a pair of interfaces, so that what sites send
// there crosses the firewall as on its way to the internet. Its addresses are those of documentation and of tests.

import { type ChildProcess, spawn } from 'node:child_process';
import os from 'node:os';
import { must, run } from './programs.ts';
import { TEST_SLOT, WORLD_ALLOWED } from './test-instance.ts';

const NAME = `lkworld${TEST_SLOT}`;
const FIRST = 4 * TEST_SLOT;
const NETWORK = freeNetwork();
const HOST = `${NETWORK}.${FIRST + 1}`;
/** Of documentation; containers may reach it. */
export const WORLD = `${NETWORK}.${FIRST + 2}`;
/** Of network benchmarks (RFC 2544), closed but for one port that the instance allows. */
export const [CLOSED, ALLOWED_PORT] = WORLD_ALLOWED;
/** Stands for a cloud's metadata, which the tests never ask. */
export const METADATA = `169.254.77.${TEST_SLOT + 1}`;
/** What listens on every address of the world. */
export const PORTS = { keeps: 7000, sends: 7001, swallows: 7002, mail: 25 };

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
  try:
    while peer.recv(65536): pass
  except OSError: pass
for port in (${PORTS.keeps}, ${PORTS.mail}, ${ALLOWED_PORT}): serve(port, kept.append)
serve(${PORTS.sends}, source); serve(${PORTS.swallows}, sink)
print("ready", flush=True)
threading.Event().wait()`;

/** Of the networks for documentation (RFC 5737) the first that the machine itself is not in, as test machines may be. */
function freeNetwork(): string {
  const others = Object.entries(os.networkInterfaces()).filter(([name]) => !name.startsWith('lkworld'));
  const taken = others.flatMap(([, addresses]) => addresses ?? []).map(({ address }) => address);
  const free = ['203.0.113', '198.51.100', '192.0.2'].find(
    (network) => !taken.some((one) => one.startsWith(`${network}.`)),
  );
  if (!free) throw new Error('the machine is in all networks for documentation');
  return free;
}

/** Makes the world; `end` takes everything away again. What a killed run left goes first. */
export async function openWorld(): Promise<{ end(): Promise<void> }> {
  await removeWorld();
  const ip = (line: string) => must('ip', line.split(' '));
  await ip(`netns add ${NAME}`);
  await ip(`link add ${NAME} type veth peer name eth0 netns ${NAME}`);
  await ip(`addr add ${HOST}/30 dev ${NAME}`);
  await ip(`link set ${NAME} up`);
  await ip(`-n ${NAME} link set lo up`);
  await ip(`-n ${NAME} addr add ${WORLD}/30 dev eth0`);
  await ip(`-n ${NAME} link set eth0 up`);
  await ip(`-n ${NAME} route add default via ${HOST}`);
  for (const address of [CLOSED, METADATA]) {
    await ip(`-n ${NAME} addr add ${address}/32 dev eth0`);
    await ip(`route add ${address}/32 via ${WORLD} dev ${NAME}`);
  }
  const server = spawn('ip', ['netns', 'exec', NAME, 'python3', '-c', SERVER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await untilReady(server);
  return {
    async end() {
      server.kill('SIGKILL');
      await removeWorld();
    },
  };
}

function untilReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    server.stdout?.once('data', () => resolve());
    server.once('exit', (code) => reject(new Error(`the world's listeners ended with ${code}`)));
  });
}

async function removeWorld(): Promise<void> {
  await run('ip', ['link', 'del', NAME]);
  await run('ip', ['netns', 'del', NAME]);
}

/** Python for inside a site: begins so many connections at once; prints how many stood after so many seconds. */
export const connects = (host: string, port: number, count: number, seconds: number) => `import selectors, socket, time
waiting = selectors.DefaultSelector(); stood = 0
for _ in range(${count}):
  one = socket.socket(); one.setblocking(False); one.connect_ex(("${host}", ${port})); waiting.register(one, selectors.EVENT_WRITE)
end = time.monotonic() + ${seconds}
while (left := end - time.monotonic()) > 0:
  for key, _ in waiting.select(left):
    waiting.unregister(key.fileobj); stood += key.fileobj.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
print(stood)`;

/** Bytes a second over four seconds, after one in which what the bucket had saved is used up. */
export const RECEIVES = `import socket, time
peer = socket.create_connection(("${WORLD}", ${PORTS.sends})); start = time.monotonic(); taken = 0
while (now := time.monotonic()) < start + 5.5:
  size = len(peer.recv(65536))
  if now > start + 1.5: taken += size
print(int(taken / 4))`;
export const SENDS = `import socket, time
peer = socket.create_connection(("${WORLD}", ${PORTS.swallows})); start = time.monotonic(); given = 0
while (now := time.monotonic()) < start + 5.5:
  size = peer.send(b"x" * 16384)
  if now > start + 1.5: given += size
print(int(given / 4))`;
