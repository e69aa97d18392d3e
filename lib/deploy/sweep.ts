// Takes up what dead processes left, and what this one could not end: deployments that stay "running", and releases whose last word never came.

import { notify } from '../db/notify.ts';
import { withLease } from '../jobs/lease.ts';
import type { DeployDeps } from './deps.ts';
import { settleSite } from './settle.ts';
import { keepToMain, markSettled, type TakenDeps } from './taken.ts';
import { markFailed } from './tell-failed.ts';

const DEAD_MS = 30_000;
/** A site that cannot be settled for so long is for people. */
const GIVE_UP_MS = 24 * 3_600_000;
const BATCH = 50;

/** Safe to repeat, and in several processes at once. Answers how many deployments it ended. */
export async function sweepDeployments(deps: TakenDeps, now: Date): Promise<number> {
  const left = await findLeft(deps, now);
  let ended = 0;
  for (const { id, siteId } of left) {
    const holder = `sweep:${deps.runner}:${id}`;
    try {
      // Without the lease a deployment runs, and settles it itself.
      const done = await withLease(deps.db, `site:${siteId}`, holder, 0, (lost) =>
        endDeployment(deps, id, siteId, lost),
      );
      ended += done?.result ?? 0;
    } catch (cause) {
      deps.log.warn({ deploymentId: id, cause: String(cause) }, 'a deployment was not swept; it is tried again');
    }
  }
  return ended;
}

/** Rows whose runner has no heartbeat of the last 30 s, and unsettled ones. A row that is done has no runner. */
async function findLeft(deps: DeployDeps, now: Date) {
  const alive = await deps.db.heartbeat.findMany({
    where: { at: { gt: new Date(now.getTime() - DEAD_MS) } },
    select: { process: true },
  });
  const runners = [deps.runner, ...alive.map(({ process }) => process)];
  return deps.db.deployment.findMany({
    where: {
      runner: { not: null },
      OR: [{ runner: { notIn: runners } }, { id: { in: [...deps.unsettled] } }],
      startedAt: { gt: new Date(now.getTime() - GIVE_UP_MS) },
      site: { state: { not: 'deleting' } },
    },
    select: { id: true, siteId: true },
    orderBy: { startedAt: 'asc' },
    take: BATCH,
  });
}

async function endDeployment(deps: TakenDeps, id: string, siteId: string, lost: AbortSignal): Promise<number> {
  const problem = 'The deployment was interrupted: its worker stopped. Push again; what was live before still serves.';
  const ended = await deps.db.$transaction((tx) => markFailed(tx, id, { problem, interrupted: true }));
  if (ended) await notify(deps.db, 'site', siteId);
  // Without a running container there is nothing to settle yet: the row keeps its runner, and the next sweep looks again.
  const container = await deps.engine.inspect(siteId);
  if (container?.status !== 'running' || (await settleSite(deps, siteId)) === 'failed') return Number(ended);
  if (await keepToMain(deps, id, lost)) await markSettled(deps, id);
  return Number(ended);
}
