// One TCP port with SSH on it. Owns the connection from its first byte: who may connect, the guard around the socket,
// the login, and then the door's sessions. ssh2 gets the socket from us, because its own server shows a connection only
// after its first line, which a silent one never sends.

import { createServer } from 'node:net';
import ssh2, { type ClientInfo, type Connection } from 'ssh2';
import { AppError } from '#lib/errors/app-error.ts';
import type { Log } from '#lib/log.ts';
import type { Admission } from './admission.ts';
import { ALGORITHMS } from './algorithms.ts';
import { authenticate } from './authentication.ts';
import type { Door, Identity } from './door.ts';
import { type Guard, guardSocket } from './guard.ts';
import type { SshLimits } from './limits.ts';
import { sendTogether } from './outgoing.ts';
import { sourceOf } from './penalties.ts';

export interface ListenerDeps {
  admission: Admission;
  limits: SshLimits;
  hostKeys: string[];
  log: Log;
  now: () => number;
}

export interface Listener {
  readonly port: number;
  /** Stops listening and ends every connection. */
  close(because: string): Promise<void>;
}

const IDENT = 'Lightkeeper';
const BACKLOG = 128;

/** Resolves when the port listens; rejects when it cannot be bound. Port 0 takes a free one. */
export async function openListener(
  deps: ListenerDeps,
  at: { bind: string; port: number },
  door: Door,
): Promise<Listener> {
  const { admission, limits, log, now } = deps;
  const guards = new Map<string, Guard>();
  const ssh = new ssh2.Server({
    hostKeys: deps.hostKeys,
    algorithms: ALGORITHMS,
    ident: IDENT,
    keepaliveInterval: limits.keepaliveMs,
    keepaliveCountMax: limits.keepalivesMax,
  });
  ssh.on('connection', (client: Connection, info: ClientInfo) => {
    const guard = guards.get(endOf(info.ip, info.port));
    if (guard) serveClient(deps, door, client, guard);
    else client.end();
  });

  const server = createServer(
    { noDelay: true, keepAlive: true, keepAliveInitialDelay: limits.keepaliveMs },
    (socket) => {
      const source = sourceOf(socket.remoteAddress ?? '');
      if (!admission.admits(source)) return socket.destroy();
      sendTogether(socket);
      ssh.injectSocket(socket);
      const guard = guardSocket(socket, source, limits, now);
      const end = endOf(socket.remoteAddress, socket.remotePort);
      guards.set(end, guard);
      guard.gone.addEventListener('abort', () => guards.delete(end));
      admission.enter(guard);
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: at.bind, port: at.port, backlog: BACKLOG }, resolve);
  });
  server.on('error', (cause) => log.error({ port: at.port, cause: String(cause) }, 'the SSH port failed'));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : at.port,
    async close(because) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const guard of guards.values()) guard.end(because);
      await closed;
    },
  };
}

function serveClient(deps: ListenerDeps, door: Door, client: Connection, guard: Guard): void {
  const { admission, limits, log } = deps;
  guard.attach(client);
  // Also for what a client does after its hello: without a listener, one bad packet ends the process.
  client.on('error', (error) => {
    log.debug({ from: guard.ends.remote.address, cause: String(error) }, 'a client’s connection failed');
    guard.end('its connection failed');
  });
  authenticate(
    {
      limits,
      log,
      methodsFor: door.methodsFor,
      identify: door.identify,
      onWrongGuesses: () => admission.blame(guard, 'wrong-guesses'),
      onIdentity: (identity) => {
        const isWithinLimit = admission.welcome(guard, identity);
        const { user, site, credential } = identity;
        log.info({ user, site: site?.id, credential: credential.kind, from: guard.ends.remote.address }, 'logged in');
        door.serve(client, guard, identity, isWithinLimit ? null : tooManyConnections(limits, identity));
      },
    },
    client,
    guard,
  );
}

function tooManyConnections(limits: SshLimits, { site }: Identity): AppError {
  return new AppError('too-many-requests', {
    message: `${site ? 'This site' : 'Your key'} has ${limits.connectionsPerSiteMax} SSH connections open, which is the most it may have.`,
    hint: 'Close one of them and connect again.',
  });
}

function endOf(address: string | undefined, port: number | undefined): string {
  return `${address}|${port}`;
}
