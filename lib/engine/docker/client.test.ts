import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createDockerClient } from './client.ts';

test('a call does not describe the connections that are open beside it', async () => {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-client-'));
  const socket = path.join(dir, 'engine.sock');
  const server = http.createServer((_, response) => void response.write('stays open')).listen(socket);
  await once(server, 'listening');
  const { docker } = createDockerClient(`unix://${socket}`);
  const streams = await Promise.all(
    Array.from({ length: 10 }, async () => (await docker.getEvents()) as unknown as NodeJS.ReadableStream),
  );
  // As docker-modem does it before every call.
  const words = inspect((docker.modem as unknown as { agent: unknown }).agent, { showHidden: true, depth: null });
  expect(words.length).toBeLessThan(1_000);
  for (const stream of streams) (stream as unknown as { destroy(): void }).destroy();
  server.closeAllConnections();
  server.close();
  await rm(dir, { recursive: true });
});
