// The wishes to go back to an earlier release and to build a commit anew. A worker does it; the deployment it makes shows
// the progress.

import { audit, type Who } from '../audit/audit.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors/app-error.ts';
import { addJob } from '../jobs/add.ts';

export interface WishedFrom {
  /** Who asks, in words. */
  by: string | null;
  /** The admin who does it to somebody else's site. */
  admin?: Who | null;
}

interface Deployed {
  id: string;
  name: string;
  liveDeploymentId: string | null;
}

/** A null id: the release before the live one. Throws `no-earlier-release` when nothing could be gone back to. */
export async function requestRollback(
  db: Db,
  site: Deployed,
  { deploymentId, by, admin = null }: WishedFrom & { deploymentId: string | null },
): Promise<void> {
  const target = await findTarget(db, site, deploymentId);
  if (!target) {
    throw new AppError('no-earlier-release', {
      message: deploymentId
        ? 'That release is no longer on the disk: three are kept.'
        : `The site ${site.name} has no earlier release to go back to.`,
      hint: 'Push the commit that you want to serve: `git push --force` takes main back to it.',
    });
  }
  await db.$transaction(async (tx) => {
    const { id: siteId, name } = site;
    if (admin) await audit(tx, { ...admin, action: 'site.rollback', subject: name, siteId, after: { deploymentId } });
    await addJob(tx, 'rollback', { siteId, deploymentId: target.id, by });
  });
}

/**
 * The release itself, and not how to find it: a worker that is killed right after the switch does the job once more, and
 * "the one before" is by then the one that was left.
 */
async function findTarget(db: Db, { id: siteId, liveDeploymentId }: Deployed, deploymentId: string | null) {
  const select = { number: true };
  const live = liveDeploymentId ? await db.deployment.findUnique({ where: { id: liveDeploymentId }, select }) : null;
  const before = { status: 'succeeded' as const, number: { lt: live?.number ?? 0 } };
  return db.deployment.findFirst({
    where: { siteId, kept: true, ...(deploymentId ? { id: deploymentId } : before) },
    orderBy: { number: 'desc' },
    select: { id: true },
  });
}

/**
 * Builds the commit of a deployment of this site once more; a null id: of the live one. Throws `no-earlier-release` when
 * no commit is known, and `deployment-running`.
 */
export async function requestRedeploy(
  db: Db,
  site: Deployed,
  { deploymentId, by, admin = null }: WishedFrom & { deploymentId: string | null },
): Promise<void> {
  const { id: siteId, name } = site;
  const id = deploymentId ?? site.liveDeploymentId;
  const select = { id: true, commit: true };
  const target = id ? await db.deployment.findFirst({ where: { id, siteId }, select }) : null;
  if (!target?.commit) {
    throw new AppError('no-earlier-release', {
      message: target
        ? 'That deployment got no commit, so there is nothing to build.'
        : `${name} serves no release yet.`,
      hint: 'Push a commit, or choose another deployment.',
    });
  }
  const running = await db.deployment.findFirst({ where: { siteId, status: 'running' }, select: { number: true } });
  if (running) {
    throw new AppError('deployment-running', {
      message: `Deployment ${running.number} of ${name} is still running.`,
      hint: 'Wait for its end, then try again.',
    });
  }
  await db.$transaction(async (tx) => {
    const after = { deploymentId: target.id };
    if (admin) await audit(tx, { ...admin, action: 'site.redeploy', subject: name, siteId, after });
    await addJob(tx, 'redeploy', { siteId, deploymentId: target.id, by });
  });
}
