// The keeper: reads what every site uses, a few files each and one call for all disks, lets guests' sites expire, and
// collects the garbage of repositories. It enforces nothing: the kernel does.

import os from 'node:os';
import { openDb } from '#lib/db/client.ts';
import { requireDatabaseUrl } from '#lib/env.ts';
import { openGit } from '#lib/git/deps.ts';
import { requestDelete } from '#lib/sites/delete.ts';
import { cgroupVersion, readContainerUsage } from '#lib/usage/cgroup.ts';
import { recordUsage, type SiteUsage } from '#lib/usage/record.ts';
import { ensureFirewall, hasFirewall } from './host/firewall.ts';
import { ALERT_MS, createAlerts } from './keeper/alerts.ts';
import { createCollector } from './keeper/collector.ts';
import { cgroupParent, openDisks, openEngine } from './machine.ts';
import { repeat, runWorker } from './process.ts';

const READ_MS = 2_000;
const EXPIRE_MS = 15_000;
/** Somebody's `nft flush ruleset` takes our table too. */
const GUARD_MS = 5_000;
const COLLECT_MS = 5 * 60_000;
/** A jump of the clock must not delete everybody: this many at a time. */
const EXPIRED_MAX = 5;

await runWorker('keeper', async ({ settings, log }) => {
  const db = openDb(requireDatabaseUrl(settings), 2);
  const engine = openEngine(settings, log);
  const disk = openDisks(settings, log);
  const version = await cgroupVersion();
  const parent = cgroupParent(settings);
  const git = await openGit(settings, log);

  const read = async () => {
    const [containers, disks] = await Promise.all([engine.list(), disk.usageOfAll()]);
    const readings = await Promise.all(
      containers.map(async ({ siteId, instanceId }): Promise<SiteUsage> => {
        const usage = await readContainerUsage(version, parent, instanceId);
        const none = { memoryBytes: 0, pids: 0, cpuMicros: 0, oomKills: 0 };
        return { siteId, diskBytes: disks.get(siteId)?.bytes ?? 0, ...(usage ?? none) };
      }),
    );
    await recordUsage(db, readings);
    const pool = await disk.pool();
    const host = {
      memoryBytes: os.totalmem(),
      cpuCount: os.cpus().length,
      poolBytes: pool.bytes,
      poolBytesFree: pool.bytesFree,
      diskKind: disk.kind,
      readAt: new Date(),
    };
    await db.host.upsert({ where: { node: 'local' }, create: { node: 'local', ...host }, update: host });
  };

  const expire = async () => {
    const expired = await db.$queryRaw<{ id: string }[]>`
      select id from "Site" where "expiresAt" < now() and state <> 'deleting' order by "expiresAt" limit ${EXPIRED_MAX}`;
    for (const site of expired) await requestDelete(db, site);
    await db.$executeRaw`delete from "Launch" where at < now() - interval '1 hour'`;
  };

  const guard = async () => {
    if (await hasFirewall(settings)) return;
    log.warn({}, 'the firewall has gone; putting it back');
    await ensureFirewall(settings);
  };

  const loops = [
    repeat(log, 'guarding the firewall', GUARD_MS, guard),
    repeat(log, 'reading usage', READ_MS, read),
    repeat(log, 'expiring guests', EXPIRE_MS, expire),
    repeat(log, 'sending alerts', ALERT_MS, createAlerts({ db, settings, log })),
    repeat(log, 'collecting garbage', COLLECT_MS, createCollector({ db, git, paths: settings.paths, now: Date.now })),
  ];
  return async () => {
    await Promise.all(loops.map((loop) => loop.stop()));
    await db.$disconnect();
  };
});
