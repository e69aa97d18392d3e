// An attacker's own SSH client, over real sockets: it opens what it likes, sends what it likes, and reads only when it
// wants to. ssh2 has the messages under private names.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import ssh2, { type ClientChannel } from 'ssh2';
import type { Site } from './fixtures.ts';
import { requireService } from './services.ts';

interface Wire {
  _sock: net.Socket;
  _protocol: { ping(): void; channelWindowAdjust(id: number, bytes: number): void };
}

export interface WireClient {
  client: ssh2.Client;
  /** Resolves when the other side, or we, have ended the connection. */
  closed: Promise<void>;
  /** A command's channel; null when it is refused. */
  exec(command: string): Promise<ClientChannel | null>;
  /** A request that wants an answer, of which any number may be sent. */
  ping(): void;
  /** More output is welcome, as far as the other side can tell. */
  widen(channel: ClientChannel, bytes: number): void;
  stopReading(): void;
  /** As when the cable is pulled. */
  drop(): void;
}

/** Logs in with the site's password, at its port or through a relay to it. */
export async function openWire(site: Site, port = site.ssh.port): Promise<WireClient> {
  const client = new ssh2.Client();
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).once('error', reject);
    client.connect({ host: '127.0.0.1', port, username: 'root', password: site.ssh.password });
  });
  client.on('error', () => {}); // Cut off: its close tells.
  const wire = client as unknown as Wire;
  return {
    client,
    closed,
    exec: (command) =>
      new Promise((resolve) => {
        client.exec(command, (error, channel) => resolve(error ? null : channel.on('error', () => {})));
      }),
    ping: () => wire._protocol.ping(),
    widen: (channel, bytes) =>
      wire._protocol.channelWindowAdjust((channel as unknown as { outgoing: { id: number } }).outgoing.id, bytes),
    stopReading: () => void wire._sock.pause(),
    drop: () => void wire._sock.resetAndDestroy(),
  };
}

/** Passes one connection on. With the first byte on its input it reads no more of what the other side answers. */
const RELAY = `import os, select, socket, sys
door = socket.create_server(("127.0.0.1", 0))
print(door.getsockname()[1], flush=True)
near, _ = door.accept()
far = socket.socket()
far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
far.connect(("127.0.0.1", int(sys.argv[1])))
open_ = [near, far, sys.stdin]
while True:
  for ready in select.select(open_, [], [])[0]:
    if ready is sys.stdin:
      open_ = [near]
      continue
    data = ready.recv(65536)
    if not data: sys.exit()
    (far if ready is near else near).sendall(data)
`;

export interface Relay {
  port: number;
  /** Answers pile up on the other side at once: this one has next to no room for them. */
  stopReading(): void;
  end(): void;
}

export async function openRelay(port: number): Promise<Relay> {
  const child = spawn('python3', ['-c', RELAY, String(port)], { stdio: ['pipe', 'pipe', 'ignore'], timeout: 60_000 });
  child.stdin.on('error', () => {}); // It ends with its connection.
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(line), stopReading: () => void child.stdin.write('x'), end: () => void child.kill() };
}

/** A bare connection to a port of loopback. It sends nothing of itself. */
export interface Stranger {
  socket: net.Socket;
  /** Milliseconds from the connect to the end. */
  ended: Promise<number>;
  isOpen(): boolean;
}

export function connectBare(port: number): Stranger {
  const socket = net.connect(port, '127.0.0.1');
  const start = performance.now();
  let open = true;
  socket.on('error', () => {}); // Turned away.
  socket.resume();
  const ended = new Promise<number>((resolve) => {
    socket.once('close', () => {
      open = false;
      resolve(performance.now() - start);
    });
  });
  return { socket, ended, isOpen: () => open };
}

/** Guesses passwords on one connection until it is cut; answers how many it could say. */
export function guessPasswords(port: number, user: string): Promise<number> {
  const client = new ssh2.Client();
  let guesses = 0;
  return new Promise((resolve) => {
    client.on('error', () => {}).on('close', () => resolve(guesses));
    client.connect({
      host: '127.0.0.1',
      port,
      username: user,
      authHandler: (_left, _partial, next) => {
        guesses += 1;
        next({ type: 'password', username: user, password: `guess ${guesses}` });
      },
    });
  });
}

/** What the process that serves SSH has in memory; `pid` tells one life of it from another. */
export async function readSshProcess(): Promise<{ pid: number; bytes: number }> {
  const pid = await requireService('ssh');
  const kibibytes = /^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { pid, bytes: Number(kibibytes) * 1024 };
}
