// A site's own port: root, with the site's password or a key of one who may change it, into its container: shell, command, sftp, and
// connections to the container's own ports.

import type { Connection } from 'ssh2';
import type { Engine, ExecRequest, ExecSession } from '#lib/engine/engine.ts';
import { type AppError, siteNotFound } from '#lib/errors/app-error.ts';
import type { Log } from '#lib/log.ts';
import { includes } from '#lib/sites/access.ts';
import type { Activity } from './activity.ts';
import { type CredentialDeps, findCredential } from './credentials.ts';
import type { Door, Identity } from './door.ts';
import { containerEnvironment } from './environment.ts';
import { planForward } from './forward.ts';
import type { Gate } from './gate.ts';
import type { Guard } from './guard.ts';
import { type Ledger, TOKEN_VARIABLE } from './leftovers.ts';
import type { SshLimits } from './limits.ts';
import { readMotdFacts, renderMotd } from './motd.ts';
import { type Run, runOnChannel, runProcess, type Streams } from './run.ts';
import { collectSession, type SessionRequest, type StartedSession } from './session.ts';
import { siteVariables } from './site-variables.ts';
import type { DoorSite } from './sites.ts';
import { slots } from './slots.ts';
import { coalesceSizes } from './terminal.ts';

export interface SiteDoorDeps extends CredentialDeps {
  engine: Pick<Engine, 'exec'>;
  /** Of processes being opened, by site. */
  openings: Gate;
  ledger: Ledger;
  activity: Pick<Activity, 'begin' | 'end'>;
  limits: SshLimits;
  log: Log;
  addressOf: (siteName: string) => string;
}

const USER = 'root';
const NEED = 'develop';
const SFTP_SERVER = '/usr/lib/openssh/sftp-server';
const RESIZE_MS = 100;

export function createSiteDoor(deps: SiteDoorDeps, port: number): Door {
  return {
    methodsFor: () => ['publickey', 'password'],
    async identify(user, attempt) {
      const site = await deps.sites.findByPort(port);
      const found = await findCredential(deps, user === USER ? site : null, attempt);
      if (!found || !site || !includes(found.access, NEED)) return null;
      return { user, credential: found.credential, access: NEED, place: site.id, site };
    },
    serve: (client, guard, identity, refusal) => {
      serveSessions(deps, client, guard, identity, refusal);
      if (!refusal) serveForwards(deps, client, guard, identity);
    },
  };
}

function serveSessions(
  deps: SiteDoorDeps,
  client: Connection,
  guard: Guard,
  identity: Identity,
  refusal: AppError | null,
): void {
  const sessions = slots(deps.limits.sessionsPerConnectionMax);
  client.on('session', (accept, reject) => {
    const slot = sessions.take();
    if (!slot) return reject();
    collectSession(accept(), (started) => {
      const { channel, closed, request, terminal } = started;
      const fields = { site: identity.site?.id, request: request.kind, from: guard.ends.remote.address };
      deps.log.info(fields, 'session started');
      const run: Run = {
        kind: 'session',
        log: deps.log,
        guard,
        channel,
        closed,
        isTerminal: terminal !== null,
        fields,
      };
      runOnChannel(run, async (streams) => {
        if (refusal) throw refusal;
        const site = await requireSite(deps, identity);
        return startInSite(deps, site, guard, started, streams);
      }).finally(slot.release);
    });
  });
}

async function startInSite(
  deps: SiteDoorDeps,
  site: DoorSite,
  guard: Guard,
  started: StartedSession,
  streams: Streams,
): Promise<number> {
  const { request, terminal, variables } = started;
  if (request.kind === 'subsystem' && request.name !== 'sftp') {
    streams.stderr.write('lightkeeper: Of the subsystems there is only sftp.\n');
    return 1;
  }
  if (request.kind === 'shell' && terminal) {
    const facts = await readMotdFacts(deps.sites, site.id);
    streams.stdout.write(renderMotd(site, deps.addressOf(site.name), facts, new Date()));
  }
  const env = { ...(await siteVariables(deps, site.id)), ...containerEnvironment(variables, guard.ends) };
  const execRequest: ExecRequest = { command: commandOf(request), env, workingDir: '/root', terminal };
  return runInSite(deps, site.id, streams, execRequest, (exec) => {
    const resize = coalesceSizes((size) => void exec.resize(size.columns, size.rows).catch(() => {}), RESIZE_MS);
    started.onResize(resize);
    started.onEndSignal(() => void exec.hangUp().catch(() => {}));
  });
}

/** As sshd(8) runs them: a login shell, or the shell with the client's line as its one argument. */
export function commandOf(request: SessionRequest): string[] {
  switch (request.kind) {
    case 'shell':
      return ['/bin/bash', '-l'];
    case 'exec':
      return ['/bin/bash', '-c', request.command];
    case 'subsystem':
      return [SFTP_SERVER];
  }
}

function serveForwards(deps: SiteDoorDeps, client: Connection, guard: Guard, identity: Identity): void {
  const forwards = slots(deps.limits.forwardsPerConnectionMax);
  client.on('tcpip', (accept, reject, { destIP, destPort }) => {
    const fields = { site: identity.site?.id, target: `${destIP.slice(0, 64)}:${destPort}` };
    const command = planForward({ host: destIP, port: destPort }, identity.site ? [identity.site.name] : []);
    const slot = command && forwards.take();
    if (!slot || !command) {
      deps.log.info(fields, 'forwarding refused');
      return reject();
    }
    const run: Run = { kind: 'forward', log: deps.log, guard, channel: accept(), isTerminal: false, fields };
    runOnChannel(run, async (streams) => {
      const site = await requireSite(deps, identity);
      return runInSite(deps, site.id, streams, { command });
    }).finally(slot.release);
  });
}

/** The one way into a container: a site that sleeps is woken first, and stays awake meanwhile. */
async function runInSite(
  { engine, openings, ledger, activity }: SiteDoorDeps,
  siteId: string,
  streams: Streams,
  request: ExecRequest,
  onOpen?: (exec: ExecSession) => void,
): Promise<number> {
  const marked = { ...request, env: { ...request.env, [TOKEN_VARIABLE]: ledger.token } };
  const leave = await ledger.enter(siteId);
  try {
    const end = request.terminal ? '\r\n' : '\n';
    await activity.begin(siteId, () => streams.stderr.write(`Waking the site …${end}`));
    return await runProcess(streams, () => openings.through(siteId, () => engine.exec(siteId, marked)), onOpen);
  } finally {
    await leave();
    await activity.end(siteId);
  }
}

async function requireSite(deps: SiteDoorDeps, identity: Identity): Promise<DoorSite> {
  const site = identity.site && (await deps.sites.findById(identity.site.id));
  if (!site) throw siteNotFound();
  return site;
}
