import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { siteNotFound } from '../errors/app-error.ts';
import { createLog } from '../log.ts';
import { askToWake } from './wake-client.ts';
import { serveWakes, type WakeServer, type WakeServerDeps } from './wake-server.ts';

const log = { ...createLog('test'), error: () => {} };
const SITE = '0198f3a0-0000-7000-8000-000000000000';
const TARGET = { address: '10.213.0.2', port: 8001 };
let directory: string;
let socket: string;
let server: WakeServer | null = null;

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-wake-'));
  socket = path.join(directory, 'wake/deploy.sock');
});
afterEach(async () => {
  await server?.close(0);
  server = null;
  await rm(directory, { recursive: true });
});

async function serve(waker: Partial<WakeServerDeps['waker']>): Promise<void> {
  const absent = () => Promise.reject(siteNotFound());
  server = await serveWakes({ waker: { wake: absent, wakeHost: absent, ...waker }, log }, socket, 0);
}

/** What is answered until the connection ends. */
function say(text: string): Promise<string> {
  return new Promise((resolve) => {
    const connection = net.connect(socket);
    let answer = '';
    connection.setEncoding('utf8').on('data', (part) => {
      answer += part;
    });
    connection.on('error', () => {}); // A refusal may cut it.
    connection.on('close', () => resolve(answer));
    connection.write(text);
  });
}

test('who asks for a host is told where it answers, and a foreign one that there is none', async () => {
  await serve({
    wakeHost: (host) => (host === 'a.localhost' ? Promise.resolve(TARGET) : Promise.reject(siteNotFound())),
  });
  expect(await say('host a.localhost\n')).toBe('10.213.0.2:8001\n');
  expect(await say('host b.localhost\n')).toMatch(/^no \{"code":"not-found"/);
});

test.each(['\n', 'host\n', 'site a\n', 'site ../../x\n', `host ${'a'.repeat(400)}\n`, 'a'.repeat(100_000), '\0\xff\n'])(
  '%j gets no address, and the next question its answer',
  async (question) => {
    await serve({ wakeHost: async () => TARGET });
    expect(await say(question)).not.toContain(':8001');
    expect(await say('host a.localhost\n')).toBe('10.213.0.2:8001\n');
  },
);

test('the SSH process hears that a site is awake, and why one is not, in the words of the worker', async () => {
  await serve({ wake: async () => TARGET });
  await expect(askToWake(socket, SITE)).resolves.toBeUndefined();
  await server?.close(0);
  await serve({});
  await expect(askToWake(socket, SITE)).rejects.toMatchObject({ code: 'not-found', message: 'There is no such site.' });
});

test('a fault of ours is no sentence for strangers', async () => {
  await serve({ wake: () => Promise.reject(new Error('secret')) });
  expect(await say(`site ${SITE}\n`)).toBe('no\n');
  await expect(askToWake(socket, SITE)).rejects.toMatchObject({ code: 'did-not-wake' });
});
