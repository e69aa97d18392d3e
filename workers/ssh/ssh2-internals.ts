// The few private fields of ssh2 1.17 that we need to know, in one place. Each has a test that fails when they change.

import type { Connection, ServerChannel } from 'ssh2';

/**
 * Packets that wait for the end of a key exchange. A client that starts one and never ends it would collect output here,
 * out of sight of the socket's own count.
 */
export function queuedPackets(client: Connection): number {
  const protocol = field(client, '_protocol');
  const queue = field(protocol, '_queue');
  return Array.isArray(queue) ? queue.length : 0;
}

/**
 * Forgets the remainder of a write that had waited for the client's window. ssh2 keeps it after it went out, and would
 * send it a second time when the other of standard output and error next waits.
 */
export function forgetSentRemainder(channel: ServerChannel): void {
  Object.assign(channel, { _chunk: undefined, _chunkcb: undefined, _chunkErr: undefined, _chunkcbErr: undefined });
}

function field(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined;
}
