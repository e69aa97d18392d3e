// Brings a site's limits in force on its disk, its container and its network while it runs. Safe to repeat, and to be killed at any
// line: it compares with what the kernel holds, and the keeper's look for drift asks again.

import { formatBytes } from '../bytes.ts';
import type { Db } from '../db/client.ts';
import { notify } from '../db/notify.ts';
import type { ContainerState } from '../engine/engine.ts';
import { AppError } from '../errors/app-error.ts';
import { addJob } from '../jobs/add.ts';
import { withLease } from '../jobs/lease.ts';
import { driftOf } from '../limits/drift.ts';
import type { KernelLimitsReader } from '../usage/kernel-limits.ts';
import { limitsOf, type SiteLimits } from './limits.ts';
import type { MachineDeps, SiteWithPlan } from './machine.ts';
import { containerLimits, diskLimits } from './machine-limits.ts';
import { applyNetworkLimits } from './site-network.ts';

export type ApplyDeps = Pick<MachineDeps, 'db' | 'engine' | 'disk' | 'network' | 'log'> & {
  runner: string;
  kernel: KernelLimitsReader;
};

const LEASE_WAIT_MS = 5_000;
/** The same refusal is told once in this time. */
const TOLD_AGAIN_MS = 3_600_000;

/** Throws when the site stays busy or the machine fails; the job is then tried again. */
export async function applyLimits(deps: ApplyDeps, siteId: string): Promise<void> {
  const holder = `${deps.runner}:${crypto.randomUUID()}`;
  const done = await withLease(deps.db, `converge:${siteId}`, holder, LEASE_WAIT_MS, async () => {
    const site = await deps.db.site.findUnique({ where: { id: siteId }, include: { plan: true } });
    // One that is being launched gets the row's limits with the next step of its launch.
    if (site?.state !== 'live') return;
    const limits = limitsOf(site);
    const parts = [
      applyToDisk(deps, site, limits),
      applyToContainer(deps, site, limits),
      applyNetworkLimits(deps, site),
    ];
    const failed = (await Promise.allSettled(parts)).find((part) => part.status === 'rejected');
    if (failed) throw failed.reason;
    await notify(deps.db, 'site', site.id);
  });
  if (!done) throw new Error(`the site ${siteId} is busy, so its limits wait`);
}

/** What the disk cannot do now, such as an ext4 image that cannot get smaller in use, its owner and the admin read. */
async function applyToDisk({ db, disk }: ApplyDeps, site: SiteWithPlan, limits: SiteLimits): Promise<void> {
  try {
    await disk.resize(site.id, diskLimits(limits, site));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const text = `The disk could not be set to ${formatBytes(limits.diskBytesMax)}. ${error.message} ${error.hint}`;
    await tellOnce(db, site.id, text);
  }
}

async function applyToContainer(deps: ApplyDeps, site: SiteWithPlan, limits: SiteLimits): Promise<void> {
  const container = await deps.engine.inspect(site.id);
  // None, or one that is about to be made anew: that one starts with the row's limits.
  if (!container || container.generation !== site.generation || container.status === 'removing') return;
  const before = deps.kernel.limits(container.instanceId);
  if (before && driftOf(limits, false, { container: before, diskBytesMax: undefined }).length === 0) return;
  // Under cgroup v2 the kernel would end processes at once to come below the new limit.
  const used = deps.kernel.memoryBytes(container.instanceId);
  if (used !== null && used > limits.memoryBytesMax) return restartSmaller(deps, site, limits, used);
  await setLive(deps, site, limits, container);
}

async function setLive(
  deps: ApplyDeps,
  site: SiteWithPlan,
  limits: SiteLimits,
  { instanceId }: ContainerState,
): Promise<void> {
  try {
    await deps.engine.setLimits(site.id, containerLimits(limits));
  } catch (error) {
    // cgroup v1 refuses a memory limit that it cannot come below by dropping caches (EBUSY).
    const now = deps.kernel.limits(instanceId);
    if (!now || now.memoryBytesMax <= limits.memoryBytesMax) throw error;
    deps.log.warn({ siteId: site.id, cause: String(error) }, 'a limit was refused; restarting the container with it');
    await restartSmaller(deps, site, limits, deps.kernel.memoryBytes(instanceId) ?? limits.memoryBytesMax);
  }
}

/**
 * A new container on the same disk: what cannot be taken from processes goes with them. One that sleeps is stopped, and is
 * made anew when somebody comes.
 */
async function restartSmaller(
  { db }: ApplyDeps,
  { id, generation, rest }: SiteWithPlan,
  limits: SiteLimits,
  memoryBytes: number,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const where = { id, generation, state: 'live' as const };
    const isAsleep = rest !== 'awake';
    const data = { generation: { increment: 1 }, ...(isAsleep ? { rest: 'stopped' as const } : {}) };
    const { count } = await tx.site.updateMany({ where: { ...where, rest }, data });
    if (count === 0) return;
    const text =
      `The site was ${isAsleep ? 'stopped' : 'restarted'} for its new memory limit of ${formatBytes(limits.memoryBytesMax)}: it used ` +
      `${formatBytes(memoryBytes)}, which cannot be taken back from processes that run.`;
    await tx.event.create({ data: { siteId: id, kind: 'limits', level: 'warn', text } });
    await addJob(tx, 'converge', { siteId: id });
    await notify(tx, 'site', id);
  });
}

async function tellOnce(db: Db, siteId: string, text: string): Promise<void> {
  const since = new Date(Date.now() - TOLD_AGAIN_MS);
  if (await db.event.findFirst({ where: { siteId, kind: 'limits', text, at: { gt: since } } })) return;
  await db.event.create({ data: { siteId, kind: 'limits', level: 'warn', text } });
}
