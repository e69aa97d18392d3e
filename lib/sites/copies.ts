// Copies disks for new sites that are to be like another one. That takes as long as the disk is large, so it goes on beside
// everything else, one at a time, and asks for its site to be looked at when it is done.

import { checkpointsChanged } from '../checkpoints/changed.ts';
import { makeCheckpoint } from '../checkpoints/make.ts';
import type { Checkpoint } from '../db/generated/client.ts';
import { notify } from '../db/notify.ts';
import { portOf } from '../deploy/go-live.ts';
import { AppError } from '../errors/app-error.ts';
import { addJob } from '../jobs/add.ts';
import { withLease } from '../jobs/lease.ts';
import { recordFailure, step } from './launch-steps.ts';
import { limitsOf } from './limits.ts';
import type { MachineDeps, SiteWithPlan } from './machine.ts';
import { diskLimits } from './machine-limits.ts';

export interface Copies {
  /** Copies the site's disk, unless that goes on already. */
  begin(site: SiteWithPlan): void;
  isCopying(siteId: string): boolean;
}

export type CopyDeps = MachineDeps & { runner: string };

/** Whoever mends or restores the original is soon done. */
const ORIGINAL_MS = 60_000;
const OWN_MS = 30_000;

export function createCopies(deps: CopyDeps): Copies {
  const waiting = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();
  return {
    isCopying: (siteId) => waiting.has(siteId),
    begin(site) {
      if (waiting.has(site.id)) return;
      waiting.add(site.id);
      last = last
        .then(() => copyInTurn(deps, site.id))
        .catch((cause) => deps.log.error({ siteId: site.id, cause: String(cause) }, 'a copy failed'))
        .finally(() => waiting.delete(site.id))
        .then(() => addJob(deps.db, 'converge', { siteId: site.id }))
        .catch(() => {}); // The loop over everything comes by.
    },
  };
}

async function copyInTurn(deps: CopyDeps, siteId: string): Promise<void> {
  await withLease(deps.db, `converge:${siteId}`, holderOf(deps), OWN_MS, async () => {
    const site = await deps.db.site.findUnique({ where: { id: siteId }, include: { plan: true } });
    if (!site?.cloneOfId || site.state === 'deleting') return;
    try {
      await copy(deps, site, site.cloneOfId);
    } catch (error) {
      await recordFailure(deps, site, error);
    }
  });
}

async function copy(deps: CopyDeps, site: SiteWithPlan, checkpointId: string): Promise<void> {
  const checkpoint = await step(deps, site, 'Checkpoint of the original', () => requireMade(deps, checkpointId));
  await step(deps, site, 'Copy of its disk', async () => {
    await deps.disk.clone(checkpoint.siteId, site.id, diskLimits(limitsOf(site), site), checkpoint.id);
  });
  await beginHistory(deps, site, checkpoint);
}

async function requireMade(deps: CopyDeps, id: string): Promise<Checkpoint> {
  const found = await deps.db.checkpoint.findUnique({ where: { id } });
  if (found?.status === 'making') {
    await withLease(deps.db, `converge:${found.siteId}`, holderOf(deps), ORIGINAL_MS, async () => {
      const now = await deps.db.checkpoint.findUnique({ where: { id } });
      if (now?.status === 'making') await makeCheckpoint(deps, now.siteId, id);
    });
  }
  const checkpoint = await deps.db.checkpoint.findUnique({ where: { id } });
  if (checkpoint?.status === 'ready') return checkpoint;
  throw new AppError('site-not-ready', {
    message: 'The checkpoint that this site was to be a copy of is not there any more.',
    hint: 'Delete this site and clone the original again.',
  });
}

/** Its first deployment is what was live in the original, under the same number, which names the release's folder. */
async function beginHistory({ db }: CopyDeps, site: SiteWithPlan, checkpoint: Checkpoint): Promise<void> {
  const number = checkpoint.deploymentNumber;
  const original = await db.site.findUnique({
    where: { id: checkpoint.siteId },
    select: { name: true, deployments: { where: { number: number ?? 0 }, select: { commit: true, stack: true } } },
  });
  await db.$transaction(async (tx) => {
    if (number !== null) {
      const from = original?.deployments[0];
      const subject = `Clone of ${original?.name ?? 'a site'}`;
      const done = { status: 'succeeded' as const, kept: true, finishedAt: new Date() };
      const { id } = await tx.deployment.create({
        data: {
          siteId: site.id,
          number,
          cause: 'launch',
          subject,
          commit: from?.commit ?? null,
          stack: from?.stack ?? null,
          ...done,
        },
      });
      await tx.site.update({ where: { id: site.id }, data: { liveDeploymentId: id, livePort: portOf(number) } });
    }
    await tx.site.update({ where: { id: site.id }, data: { cloneOfId: null } });
    if (checkpoint.cause === 'clone') {
      await tx.checkpoint.updateMany({ where: { id: checkpoint.id }, data: { status: 'dropping' } });
      await addJob(tx, 'converge', { siteId: checkpoint.siteId });
    }
    await checkpointsChanged(tx, checkpoint.siteId);
    await notify(tx, 'site', site.id);
  });
}

function holderOf({ runner }: CopyDeps): string {
  return `copy:${runner}:${crypto.randomUUID()}`;
}
