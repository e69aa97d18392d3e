// An earlier release serves again: a copy of its folder, with its dependencies, goes live as a deployment of its own.

import type { Deployment } from '../db/generated/client.ts';
import { AppError } from '../errors/app-error.ts';
import type { DeployDeps } from './deps.ts';
import type { LiveRelease } from './go-live.ts';
import { serveCopy } from './serve-copy.ts';
import { inTurn, type Turn, type TurnRequest } from './turn.ts';

export interface RollbackRequest extends Omit<TurnRequest, 'cause'> {
  /** Null: what was live before the live release. */
  deploymentId: string | null;
  /** A line about it in the log. */
  why?: string;
}

/** Throws `no-earlier-release` when there is none on the disk; otherwise as `deploy`. */
export async function rollback(deps: DeployDeps, request: RollbackRequest): Promise<LiveRelease> {
  return inTurn(deps, { ...request, cause: 'rollback' }, async (turn) => {
    const target = await requireTarget(deps, turn, request.deploymentId);
    const { commit, subject, stack } = target;
    await deps.db.deployment.update({ where: { id: turn.deployment.id }, data: { commit, subject, stack } });
    if (request.why) turn.log.say(request.why);
    turn.log.say(`Rolling back to release ${target.number}${subject ? `: ${subject}` : ''}`);
    return serveCopy(deps, turn, target.number);
  });
}

async function requireTarget(deps: DeployDeps, turn: Turn, deploymentId: string | null): Promise<Deployment> {
  const { id: siteId, name, liveDeploymentId } = turn.site;
  const live = liveDeploymentId ? await deps.db.deployment.findUnique({ where: { id: liveDeploymentId } }) : null;
  const target = await deps.db.deployment.findFirst({
    where: {
      siteId,
      kept: true,
      status: 'succeeded',
      ...(deploymentId ? { id: deploymentId } : { number: { lt: live?.number ?? 0 } }),
    },
    orderBy: { number: 'desc' },
  });
  if (target && target.id !== liveDeploymentId) return target;
  throw new AppError('no-earlier-release', {
    message: target
      ? `Release ${target.number} of ${name} is live already.`
      : deploymentId
        ? 'That release is no longer on the disk: three are kept.'
        : `The site ${name} has no earlier release to go back to.`,
    hint: 'Push the commit that you want to serve: `git push --force` takes main back to it.',
  });
}
