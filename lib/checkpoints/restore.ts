// Takes a site back to one of its checkpoints. Visitors wait at the proxy meanwhile. The row says that it is to happen from
// the wish to the end, and every step may be done twice, so whoever has the site's lease next finishes what was killed.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Checkpoint } from '../db/generated/client.ts';
import { notify } from '../db/notify.ts';
import { portOf } from '../deploy/go-live.ts';
import { settleSite } from '../deploy/settle.ts';
import { withRepositoryLock } from '../git/hold-lock.ts';
import { addJob } from '../jobs/add.ts';
import { withLease } from '../jobs/lease.ts';
import type { Target } from '../proxy/proxy.ts';
import { siteHost } from '../sites/address.ts';
import type { ConvergeDeps } from '../sites/converge.ts';
import { listensWithin } from '../sites/listening.ts';
import { ensureContainer, ensureDisk, type SiteWithPlan } from '../sites/machine.ts';
import { routeTarget } from '../sites/rest.ts';
import { leaveAddress } from '../sites/site-network.ts';
import { checkpointsChanged } from './changed.ts';
import { makeCheckpoint } from './make.ts';

export type RestoreDeps = Omit<ConvergeDeps, 'waker' | 'wake'>;

/** `busy`: a deployment or a push has the site; nothing has happened yet. */
export type Restored = 'restored' | 'failed' | 'busy';

/** Requests that are open when it begins may end within this. */
const DRAIN_MS = 300;
const STOP_SECONDS = 5;
const LISTEN_MS = 15_000;

/** The caller holds the lease `converge:<id>`. */
export async function restoreSite(deps: RestoreDeps, site: SiteWithPlan): Promise<Restored> {
  const holder = `restore:${deps.runner}:${crypto.randomUUID()}`;
  const { repository } = await deps.disk.mount(site.id);
  const done = await withLease(deps.db, `site:${site.id}`, holder, 0, (lost) =>
    withRepositoryLock(deps.git, repository, () => restoreAlone(deps, site, lost)),
  );
  return done?.result?.result ?? 'busy';
}

async function restoreAlone(deps: RestoreDeps, site: SiteWithPlan, lost: AbortSignal): Promise<Restored> {
  const checkpoint = await deps.db.checkpoint.findUnique({ where: { id: site.restoringId ?? site.id } });
  try {
    if (checkpoint?.siteId !== site.id || checkpoint.status !== 'ready') throw new Error('there is no such checkpoint');
    await holdVisitors(deps, site);
    await leaveAddress(deps, site);
    await deps.engine.stop(site.id, STOP_SECONDS);
    await deps.engine.remove(site.id);
    await makeWayBack(deps, site.id);
    lost.throwIfAborted();
    await deps.disk.unmount(site.id);
    await deps.disk.restore(site.id, checkpoint.id);
  } catch (cause) {
    await giveUp(deps, site, cause);
    return 'failed';
  }
  await takeReleases(deps, site.id, checkpoint);
  const target = await start(deps, site.id);
  await finish(deps, site, checkpoint);
  if (target) await deps.proxy.setRoute(siteHost(deps.settings, site.name), target);
  return 'restored';
}

/** From here on the row says asleep: whoever comes waits until the lease is free, and then finds the site restored. */
async function holdVisitors(deps: RestoreDeps, site: SiteWithPlan): Promise<void> {
  await deps.db.site.updateMany({ where: { id: site.id, restoringId: site.restoringId }, data: { rest: 'stopped' } });
  await notify(deps.db, 'site', site.id);
  const target = routeTarget({ ...site, rest: 'stopped' }, null);
  if (target) await deps.proxy.setRoute(siteHost(deps.settings, site.name), target);
  await sleep(DRAIN_MS);
}

/** A restore that was promised to be undone does not go on without. */
async function makeWayBack(deps: RestoreDeps, siteId: string): Promise<void> {
  const asked = await deps.db.checkpoint.findMany({ where: { siteId, cause: 'restore', status: 'making' } });
  for (const { id } of asked) {
    if (!(await makeCheckpoint(deps, siteId, id))) throw new Error('the way back could not be made');
  }
}

/** The old disk is there, and the site starts with it again. */
async function giveUp(deps: RestoreDeps, { id }: SiteWithPlan, cause: unknown): Promise<void> {
  deps.log.error({ siteId: id, cause: String(cause) }, 'a site could not be restored');
  await deps.db.$transaction(async (tx) => {
    const data = { restoringId: null, rest: 'awake' as const, address: null, generation: { increment: 1 } };
    await tx.site.updateMany({ where: { id }, data });
    const undo = { siteId: id, cause: 'restore' as const, status: 'making' as const };
    await tx.checkpoint.updateMany({ where: undo, data: { status: 'dropping' } });
    const text = 'The site could not be restored, because of a fault on our side. Everything is as it was before.';
    await tx.event.create({ data: { siteId: id, kind: 'restore-failed', level: 'critical', text } });
    await checkpointsChanged(tx, id);
  });
  deps.lookAgainIn(0);
}

/**
 * Live and kept is what the restored disk has; later releases are history. It has the variables that it was given then,
 * where these are still known: those of today follow once it is back.
 */
async function takeReleases(deps: RestoreDeps, siteId: string, checkpoint: Checkpoint): Promise<void> {
  const { deploymentNumber: number, keptNumbers } = checkpoint;
  await deps.db.$transaction(async (tx) => {
    const live =
      number === null ? null : await tx.deployment.findUnique({ where: { siteId_number: { siteId, number } } });
    const kept = { siteId, status: 'succeeded' as const, number: { in: keptNumbers } };
    await tx.deployment.updateMany({ where: { siteId, kept: true }, data: { kept: false } });
    await tx.deployment.updateMany({ where: kept, data: { kept: true } });
    const pointer = live && number !== null ? { liveDeploymentId: live.id, livePort: portOf(number) } : {};
    const revision = live?.environmentRevision ?? 0;
    const isKnown = revision === 0 || (await tx.environment.findFirst({ where: { siteId, revision } })) !== null;
    const environment = live && isKnown ? { liveEnvironment: revision } : {};
    // What kept ending may be cured by this; it is held again if not.
    await tx.site.updateMany({
      where: { id: siteId, heldBy: 'storm' },
      data: { heldBy: null, heldFor: null, heldAt: null },
    });
    await tx.site.updateMany({
      where: { id: siteId },
      data: { ...pointer, ...environment, address: null, generation: { increment: 1 } },
    });
  });
  deps.starts.forget(siteId);
}

/** Null: it did not start. The disk is restored all the same, and the loop over everything goes on trying. */
async function start(deps: RestoreDeps, siteId: string): Promise<Target | null> {
  try {
    const site = await deps.db.site.findUniqueOrThrow({ where: { id: siteId }, include: { plan: true } });
    const mounted = await ensureDisk(deps, site);
    await deps.proxy.quiet(siteHost(deps.settings, site.name));
    const { address } = await ensureContainer(deps, site, mounted);
    if (!address || !site.livePort) return null;
    // The disk's own word on what is live may be of a deployment that was under way at that moment.
    await settleSite(deps, siteId);
    const target = { address, port: site.livePort };
    await listensWithin(target, LISTEN_MS);
    return target;
  } catch (cause) {
    deps.log.error({ siteId, cause: String(cause) }, 'a restored site did not start yet');
    return null;
  }
}

async function finish(deps: RestoreDeps, { id, restoredAt }: SiteWithPlan, checkpoint: Checkpoint): Promise<void> {
  const now = new Date();
  await deps.db.$transaction(async (tx) => {
    const where = { id, restoringId: checkpoint.id };
    const data = { restoringId: null, restoredAt: now, rest: 'awake' as const, activeAt: now };
    if ((await tx.site.updateMany({ where, data })).count === 0) return;
    // Made since the restore before: a later one than this.
    const wayBack = {
      siteId: id,
      cause: 'restore' as const,
      status: 'ready' as const,
      createdAt: { gt: restoredAt ?? checkpoint.createdAt },
    };
    const text = restoredText(checkpoint, (await tx.checkpoint.findFirst({ where: wayBack })) !== null);
    await tx.event.create({ data: { siteId: id, kind: 'restored', text } });
    await addJob(tx, 'environment', { siteId: id });
    await checkpointsChanged(tx, id);
  });
  deps.log.info({ siteId: id, checkpoint: checkpoint.id }, 'a site was restored');
}

const WHEN = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

function restoredText({ createdAt, deploymentNumber }: Checkpoint, isUndoable: boolean): string {
  const release = deploymentNumber === null ? '' : `, when release ${deploymentNumber} was live`;
  const undo = isUndoable ? ' The checkpoint from before the restore takes it back.' : '';
  return `The site was restored: everything is as it was on ${WHEN.format(createdAt)} UTC${release}.${undo}`;
}
