// The wish to go back to an earlier release. A worker does it; the deployment it makes shows the progress.

import { audit, type Who } from '../audit/audit.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors/app-error.ts';
import { addJob } from '../jobs/add.ts';

/** Null: the release before the live one. `by` is the admin who does it to somebody else's site. Throws `no-earlier-release` when nothing could be gone back to. */
export async function requestRollback(
  db: Db,
  site: { id: string; name: string; liveDeploymentId: string | null },
  deploymentId: string | null,
  by: Who | null = null,
): Promise<void> {
  const notLive = site.liveDeploymentId ? { not: site.liveDeploymentId } : {};
  const where = { siteId: site.id, kept: true, id: deploymentId ?? notLive };
  if (!(await db.deployment.findFirst({ where }))) {
    throw new AppError('no-earlier-release', {
      message: deploymentId
        ? 'That release is no longer on the disk: three are kept.'
        : `The site ${site.name} has no earlier release to go back to.`,
      hint: 'Push the commit that you want to serve: `git push --force` takes main back to it.',
    });
  }
  await db.$transaction(async (tx) => {
    const { id: siteId, name } = site;
    if (by) await audit(tx, { ...by, action: 'site.rollback', subject: name, siteId, after: { deploymentId } });
    await addJob(tx, 'rollback', { siteId, deploymentId });
  });
}
