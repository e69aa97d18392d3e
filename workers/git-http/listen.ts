// Listens on a Unix socket with chosen permissions, also where a killed process left one, and stops within a grace.

import { chmod, chown, mkdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SocketAccess {
  mode: number;
  /** Null: the process's own group. */
  group: number | null;
}

export async function listenOn(server: Server, socket: string, { mode, group }: SocketAccess): Promise<void> {
  await mkdir(path.dirname(socket), { recursive: true });
  await rm(socket, { force: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(socket, resolve);
  await promise;
  server.off('error', reject);
  if (group !== null) await chown(socket, 0, group);
  await chmod(socket, mode);
}

/** Takes no new requests and waits for those under way, at most for the grace. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  await Promise.race([promise, sleep(graceMs, undefined, { ref: false })]);
  server.closeAllConnections();
}
