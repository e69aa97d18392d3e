// A release that is on the disk already goes live under the turn's number, as a copy of its folder.

import type { DeployDeps } from './deps.ts';
import { goLive, type LiveRelease } from './go-live.ts';
import { createNarrator } from './narrate.ts';
import { openRelease } from './release.ts';
import { requireAddress, undo } from './session.ts';
import type { Turn } from './turn.ts';

/** Throws as `deploy`, after everything is undone. */
export async function serveCopy(deps: DeployDeps, turn: Turn, from: number): Promise<LiveRelease> {
  const narrator = createNarrator(turn.log);
  const { number } = turn.deployment;
  const opening = openRelease(deps.engine, turn.site.id, { action: 'copy', number, from }, narrator);
  try {
    const [session, address] = await Promise.all([opening, requireAddress(deps.engine, turn.site.id)]);
    return await goLive(deps, turn, { session, narrator, address, plan: null, archive: null });
  } catch (error) {
    await undo(deps, turn, opening);
    throw error;
  }
}
