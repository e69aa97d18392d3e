// One connection's bounds, whatever speaks on it: input nobody reads, output nobody takes, silence, and the way out.
// ssh2 itself bounds none of these: it writes to the socket without looking whether the other side takes it.

import type { Socket } from 'node:net';
import type { Connection, ServerChannel } from 'ssh2';
import type { Ends } from './environment.ts';
import type { SshLimits } from './limits.ts';
import { queuedPackets } from './ssh2-internals.ts';

const PACKET_BYTES = 32 * 1024;
const FAREWELL_MS = 1_000;
const ROOM_POLL_MS = 20;

export interface Guard {
  readonly ends: Ends;
  /** Null: loopback. */
  readonly source: string | null;
  readonly openedAtMs: number;
  /** Aborts when the connection is gone. */
  readonly gone: AbortSignal;
  /** Why we cut it; null when it ended otherwise. */
  readonly cutBecause: string | null;
  /** When a session last moved a byte. */
  readonly lastUseMs: number;
  touch(): void;
  /** Watches the output of this client and the packets that wait in it. */
  attach(client: Connection): void;
  /** Counts the channel's unread input until it closes. */
  watch(channel: ServerChannel): void;
  /** Resolves when the client has taken enough of what was written, or is gone. */
  room(): Promise<void>;
  /** Bytes of input that wait for a reader. */
  unreadBytes(): number;
  cut(because: string): void;
  /** Says goodbye first; cuts a second later. */
  end(because: string): void;
}

export function guardSocket(socket: Socket, source: string | null, limits: SshLimits, now: () => number): Guard {
  const gone = new AbortController();
  const channels = new Set<ServerChannel>();
  const openedAtMs = now();
  let client: Connection | null = null;
  let cutBecause: string | null = null;
  let lastUseMs = openedAtMs;

  const cut = (because: string) => {
    if (!socket.destroyed) cutBecause ??= because;
    socket.destroy();
  };
  const unsentBytes = () => socket.writableLength + (client ? queuedPackets(client) * PACKET_BYTES : 0);
  /** The socket tells when all is sent; what waits in ssh2 has to be looked for. */
  const drained = () =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        socket.off('drain', done);
        resolve();
      };
      const timer = setTimeout(done, ROOM_POLL_MS);
      socket.once('drain', done);
    });
  const guard: Guard = {
    ends: {
      remote: { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 },
      local: { address: socket.localAddress ?? '', port: socket.localPort ?? 0 },
    },
    source,
    openedAtMs,
    gone: gone.signal,
    get cutBecause() {
      return cutBecause;
    },
    get lastUseMs() {
      return lastUseMs;
    },
    touch: () => {
      lastUseMs = now();
    },
    attach: (attached) => {
      client = attached;
    },
    watch: (channel) => {
      channels.add(channel);
      channel.once('close', () => channels.delete(channel));
    },
    room: async () => {
      guard.touch();
      while (unsentBytes() > limits.outputHighBytes && !gone.signal.aborted) await drained();
    },
    unreadBytes: () => [...channels].reduce((sum, channel) => sum + channel.readableLength, 0),
    cut,
    end: (because) => {
      cutBecause ??= because;
      client?.end();
      setTimeout(() => cut(because), FAREWELL_MS).unref();
    },
  };

  // Runs before ssh2 parses the same bytes: what the last ones caused is bounded before more are read.
  socket.on('data', () => {
    if (unsentBytes() > limits.outputBytesMax) return cut('it does not take its output');
    for (const channel of channels) {
      if (channel.readableLength > limits.channelInputBytesMax) return cut('it sends more than its window');
    }
  });
  // ssh2 drops its own listener for early errors once the client has said hello.
  socket.on('error', () => socket.destroy());
  socket.once('close', () => gone.abort());
  return guard;
}
