// Takes the proxy's line about each request. While the keeper is away the proxy drops lines and serves on.

import { chmod, chown, mkdir, rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import type { Log } from '#lib/log.ts';
import { createRequestCounter, type RequestCounter } from '#lib/usage/request-lines.ts';

export interface RequestServer extends Pick<RequestCounter, 'collect'> {
  close(): Promise<void>;
}

/** The proxy has one connection for each of its processes, and an old process beside a new one for a while. */
const CONNECTIONS_MAX = 16;

/** `group`: whoever may write to the socket besides root; null: everybody who reaches its directory. */
export async function listenForRequests(socketPath: string, group: number | null, log: Log): Promise<RequestServer> {
  const counter = createRequestCounter();
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    const tally = counter.open();
    sockets.add(socket);
    socket.setEncoding('latin1');
    socket.on('data', (piece) => {
      if (tally.take(String(piece))) return;
      log.warn({}, 'a request line could not be read; the proxy is to connect anew');
      socket.destroy();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  server.maxConnections = CONNECTIONS_MAX;
  await mkdir(path.dirname(socketPath), { recursive: true, mode: 0o755 });
  await rm(socketPath, { force: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(socketPath, resolve);
  await promise;
  if (group !== null) await chown(socketPath, 0, group);
  await chmod(socketPath, group === null ? 0o666 : 0o660);
  return {
    collect: counter.collect,
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const socket of sockets) socket.destroy();
      await closed.promise;
    },
  };
}
