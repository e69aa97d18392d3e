// Gives a site the space of commits that nothing reaches any more: force pushes and refused pushes pile up otherwise, and
// count against its disk.

import type { GitDeps } from './deps.ts';
import { startGit } from './process.ts';
import { sweepRepository } from './sweep.ts';

/** Repacks and prunes under the repository's lock. False when a push is under way, or git could not. */
export async function collectGarbage(deps: GitDeps, repository: string): Promise<boolean> {
  const { pushMs } = deps.bounds;
  const git = startGit(
    deps.confinement,
    { args: [`--git-dir=${repository}`, 'gc', '--quiet', '--prune=now'], repository, lock: { waitSeconds: 0 } },
    { idleMs: pushMs, totalMs: pushMs, hookMs: pushMs },
  );
  git.stdin.end();
  git.stdout.resume();
  if (await git.locked) await sweepRepository(repository);
  const end = await git.ended;
  if (end.code !== 0) deps.log.info({ repository, ...end }, 'git did not collect its garbage');
  return end.code === 0;
}
