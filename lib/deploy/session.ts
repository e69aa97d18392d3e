// The container side of a deployment's begin and end: where the site is, and how a release is taken back.

import type { Engine } from '../engine/engine.ts';
import { AppError } from '../errors/app-error.ts';
import type { DeployDeps } from './deps.ts';
import type { ReleaseSession } from './release.ts';
import { settleSite } from './settle.ts';
import type { Turn } from './turn.ts';

/** The container's address, from the engine itself: one in the database may be of an earlier container. */
export async function requireAddress(engine: Engine, siteId: string): Promise<string> {
  const state = await engine.inspect(siteId);
  if (state?.status === 'running' && state.address) return state.address;
  throw new AppError('site-not-ready', {
    message: `The site's container ${state ? `is ${state.status}` : 'does not exist'}, so nothing can be deployed to it.`,
    hint: 'Restart the site on its page, then push again.',
  });
}

/**
 * Stops and removes the new release. Never throws: the reason of the failure is what counts. What it cannot do is the
 * sweep's.
 */
export async function undo(deps: DeployDeps, turn: Turn, opening: Promise<ReleaseSession>): Promise<void> {
  try {
    const session = await opening;
    const isUndone = await session.abort();
    if (isUndone || !turn.site.liveDeploymentId) return;
    // As long as a fork bomb leaves no process for it.
    if ((await settleSite(deps, turn.site.id)) === 'failed') deps.unsettled.add(turn.deployment.id);
  } catch (cause) {
    deps.unsettled.add(turn.deployment.id);
    deps.log.warn({ deploymentId: turn.deployment.id, cause: String(cause) }, 'a release was not taken back yet');
  }
}
