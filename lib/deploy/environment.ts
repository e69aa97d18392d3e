// The live release once more, with the variables that the site is to have: beside the one that serves, checked, then
// switched, as every other release. When it is not well, what served goes on, with the variables that it had.

import { randomUUID } from 'node:crypto';
import { withLease } from '../jobs/lease.ts';
import type { DeployDeps } from './deps.ts';
import type { LiveRelease } from './go-live.ts';
import { serveCopy } from './serve-copy.ts';
import { inTurn, type Turn } from './turn.ts';

/** Null: they are in force already, or there is no release yet. Throws as `rollback`. */
export async function applyEnvironment(deps: DeployDeps, siteId: string): Promise<LiveRelease | null> {
  const holder = `environment:${deps.runner}:${randomUUID()}`;
  const waitMs = (deps.settings.buildMinutes + 2) * 60_000;
  const done = await withLease(deps.db, `site:${siteId}`, holder, waitMs, async (held) => {
    if (!(await isWanting(deps, siteId))) return null;
    return inTurn(deps, { siteId, cause: 'environment', held }, (turn) => restart(deps, turn));
  });
  if (done) return done.result;
  throw new Error('another deployment of the site took too long');
}

async function isWanting({ db }: DeployDeps, siteId: string): Promise<boolean> {
  const site = await db.site.findUnique({ where: { id: siteId } });
  return Boolean(site?.liveDeploymentId) && site?.environmentRevision !== site?.liveEnvironment;
}

async function restart(deps: DeployDeps, turn: Turn): Promise<LiveRelease> {
  const live = await deps.db.deployment.findUniqueOrThrow({ where: { id: turn.site.liveDeploymentId ?? '' } });
  const { commit, subject, stack, number } = live;
  await deps.db.deployment.update({ where: { id: turn.deployment.id }, data: { commit, subject, stack } });
  const { size } = turn.environment.variables;
  turn.log.say(`Restarting release ${number} with ${size === 1 ? 'one variable' : `${size} variables`}`);
  // It takes the place of the one it is a copy of, so that the earlier releases stay to go back to.
  return serveCopy(deps, { ...turn, kept: turn.kept.filter((kept) => kept !== number) }, number);
}
