// The map's file, beside a socket that takes every command.

import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHaproxy } from './haproxy.ts';

let directory: string;
let server: net.Server;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'haproxy-'));
  server = net.createServer((socket) => {
    socket.on('error', () => {}); // The asker has gone.
    socket.on('data', () => socket.end());
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
