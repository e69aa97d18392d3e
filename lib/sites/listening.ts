// Whether a site's program takes connections by now.

import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from '../proxy/proxy.ts';

const CONNECT_MS = 1_000;
const LOOK_MS = 10;

export function takesConnections({ address, port }: Target): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: address, port, timeout: CONNECT_MS });
    socket.on('connect', () => resolve(true));
    socket.on('timeout', () => resolve(false));
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
    for (const event of ['connect', 'timeout']) socket.on(event, () => socket.destroy());
  });
}

/** False when it does not within this time: then it is like every other site whose program is broken. */
export async function listensWithin(target: Target, msMax: number): Promise<boolean> {
  for (const deadline = Date.now() + msMax; Date.now() < deadline; await sleep(LOOK_MS)) {
    if (await takesConnections(target)) return true;
  }
  return false;
}
