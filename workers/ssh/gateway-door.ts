// The gateway port: git for all sites, and the console. `NAME@` enters with the site's password or keys, `git@` with a key,
// which must open the repository's site: to clone for a viewer, to push for a developer. Everybody else is at the console,
// by a key (console/visitor.ts). Nothing here reaches a container.

import { AppError, siteNotFound } from '#lib/errors/app-error.ts';
import type { Log } from '#lib/log.ts';
import type { ConsoleDeps } from './console/command.ts';
import { runConsole } from './console/console.ts';
import { createNobodies } from './console/nobodies.ts';
import { requireOpen } from './console/site-argument.ts';
import { findVisitor } from './console/visitor.ts';
import { credentialWords, findAnyKey, findCredential } from './credentials.ts';
import type { Door, Identity } from './door.ts';
import { EXIT_REFUSED } from './explain.ts';
import { type GatewayCommand, type GitService, parseGatewayCommand } from './git-command.ts';
import type { Guard } from './guard.ts';
import type { SshLimits } from './limits.ts';
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

export interface GatewayDoorDeps extends ConsoleDeps {
  limits: SshLimits;
  log: Log;
  /** How people reach a site's own port: `ssh -p PORT root@HOST`. */
  host: string;
  serveGit: (request: GitRequest, streams: Streams) => Promise<number>;
}

const GIT_USER = 'git';
const CONSOLE_EXITS = { refused: 1, usage: 2 };
/** With a site's name and as `git`, scripts know one code for all that is refused. */
const GIT_EXITS = { refused: EXIT_REFUSED, usage: EXIT_REFUSED };
const UNSENT_BYTES_MAX = 1024 * 1024;

export function createGatewayDoor(deps: GatewayDoorDeps): Door {
  const nobodies = createNobodies(deps.limits);
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
      return found && site ? { user, ...found, place: site.id, site } : findVisitor(deps, user, attempt);
    },
    serve(client, guard, identity, refusal) {
      if (identity.visitor?.isNobody && !nobodies.enter(guard)) return;
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
            return answer(deps, identity, guard, started, streams);
          }).finally(slot.release);
        });
      });
    },
  };
}

async function answer(
  deps: GatewayDoorDeps,
  identity: Identity,
  guard: Guard,
  { request, gitProtocol, terminal }: StartedSession,
  streams: Streams,
): Promise<number> {
  const forScreen = (text: string) => (terminal ? text.replaceAll('\n', '\r\n') : text);
  const say = (text: string) => void streams.stdout.write(forScreen(text));
  if (request.kind === 'shell') {
    const site = identity.site && (await deps.sites.findById(identity.site.id));
    say(`Hello, ${identity.user}: you are signed in, and there is no shell on this port.\n`);
    say(
      site && identity.access !== 'view'
        ? `Your site's shell: ssh -p ${site.port} root@${deps.host}\n`
        : 'It serves git, and commands; try `help`.\n',
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
  const command = parseGatewayCommand(request.command);
  if (command.kind !== 'unknown') return obeyGit(deps, identity, command, gitProtocol, streams);
  return runConsole(deps, {
    identity,
    line: request.command,
    from: guard.ends.remote.address,
    streams: {
      ...{ stdin: streams.stdin, over: streams.over, say, isTerminal: terminal !== null },
      isBehind: () => streams.stdout.writableLength > UNSENT_BYTES_MAX,
    },
    complain: (text) => void streams.stderr.write(forScreen(text)),
    exits: identity.visitor ? CONSOLE_EXITS : GIT_EXITS,
  });
}

/** Absent and foreign sites are the same answer. */
async function obeyGit(
  deps: GatewayDoorDeps,
  identity: Identity,
  command: Exclude<GatewayCommand, { kind: 'unknown' }>,
  protocol: string | undefined,
  streams: Streams,
): Promise<number> {
  if (command.kind === 'no-repository') throw siteNotFound();
  const need = command.service === 'receive-pack' ? 'develop' : 'view';
  const site = await requireOpen({ deps, identity }, command.siteName, need);
  const by = await credentialWords(deps, site, identity.credential);
  return deps.serveGit({ site, service: command.service, protocol, by }, streams);
}
