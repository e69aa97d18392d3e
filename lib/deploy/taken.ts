// Whether git took the push whose release went live. The switch comes before main moves, so that nothing is in the
// repository that did not go live; a git that ends in between leaves a release whose push was refused. Then main decides
// (decision 22): what was live before serves again.

import { AppError } from '../errors/app-error.ts';
import { withLease } from '../jobs/lease.ts';
import type { DeployDeps } from './deps.ts';
import { rollback } from './rollback.ts';

export interface TakenDeps extends DeployDeps {
  /** The commit of main once no push is under way. Null: one still was after the wait. */
  findMain: (siteId: string, waitSeconds: number) => Promise<{ result: string | null } | null>;
}

export interface LivePush {
  siteId: string;
  deploymentId: string;
  commit: string;
}

/** Git needs milliseconds from the hook's answer to its end. The next push may be first with the lock. */
const WAIT_SECONDS = 30;

/** Settles a push that went live, once git has ended. Never throws: what cannot be told yet is the sweep's. */
export async function settlePush(deps: TakenDeps, push: LivePush): Promise<void> {
  // The sweep has to look at its container as well.
  if (deps.unsettled.has(push.deploymentId)) return;
  try {
    if (await isTaken(deps, push)) return await markSettled(deps, push.deploymentId);
  } catch (cause) {
    deps.log.warn({ deploymentId: push.deploymentId, cause: String(cause) }, 'a push was not settled yet');
  }
  deps.unsettled.add(push.deploymentId);
}

async function isTaken(deps: TakenDeps, { siteId, deploymentId, commit }: LivePush): Promise<boolean> {
  const main = await deps.findMain(siteId, WAIT_SECONDS);
  if (main?.result === commit) return true;
  const holder = `settle:${deps.runner}:${deploymentId}`;
  const kept = await withLease(deps.db, `site:${siteId}`, holder, 0, (lost) => keepToMain(deps, deploymentId, lost));
  return kept?.result ?? false;
}

/** For who holds the site's lease; `lost` aborts with it. False: a push is under way, which may move main yet. */
export async function keepToMain(deps: TakenDeps, deploymentId: string, lost: AbortSignal): Promise<boolean> {
  const { siteId, cause, commit, number, site } = await deps.db.deployment.findUniqueOrThrow({
    where: { id: deploymentId },
    select: { siteId: true, cause: true, commit: true, number: true, site: { select: { liveDeploymentId: true } } },
  });
  if (cause !== 'push' || site.liveDeploymentId !== deploymentId) return true;
  const main = await deps.findMain(siteId, 0);
  if (!main || main.result === commit) return main !== null;
  deps.log.warn({ siteId, deploymentId }, 'git did not take the push of a release that is live');
  const why = `Release ${number} went live and git did not take its push: main stayed as it was, and so does the site`;
  await rollback(deps, { siteId, deploymentId: null, held: lost, why }).catch(unlessTold);
  return !lost.aborted;
}

export async function markSettled(deps: DeployDeps, deploymentId: string): Promise<void> {
  await deps.db.deployment.updateMany({ where: { id: deploymentId }, data: { runner: null } });
  deps.unsettled.delete(deploymentId);
}

/** Why the site cannot go back is in the row of the attempt; another one would not help. */
function unlessTold(error: unknown): void {
  if (!(error instanceof AppError)) throw error;
}
