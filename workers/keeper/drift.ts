// Looks for sites whose kernel limits are not what their rows say, after somebody's `docker update` or a killed worker,
// and asks the deploy worker to put them right. Reads everything in bulk: five small files a container, one call for all
// disks, one query.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '#lib/db/client.ts';
import { notify } from '#lib/db/notify.ts';
import type { Disk } from '#lib/disk/disk.ts';
import { addJob } from '#lib/jobs/add.ts';
import { type Drift, driftOf, tellDrift } from '#lib/limits/drift.ts';
import type { Log } from '#lib/log.ts';
import { limitsOf } from '#lib/sites/limits.ts';
import type { KernelLimitsReader } from '#lib/usage/kernel-limits.ts';

export interface DriftDeps {
  db: Db;
  disk: Pick<Disk, 'limits'>;
  kernel: Pick<KernelLimitsReader, 'limits'>;
  log: Log;
}

/** A change that is under way is no drift: what differs is looked at again after this. */
const CONFIRM_MS = 1_000;
/** Drift that is put right and comes back is told once in this time. */
const TOLD_AGAIN_MS = 600_000;

/** Answers the ids of the sites that are to be put right. */
export async function correctDrift(deps: DriftDeps, confirmMs = CONFIRM_MS): Promise<string[]> {
  const suspects = await findDrift(deps, null);
  if (suspects.size === 0) return [];
  await sleep(confirmMs);
  const confirmed = await findDrift(deps, [...suspects.keys()]);
  const changing = await findChanging(deps.db, [...confirmed.keys()]);
  const wrong = [...confirmed].filter(([siteId]) => !changing.has(siteId));
  for (const [siteId, drifts] of wrong) await ask(deps, siteId, drifts);
  return wrong.map(([siteId]) => siteId);
}

/** Null: of all sites. */
async function findDrift(deps: DriftDeps, ids: string[] | null): Promise<Map<string, Drift[]>> {
  const where = { state: 'live' as const, ...(ids ? { id: { in: ids } } : {}) };
  const [sites, disks] = await Promise.all([
    deps.db.site.findMany({ where, include: { plan: true, usage: { select: { instanceId: true } } } }),
    deps.disk.limits(),
  ]);
  const found = sites.map((site) => {
    const instanceId = site.usage?.instanceId ?? null;
    const container = instanceId === null ? null : deps.kernel.limits(instanceId);
    const inForce = { container, diskBytesMax: disks.get(site.id) };
    return [site.id, driftOf(limitsOf(site), site.diskHeldFor !== null, inForce)] as const;
  });
  return new Map(found.filter(([, drifts]) => drifts.length > 0));
}

/** Sites with work that waits or runs. */
async function findChanging(db: Db, ids: string[]): Promise<Set<string>> {
  const keys = ids.flatMap((id) => [`limits:${id}`, `converge:${id}`]);
  const jobs = await db.$queryRaw<{ key: string }[]>`
    select key from graphile_worker.jobs where key = any(${keys}::text[]) and attempts < max_attempts`;
  return new Set(jobs.map(({ key }) => key.slice(key.indexOf(':') + 1)));
}

async function ask({ db, log }: DriftDeps, siteId: string, drifts: Drift[]): Promise<void> {
  const text = drifts.map(tellDrift).join(' ');
  log.warn({ siteId, text }, 'limits were not as they should be');
  await db.$transaction(async (tx) => {
    const since = new Date(Date.now() - TOLD_AGAIN_MS);
    const told = await tx.event.findFirst({ where: { siteId, kind: 'drift', text, at: { gt: since } } });
    if (!told) await tx.event.create({ data: { siteId, kind: 'drift', level: 'warn', text } });
    await addJob(tx, 'limits', { siteId });
    await notify(tx, 'site', siteId);
  });
}
