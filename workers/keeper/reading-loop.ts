// One reading of all sites and the host, from beginning to delivery. Composes; the parts are beside it and in lib/usage.

import type { Db } from '#lib/db/client.ts';
import type { Disk } from '#lib/disk/disk.ts';
import type { Engine } from '#lib/engine/engine.ts';
import type { Settings } from '#lib/env.ts';
import { findGroup } from '#lib/git/account.ts';
import type { Log } from '#lib/log.ts';
import { createHaproxy } from '#lib/proxy/haproxy.ts';
import { type CgroupPlace, createCgroupReader } from '#lib/usage/cgroup.ts';
import { createGrowth } from '#lib/usage/growth.ts';
import { createProcessWatch } from '#lib/usage/processes.ts';
import { createSlots } from '#lib/usage/slots.ts';
import { openNetwork } from '../machine.ts';
import { createDelivery, type Subscriber } from './deliver.ts';
import { createInstances } from './instances.ts';
import { openKnownSites } from './known-sites.ts';
import { createSiteReader } from './read.ts';
import { createHostReader } from './read-host.ts';
import { createRecorder } from './recorder.ts';
import { createRefusals } from './refusals.ts';
import { readRemembered } from './remembered.ts';
import { listenForRequests } from './requests.ts';
import { createTraffic } from './traffic.ts';

export interface ReadingDeps {
  db: Db;
  engine: Pick<Engine, 'instances'>;
  disk: Disk;
  settings: Settings;
  cgroups: CgroupPlace;
  log: Log;
}

export interface ReadingLoop {
  read(): Promise<void>;
  /** After the last reading: writes what waits, and lets go of everything. */
  close(): Promise<void>;
}

export const NODE = 'local';
/** A reading of 300 sites is to cost less than a fiftieth of a core (`npm run bench keeper`). */
export const READ_MS = 3_000;
const PROXY_GROUP = 'haproxy';

/** Each reading goes to the subscribers, and into the database. */
export async function openReadingLoop(deps: ReadingDeps, subscribers: readonly Subscriber[]): Promise<ReadingLoop> {
  const { db, engine, disk, settings, log } = deps;
  const nowMs = () => performance.now();
  const remembered = await readRemembered(db, nowMs(), log);
  const cgroups = createCgroupReader(deps.cgroups);
  const lines = await listenForRequests(settings.paths.requestsSocket, await findGroup(PROXY_GROUP), log);
  const proxy = createHaproxy({ socketPath: settings.paths.proxySocket, mapFile: settings.paths.proxyMap });
  const known = await openKnownSites(db, settings, log);
  const slots = createSlots();
  const recorder = createRecorder({ db, node: NODE, slots });
  const record = { title: 'recording usage', take: recorder.record };
  const delivery = createDelivery(log, [record, ...subscribers]);
  const sites = createSiteReader(
    {
      cgroups,
      instances: createInstances(engine, remembered.sites),
      disk,
      processes: createProcessWatch(),
      traffic: createTraffic({ lines, openRequests: () => proxy.openRequests(), known }),
      refusals: createRefusals({ network: openNetwork(settings), known, log, nowMs }),
      growth: createGrowth(),
      log,
      nowMs,
    },
    remembered.counters,
  );
  const host = createHostReader({ disk, dataDir: settings.dataDir, log, nowMs });

  return {
    async read() {
      const [start, cpu] = [nowMs(), process.cpuUsage()];
      const reading = await sites.read();
      const { user, system } = process.cpuUsage(cpu);
      const hostReading = await host.read({ millis: nowMs() - start, cpuMicros: user + system });
      if (!hostReading) return;
      slots.add(reading.sites, reading.traffic, hostReading);
      delivery.deliver({ sites: reading.sites, host: hostReading });
    },
    async close() {
      await lines.close();
      await delivery.settled();
      await recorder.finish().catch((error) => log.warn({ cause: String(error) }, 'the last points were not written'));
      cgroups.close();
    },
  };
}
