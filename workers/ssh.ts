// The SSH process: one port for each site, the gateway port for git and the console, and the terminals of browsers. A process of its own,
// so that one busy transfer never delays the limits.

import { openDb } from '#lib/db/client.ts';
import { listen } from '#lib/db/notify.ts';
import { requireDatabaseUrl, requireSecret } from '#lib/env.ts';
import { siteNotFound } from '#lib/errors/app-error.ts';
import { findGroup, WEB_GROUP } from '#lib/git/account.ts';
import { openGit } from '#lib/git/deps.ts';
import { serveGit } from '#lib/git/serve.ts';
import { createFindServed, untilServable } from '#lib/git/site.ts';
import { siteUrl, sshHost } from '#lib/sites/address.ts';
import { askToWake } from '#lib/sites/wake-client.ts';
import { closeServer, listenOn } from './git-http/listen.ts';
import { openEngine } from './machine.ts';
import { repeat, runWorker } from './process.ts';
import { createActivity } from './ssh/activity.ts';
import { createAdmission } from './ssh/admission.ts';
import { createGate } from './ssh/gate.ts';
import { createGatewayDoor } from './ssh/gateway-door.ts';
import { ensureHostKeys } from './ssh/host-keys.ts';
import { createLedger, sweepLeftovers } from './ssh/leftovers.ts';
import { SSH_LIMITS } from './ssh/limits.ts';
import { openListener } from './ssh/listener.ts';
import { createLogsServer, createReaders } from './ssh/logs-server.ts';
import { createPenalties } from './ssh/penalties.ts';
import { rollBack } from './ssh/rollback.ts';
import { readLogLines, showLogs } from './ssh/show-logs.ts';
import { createSiteDoor } from './ssh/site-door.ts';
import { createSiteListeners } from './ssh/site-listeners.ts';
import { createSites } from './ssh/sites.ts';
import { openShell } from './terminal/open-shell.ts';
import { createTerminalServer } from './terminal/server.ts';
import { createShells } from './terminal/shells.ts';

const LOOK_MS = 10_000;
const SWEEP_MS = 1_000;
/** Processes of one site that the engine opens at a time. */
const OPENINGS = 4;
/** To tell their pages that they have ended. */
const TERMINALS_MS = 500;

await runWorker('ssh', async ({ settings, log, id }) => {
  const databaseUrl = requireDatabaseUrl(settings);
  const db = openDb(databaseUrl);
  const git = await openGit(settings, log);
  const [limits, now] = [SSH_LIMITS, Date.now];
  const credentials = { sites: createSites(db), secret: requireSecret(settings) };
  const shared = { ...credentials, limits, log, addressOf: (name: string) => siteUrl(settings, name) };
  const admission = createAdmission({ limits, penalties: createPenalties(), now });
  const listenerDeps = { admission, limits, log, now, hostKeys: await ensureHostKeys(`${settings.dataDir}/ssh`) };

  const engine = openEngine(settings, log);
  const ledger = createLedger(settings.paths.sshSessions, id);
  // Nobody who logs in now waits for it.
  sweepLeftovers(engine, ledger, log).catch((cause) => log.warn({ cause: String(cause) }, 'cannot sweep'));
  const wake = (siteId: string) => askToWake(settings.paths.wakeSocket, siteId);
  const activity = createActivity({ db, log, open: ledger.open, wake });
  const siteDeps = { ...shared, engine, openings: createGate(OPENINGS), ledger, activity };
  const sites = createSiteListeners({
    ...credentials,
    admission,
    log,
    open: (port) => openListener(listenerDeps, { bind: settings.bind, port }, createSiteDoor(siteDeps, port)),
  });
  const readers = createReaders();
  const findServed = createFindServed(db, settings.paths);
  const gatewayDoor = createGatewayDoor({
    ...{ ...shared, db, settings },
    host: sshHost(settings),
    serveGit: async ({ site, service, protocol, by }, { stdin, stdout, stderr, over }) => {
      const served = await findServed(site.id);
      if (!served) throw siteNotFound();
      const ready = await untilServable(served, () => findServed(site.id), over);
      const streams = { stdin, stdout, stderr, signal: over };
      return serveGit(git, { site: ready, service, mode: 'ssh', protocol, by }, streams);
    },
    requestRollback: (site, by, over) => rollBack(db, site, by, over),
    showLogs: (site, request) => showLogs({ engine, readers }, site.id, request),
    readLogLines: (siteId, count) => readLogLines({ engine, readers }, siteId, count),
  });
  const gateway = await openListener(listenerDeps, { bind: settings.bind, port: settings.sshGatewayPort }, gatewayDoor);

  const logs = createLogsServer({ engine, readers, log });
  await listenOn(logs, settings.paths.logsSocket, { mode: 0o660, group: await findGroup(WEB_GROUP) });

  const shells = createShells();
  const shellDeps = { ...siteDeps, sites: credentials.sites };
  const terminals = createTerminalServer({
    ...{ db, settings, log, shells },
    openShell: (siteId, size, onWait) => openShell(shellDeps, siteId, size, onWait),
  });
  // The proxy runs as a user of its own, and every request needs a session.
  await listenOn(terminals, settings.paths.terminalSocket, { mode: 0o666, group: null });

  const looking = repeat(log, 'following the sites', LOOK_MS, sites.lookAtAll);
  const look = (siteId: string) => {
    sites.look(siteId).catch((cause) => log.warn({ site: siteId, cause: String(cause) }, 'cannot follow a site'));
  };
  const stopListening = listen(databaseUrl, { site: look }, log, looking.ring);
  const sweeping = setInterval(admission.sweep, SWEEP_MS);
  return async () => {
    clearInterval(sweeping);
    activity.stop();
    await Promise.all([stopListening(), looking.stop(), closeServer(logs, 0)]);
    await Promise.all([gateway.close('the process stops'), sites.closeAll('the process stops'), shells.closeAll()]);
    await closeServer(terminals, TERMINALS_MS);
    await db.$disconnect();
  };
});
