// One site's port and the gateway, on free ports, over in-memory sites and local processes.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Db } from '#lib/db/client.ts';
import { parseSettings } from '#lib/env.ts';
import { createLog, type Log } from '#lib/log.ts';
import { type Admission, createAdmission } from '../admission.ts';
import { createGate } from '../gate.ts';
import { createGatewayDoor, type GatewayDoorDeps } from '../gateway-door.ts';
import { ensureHostKeys } from '../host-keys.ts';
import { createLedger } from '../leftovers.ts';
import { SSH_LIMITS, type SshLimits } from '../limits.ts';
import { type Listener, openListener } from '../listener.ts';
import { createPenalties } from '../penalties.ts';
import { createSiteDoor } from '../site-door.ts';
import { exampleSite, SECRET } from './example-site.ts';
import { createMemorySites, type MemorySites } from './memory-sites.ts';
import { createProcessEngine, type ProcessEngine } from './process-engine.ts';

export interface TestServer {
  port: number;
  gatewayPort: number;
  /** Takes the place of /root. */
  home: string;
  sites: MemorySites;
  engine: ProcessEngine;
  admission: Admission;
  log: Log;
  open: (port: number) => Promise<Listener>;
  close(): Promise<void>;
}

/** What asks it is not tested here. */
const NO_DATABASE = {} as Db;

export async function startTestServer(
  given: { limits?: Partial<SshLimits>; gateway?: Partial<GatewayDoorDeps> } = {},
): Promise<TestServer> {
  const directory = await mkdtemp(path.join(tmpdir(), 'ssh-server-'));
  const limits = { ...SSH_LIMITS, ...given.limits };
  const site = exampleSite({});
  const sites = createMemorySites([site]);
  const engine = createProcessEngine(directory);
  const log: Log = { ...createLog('ssh'), debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const now = Date.now;
  const admission = createAdmission({ limits, penalties: createPenalties(), now });
  const shared = { sites, secret: SECRET, limits, log, addressOf: (name: string) => `http://${name}.localhost:8080` };
  const listenerDeps = { admission, limits, hostKeys: await ensureHostKeys(path.join(directory, 'keys')), log, now };
  const ledger = createLedger(path.join(directory, 'sessions'), 'this process');
  const siteDeps = {
    ...shared,
    engine,
    openings: createGate(4),
    ledger,
    activity: { begin: async () => {}, end: async () => {} },
  };
  const open = (port: number) =>
    openListener(listenerDeps, { bind: '127.0.0.1', port: 0 }, createSiteDoor(siteDeps, port));
  const siteListener = await open(site.port);
  const gateway = await openListener(
    listenerDeps,
    { bind: '127.0.0.1', port: 0 },
    createGatewayDoor({
      ...shared,
      ...{ db: NO_DATABASE, settings: parseSettings({}) },
      host: 'localhost',
      serveGit: async () => 0,
      requestRollback: async () => 'Rolling back.',
      showLogs: async (_, { say }) => say('one line\n'),
      readLogLines: async () => [],
      ...given.gateway,
    }),
  );
  const clock = setInterval(() => admission.sweep(), 100);
  return {
    port: siteListener.port,
    gatewayPort: gateway.port,
    home: directory,
    sites,
    engine,
    admission,
    log,
    open,
    async close() {
      clearInterval(clock);
      await Promise.all([siteListener.close('the test is over'), gateway.close('the test is over')]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
