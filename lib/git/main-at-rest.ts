// The commit of main when no push can move it any more.

import type { GitDeps } from './deps.ts';
import { whileLocked } from './lock.ts';
import { findMainCommit } from './open-file.ts';

/** Waits for a push that is under way. Null: it was not over in time. */
export async function findMainAtRest(
  deps: GitDeps,
  repository: string,
  waitSeconds: number,
): Promise<{ result: string | null } | null> {
  const msMax = waitSeconds * 1000 + deps.bounds.readMs;
  return whileLocked(deps, repository, { waitSeconds, msMax }, () => findMainCommit(deps, repository));
}
