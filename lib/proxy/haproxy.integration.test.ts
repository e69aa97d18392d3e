// The map's file, beside a socket that takes every command.

import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHaproxy } from './haproxy.ts';
import { AWAY } from './proxy.ts';

let directory: string;
let server: net.Server;
/** What the socket was told, and what it answers to `show map`. */
let told: string[];
let shown: string;

beforeEach(async () => {
  [told, shown] = [[], ''];
  directory = await mkdtemp(path.join(tmpdir(), 'haproxy-'));
  server = net.createServer((socket) => {
    socket.on('error', () => {}); // The asker has gone.
    socket.on('data', (line) => {
      told.push(String(line).trim());
      socket.end(String(line).startsWith('show map') ? shown : '');
    });
  });
  await new Promise<void>((resolve) => server.listen(path.join(directory, 'socket'), resolve));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true });
});

test('a file that could not be written once keeps no later route from it', async () => {
  const mapFile = path.join(directory, 'absent', 'routes.map');
  const proxy = createHaproxy({ socketPath: path.join(directory, 'socket'), mapFile });
  await expect(proxy.setRoute('one.localhost', { address: '10.213.0.2', port: 8001 })).rejects.toThrow('ENOENT');
  await mkdir(path.dirname(mapFile));
  await proxy.setRoute('two.localhost', { address: '10.213.0.3', port: 8001 });
  const text = await readFile(mapFile, 'utf8');
  expect(text).toContain('one.localhost 10.213.0.2:8001');
  expect(text).toContain('two.localhost 10.213.0.3:8001');
});

test('a route that was made while the sites were looked at is not taken away, and one of no site is', async () => {
  const mapFile = path.join(directory, 'routes.map');
  const proxy = createHaproxy({ socketPath: path.join(directory, 'socket'), mapFile });
  shown = '0x1 new.localhost 10.213.0.2:8001\n0x2 gone.localhost 10.213.0.3:8001\n';
  const now = async (host: string) => (host === 'new.localhost' ? { address: '10.213.0.2', port: 8001 } : null);
  await proxy.sync(new Map(), now);
  expect(told.filter((line) => line.startsWith('del'))).toEqual([`del map ${mapFile} gone.localhost`]);
  expect(await readFile(mapFile, 'utf8')).toBe('new.localhost 10.213.0.2:8001\n');
});

test('after a look that failed, who is given an address still takes it from the host that leads there', async () => {
  const mapFile = path.join(directory, 'routes.map');
  const proxy = createHaproxy({ socketPath: path.join(directory, 'socket'), mapFile });
  shown = '0x1 late.localhost 10.213.0.2:8001\n';
  const looked = proxy.sync(new Map([['late.localhost', AWAY]]), () => Promise.reject(new Error('cannot tell')));
  await expect(looked).rejects.toThrow('cannot tell');
  await proxy.setRoute('next.localhost', { address: '10.213.0.2', port: 8001 });
  expect(told).toContain(`set map ${mapFile} late.localhost ${AWAY.address}:${AWAY.port}`);
  expect(await readFile(mapFile, 'utf8')).toContain(`late.localhost ${AWAY.address}:${AWAY.port}`);
});
