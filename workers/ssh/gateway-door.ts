// The gateway port: git for all sites, and the few commands for people. `NAME@` enters with the site's password or keys,
// `git@` with a key, which must open the repository's site: to clone for a viewer, to push for a developer. Nothing here
// reaches a container.

import { AppError, siteNotFound } from '#lib/errors/app-error.ts';
import type { Log } from '#lib/log.ts';
import { type Access, requireAccess } from '#lib/sites/access.ts';
import { accessWith, type CredentialDeps, credentialWords, findAnyKey, findCredential } from './credentials.ts';
import type { Door, Identity } from './door.ts';
import { type GatewayCommand, type GitService, parseGatewayCommand } from './git-command.ts';
import type { SshLimits } from './limits.ts';
import { readMotdFacts, renderStatus } from './motd.ts';
import { type Run, runOnChannel, type Streams } from './run.ts';
import { collectSession, type StartedSession } from './session.ts';
import type { DoorSite } from './sites.ts';
import { slots } from './slots.ts';

export interface GitRequest {
  site: DoorSite;
  service: GitService;
  /** GIT_PROTOCOL as the client sent it. */
  protocol: string | undefined;
  /** What the client came in with, in words. */
  by: string;
}

export interface LogsRequest {
  follow: boolean;
  say: (text: string) => void;
  /** The client does not take what it is sent as fast as it comes. */
  isBehind: () => boolean;
  over: AbortSignal;
}

export interface GatewayDoorDeps extends CredentialDeps {
  limits: SshLimits;
  log: Log;
  addressOf: (siteName: string) => string;
  /** How people reach a site's own port: `ssh -p PORT root@HOST`. */
  host: string;
  serveGit: (request: GitRequest, streams: Streams) => Promise<number>;
  /** Answers with the sentence to show. Throws AppError. */
  requestRollback: (site: DoorSite, by: string, over: AbortSignal) => Promise<string>;
  /** Says the newest lines of the site's log, and goes on until `over` when it is to follow. Throws AppError. */
  showLogs: (site: DoorSite, request: LogsRequest) => Promise<void>;
}

const GIT_USER = 'git';
const UNSENT_BYTES_MAX = 1024 * 1024;
const HELP = `Commands of the gateway, after \`ssh -p PORT NAME@HOST\`:
  status     the site's address, limits and usage
  rollback   serve the release before this one again
  logs       what the app wrote last; with -f, what it goes on to write
  help       this text
Git goes to ssh://NAME@HOST:PORT/NAME.git; a shell is on the site's own port.
`;

export function createGatewayDoor(deps: GatewayDoorDeps): Door {
  return {
    methodsFor: (user) => (user === GIT_USER ? ['publickey'] : ['publickey', 'password']),
    async identify(user, attempt) {
      if (user === GIT_USER) {
        const credential = await findAnyKey(deps, attempt);
        if (credential?.kind !== 'key') return null;
        return { user, credential, access: 'view', place: credential.fingerprint, site: null };
      }
      const site = await deps.sites.findByName(user);
      const found = await findCredential(deps, site, attempt);
      return found && site ? { user, ...found, place: site.id, site } : null;
    },
    serve(client, guard, identity, refusal) {
      const sessions = slots(deps.limits.sessionsPerConnectionMax);
      client.on('session', (accept, reject) => {
        const slot = sessions.take();
        if (!slot) return reject();
        collectSession(accept(), (started) => {
          const { channel, closed, terminal } = started;
          const fields = { site: identity.site?.id, user: identity.user, from: guard.ends.remote.address };
          deps.log.info(fields, 'gateway session started');
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
            return answer(deps, identity, started, streams);
          }).finally(slot.release);
        });
      });
    },
  };
}

async function answer(
  deps: GatewayDoorDeps,
  identity: Identity,
  { request, gitProtocol, terminal }: StartedSession,
  streams: Streams,
): Promise<number> {
  const say = (text: string) => void streams.stdout.write(terminal ? text.replaceAll('\n', '\r\n') : text);
  if (request.kind === 'shell') {
    const site = identity.site && (await deps.sites.findById(identity.site.id));
    say(`Hello, ${identity.user}: you are signed in, and there is no shell on this port.\n`);
    say(
      site && identity.access !== 'view'
        ? `Your site's shell: ssh -p ${site.port} root@${deps.host}\n`
        : 'It serves git; try `help`.\n',
    );
    return 1;
  }
  if (request.kind === 'subsystem') {
    const site = identity.site && (await deps.sites.findById(identity.site.id));
    throw new AppError('bad-request', {
      message: 'There is no sftp on this port.',
      hint: `Use the site's own port: sftp -P ${site?.port ?? 'PORT'} root@${deps.host}`,
    });
  }
  return obey(deps, identity, parseGatewayCommand(request.command), gitProtocol, say, streams);
}

async function obey(
  deps: GatewayDoorDeps,
  identity: Identity,
  command: GatewayCommand,
  protocol: string | undefined,
  say: (text: string) => void,
  streams: Streams,
): Promise<number> {
  switch (command.kind) {
    case 'git': {
      const need = command.service === 'receive-pack' ? 'develop' : 'view';
      const site = await requireSiteNamed(deps, identity, command.siteName, need);
      const by = await credentialWords(deps, site, identity.credential);
      return deps.serveGit({ site, service: command.service, protocol, by }, streams);
    }
    case 'status': {
      const site = await requireOwnSite(deps, identity, 'view');
      const facts = await readMotdFacts(deps.sites, site.id);
      say(`${renderStatus(site, deps.addressOf(site.name), facts, new Date())}\n`);
      return 0;
    }
    case 'rollback': {
      const site = await requireOwnSite(deps, identity, 'develop');
      const by = await credentialWords(deps, site, identity.credential);
      say(`${await deps.requestRollback(site, by, streams.over)}\n`);
      return 0;
    }
    case 'logs': {
      const site = await requireOwnSite(deps, identity, 'develop');
      const isBehind = () => streams.stdout.writableLength > UNSENT_BYTES_MAX;
      await deps.showLogs(site, { follow: command.follow, say, isBehind, over: streams.over });
      return 0;
    }
    case 'help':
      say(HELP);
      return 0;
    case 'no-repository':
      throw siteNotFound();
    case 'unknown':
      throw new AppError('bad-request', {
        message: 'This port does not know that command.',
        hint: 'It serves git, and the commands status, rollback, logs and help; a shell is on the site’s own port.',
      });
  }
}

/** The site of that name, if what this client came in with opens it. Absent and foreign are the same answer. */
async function requireSiteNamed(
  deps: GatewayDoorDeps,
  identity: Identity,
  name: string,
  need: Access,
): Promise<DoorSite> {
  const site = await deps.sites.findByName(name);
  const isOwn = identity.site === null || identity.site.id === site?.id;
  const access = site && isOwn ? await accessWith(deps, site, identity.credential) : null;
  if (!site || !access) throw siteNotFound();
  requireAccess({ access }, need);
  return site;
}

async function requireOwnSite(deps: GatewayDoorDeps, identity: Identity, need: Access): Promise<DoorSite> {
  if (!identity.site) {
    throw new AppError('bad-request', {
      message: 'As `git` you name no site.',
      hint: 'Sign in with the site’s name: ssh -p PORT NAME@HOST and the command.',
    });
  }
  return requireSiteNamed(deps, identity, identity.site.name, need);
}
