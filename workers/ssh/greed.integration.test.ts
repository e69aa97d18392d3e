// Clients that are in, and break the protocol's manners to fill our memory.

import ssh2 from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD } from './testing/example-site.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';
import { until } from './testing/until.ts';

let server: TestServer;
let client: ssh2.Client;

beforeEach(async () => {
  server = await startTestServer();
  client = new ssh2.Client();
  client.on('error', () => {});
  await new Promise<void>((resolve) => {
    client.once('ready', () => resolve());
    client.connect({ host: '127.0.0.1', port: server.port, username: 'root', password: PASSWORD });
  });
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

/** What an attacker's own implementation would send; ssh2 has it under private names. */
interface Wire {
  _sock: import('node:net').Socket;
  _protocol: { rekey(): void; channelWindowAdjust(id: number, bytes: number): void };
}
const wire = () => client as unknown as Wire;

function exec(command: string): Promise<ssh2.ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel)));
  });
}

const guests = () => server.admission.counts().guests;

describe('a client', () => {
  it('that sends more than its window to a process that does not read is cut', async () => {
    const channel = await exec('sleep 60');
    const outgoing = channel.outgoing as { window: number };
    outgoing.window = Number.MAX_SAFE_INTEGER;
    // Pieces that miss the exact end of the window: ssh2 drops what comes at zero, and takes all below it.
    const block = Buffer.alloc(100_001);
    for (let count = 0; count < 640; count += 1) channel.write(block);
    expect(await until(() => guests() === 0)).toBe(true);
    expect(await until(() => server.engine.hangUps === 1)).toBe(true);
  });

  it('that grants a huge window and reads nothing is waited for, in bounded memory', async () => {
    const before = process.memoryUsage();
    const channel = await exec('cat /dev/zero');
    wire()._protocol.channelWindowAdjust((channel.outgoing as { id: number }).id, 2 ** 31);
    wire()._sock.pause();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const { arrayBuffers } = process.memoryUsage();
    expect(arrayBuffers - before.arrayBuffers).toBeLessThan(24 * 1024 * 1024);
    expect(guests()).toBe(1);
  });

  it('that starts a key exchange and never ends it holds no output in memory', async () => {
    const channel = await exec('cat /dev/zero');
    const ignore = wire()._sock;
    wire()._protocol.channelWindowAdjust((channel.outgoing as { id: number }).id, 2 ** 31);
    wire()._protocol.rekey();
    ignore.removeAllListeners('data').on('data', () => {});
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = process.memoryUsage().arrayBuffers;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24 * 1024 * 1024);
  });

  it('gets places for ten sessions, started or not, and no more', async () => {
    const open = () =>
      new Promise<boolean>((resolve) => {
        client.exec('sleep 60', (error) => resolve(error === undefined));
      });
    const results = await Promise.all(Array.from({ length: 30 }, open));
    expect(results.filter(Boolean)).toHaveLength(10);
  });

  it('may change its terminal’s size 2,000 times at the price of a few', async () => {
    const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
      client.shell({ rows: 24, cols: 80, term: 'xterm' }, (error, shell) => (error ? reject(error) : resolve(shell)));
    });
    for (let change = 1; change <= 2_000; change += 1) channel.setWindow(change, 4_294_967_295, 0, 0);
    expect(await until(() => server.engine.sizes.at(-1)?.rows === 500)).toBe(true);
    expect(server.engine.sizes.length).toBeLessThan(20);
    expect(server.engine.sizes.every(({ columns }) => columns === 500)).toBe(true);
  });
});
