// A commit becomes what the site serves: the one pipeline of launches, pushes and redeploys.

import type { DeployDeps } from './deps.ts';
import { goLive, type LiveRelease } from './go-live.ts';
import { createNarrator } from './narrate.ts';
import { openRelease } from './release.ts';
import { requireAddress, undo } from './session.ts';
import { readTree, type Source } from './source.ts';
import { detect } from './stacks/detect.ts';
import type { BuildPlan } from './stacks/plan.ts';
import { inTurn, type Turn, type TurnRequest } from './turn.ts';

export interface DeployRequest extends Omit<TurnRequest, 'cause'> {
  cause: 'launch' | 'push' | 'redeploy' | 'fetch';
  /** One that has yet to come is brought in the deployment's turn, with its words in the log. */
  source: Source | ((turn: Turn) => Promise<Source>);
}

/**
 * Deploys a commit. Lines are said as things happen. Throws an AppError (`push-refused`, `build-failed`, `check-failed`,
 * `disk-full`, `interrupted` …) after everything is undone; then what was live before still serves.
 */
export async function deploy(deps: DeployDeps, request: DeployRequest): Promise<LiveRelease> {
  return inTurn(deps, request, async (turn) => {
    const source = typeof request.source === 'function' ? await request.source(turn) : request.source;
    const narrator = createNarrator(turn.log);
    const keeping = request.cause === 'launch' ? null : deps.checkpoint(turn.site.id);
    const opening = openRelease(
      deps.engine,
      turn.site.id,
      { action: 'deploy', number: turn.deployment.number },
      narrator,
    );
    try {
      const [plan, address, session] = await Promise.all([
        planBuild(deps, turn, source),
        requireAddress(deps.engine, turn.site.id),
        opening,
        keeping,
      ]);
      return await goLive(deps, turn, { session, narrator, address, plan, archive: () => source.archive() });
    } catch (error) {
      await undo(deps, turn, opening);
      throw error;
    }
  });
}

/** While the container gets ready: reads the tree, finds the stack, and says so. */
async function planBuild(deps: DeployDeps, turn: Turn, source: Source): Promise<BuildPlan> {
  const [tree, subject] = await Promise.all([readTree(source), source.subject()]);
  const row = { where: { id: turn.deployment.id } };
  const { commit } = source;
  await deps.db.deployment.update({ ...row, data: { commit, subject } });
  const plan = detect(tree, deps.base);
  turn.log.say(plan.title);
  for (const note of plan.notes) turn.log.add(note);
  await deps.db.deployment.update({ ...row, data: { stack: plan.stack } });
  return plan;
}
