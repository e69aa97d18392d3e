// `ssh NAME@gateway rollback`: asks the deploy worker for it and waits for the outcome, so that the exit code means it.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '#lib/db/client.ts';
import { requestRollback } from '#lib/deploy/request.ts';
import { AppError } from '#lib/errors/app-error.ts';

const POLL_MS = 250;
const WAIT_MS = 120_000;

/** Answers with the sentence to show. Throws `no-earlier-release` when there is none, and `check-failed` with what the deployment says when it failed. */
export async function rollBack(
  db: Db,
  site: { id: string; name: string },
  by: string,
  over: AbortSignal,
): Promise<string> {
  const { liveDeploymentId } = await db.site.findUniqueOrThrow({
    where: { id: site.id },
    select: { liveDeploymentId: true },
  });
  const newest = await db.deployment.findFirst({
    where: { siteId: site.id },
    orderBy: { number: 'desc' },
    select: { number: true },
  });
  await requestRollback(db, { ...site, liveDeploymentId }, { deploymentId: null, by });
  for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline && !over.aborted; await sleep(POLL_MS)) {
    const deployment = await db.deployment.findFirst({
      where: { siteId: site.id, cause: 'rollback', number: { gt: newest?.number ?? 0 } },
      orderBy: { number: 'asc' },
      select: { number: true, status: true, subject: true, problem: true },
    });
    if (!deployment || deployment.status === 'running') continue;
    if (deployment.status === 'succeeded')
      return `${site.name} serves its earlier release again, as deployment ${deployment.number}.`;
    throw new AppError('check-failed', {
      message: `The rollback failed: ${deployment.problem ?? 'the log on the page of the site has more'}`,
      hint: 'The site serves what it served before.',
    });
  }
  return 'The rollback is on its way; `status` and the site’s page tell how it goes.';
}
