// A DNS of the test's own, and Caddy as a certificate authority that asks names over HTTP, as the world's do.

import { type ChildProcess, spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TEST_INSTANCE, TEST_SLOT } from './test-instance.ts';

/** Names of the test are below this one. */
export const ZONE = 'lightkeeper-test.org';
const STORAGE = path.resolve(TEST_INSTANCE.LIGHTKEEPER_ACME_CA_FILE, '../../../..');
export const ROOT_FILE = TEST_INSTANCE.LIGHTKEEPER_ACME_CA_FILE;
const ACME_PORT = Number(new URL(TEST_INSTANCE.LIGHTKEEPER_ACME_URL).port);
const DNS_PORT = Number(TEST_INSTANCE.LIGHTKEEPER_DNS.split(':')[1]);
/** Where the authority finds the names, at port 80 as RFC 8555 wants it (8.3). */
const FRONT = `127.0.1.${TEST_SLOT + 1}`;

export interface Zone {
  texts: Map<string, string[]>;
  addresses: Map<string, string[]>;
}

/** Answers A and TXT from the zone; what it has not, does not exist. */
export async function openDns(): Promise<Zone & { end(): Promise<void> }> {
  const zone: Zone = { texts: new Map(), addresses: new Map() };
  const socket = dgram.createSocket('udp4');
  socket.on('message', (question, { port, address }) => socket.send(answer(question, zone), port, address));
  socket.bind(DNS_PORT, '127.0.0.1');
  await once(socket, 'listening');
  return {
    ...zone,
    async end() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

/** RFC 1035, 4.1. */
function answer(question: Buffer, { texts, addresses }: Zone): Buffer {
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const name = labels.join('.').toLowerCase();
  const type = question.readUInt16BE(at + 1);
  const isKnown = texts.has(name) || addresses.has(name);
  const data = type === 1 ? (addresses.get(name) ?? []).map(addressData) : [];
  if (type === 16) data.push(...(texts.get(name) ?? []).map(textData));
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(isKnown ? 0x8580 : 0x8583, 2);
  header.writeUInt16BE(data.length, 6);
  header.writeUInt32BE(0, 8);
  const records = data.map((bytes) => {
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(type, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt16BE(bytes.length, 10);
    return Buffer.concat([record, bytes]);
  });
  return Buffer.concat([header, question.subarray(12, at + 5), ...records]);
}

const addressData = (address: string) => Buffer.from(address.split('.').map(Number));
const textData = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);

/** Starts the authority, and the way from port 80 to the product's proxy. `names`: those it is asked for. */
export async function openAuthority(names: string[]): Promise<{ end(): Promise<void> }> {
  await rm(STORAGE, { recursive: true, force: true });
  await mkdir(STORAGE, { recursive: true });
  await writeFile(path.join(STORAGE, 'hosts'), `127.0.0.1 localhost\n${FRONT} ${names.join(' ')}\n`);
  await writeFile(path.join(STORAGE, 'caddy.json'), JSON.stringify(CADDY));
  const front = net.createServer((socket) => {
    const proxy = net.connect(Number(TEST_INSTANCE.LIGHTKEEPER_HTTP_PORT), '127.0.0.1');
    for (const each of [socket, proxy]) each.on('error', () => each.destroy());
    socket.pipe(proxy).pipe(socket);
  });
  await once(front.listen(80, FRONT), 'listening');
  // In a mount namespace of its own: the names are found in its hosts file, and nobody else's changes (mount(8)).
  const inside = 'mount --bind "$1/hosts" /etc/hosts && exec caddy run --config "$1/caddy.json"';
  const caddy = spawn('unshare', ['-m', 'sh', '-c', inside, 'sh', STORAGE], {
    stdio: 'ignore',
    env: { ...process.env, HOME: STORAGE, XDG_DATA_HOME: STORAGE, XDG_CONFIG_HOME: STORAGE },
  });
  await listens(caddy);
  return {
    async end() {
      front.close();
      caddy.kill('SIGTERM');
      if (caddy.exitCode === null) await once(caddy, 'exit');
      await rm(STORAGE, { recursive: true, force: true });
    },
  };
}

const CADDY = {
  admin: { disabled: true },
  storage: { module: 'file_system', root: STORAGE },
  apps: {
    pki: { certificate_authorities: { local: { install_trust: false } } },
    tls: {
      certificates: { automate: ['localhost'] },
      automation: { policies: [{ subjects: ['localhost'], issuers: [{ module: 'internal' }] }] },
    },
    http: {
      servers: {
        acme: {
          listen: [`127.0.0.1:${ACME_PORT}`],
          automatic_https: { disable_redirects: true },
          tls_connection_policies: [{}],
          routes: [{ handle: [{ handler: 'acme_server', ca: 'local' }] }],
        },
      },
    },
  },
};

async function listens(caddy: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (caddy.exitCode !== null) throw new Error(`the authority ended with ${caddy.exitCode}`);
    const socket = net.connect(ACME_PORT, '127.0.0.1');
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await sleep(100);
  }
  throw new Error('the authority does not listen');
}
