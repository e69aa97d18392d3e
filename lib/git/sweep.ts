// Removes what an interrupted push left in a repository: git cleans up when it fails, but not when a signal ends it.

import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { QUARANTINE_NAME } from './confine.ts';
import type { GitDeps } from './deps.ts';
import { whileLocked } from './lock.ts';

const SWEEP_MS_MAX = 30_000;
const LOCK_WAIT_SECONDS = 5;

/**
 * All of these repositories: pushes whose process was killed leave theirs to nobody, and their git may end much later. One
 * with a push that is under way is left alone. Never throws.
 */
export async function sweepRepositories(
  deps: Pick<GitDeps, 'confinement' | 'log'>,
  repositories: string[],
): Promise<void> {
  for (const repository of repositories) {
    try {
      if ((await staleIn(repository)).length === 0) continue;
      const bounds = { waitSeconds: 0, msMax: SWEEP_MS_MAX };
      await whileLocked(deps, repository, bounds, () => sweepRepository(repository));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') continue; // It is being made, restored or deleted.
      deps.log.warn({ repository, cause: String(cause) }, 'what a killed push left was not swept');
    }
  }
}

/** Takes the repository's lock, unless a push has it by now: that one sweeps for itself. */
export async function sweepUnlocked(deps: Pick<GitDeps, 'confinement'>, repository: string): Promise<void> {
  const bounds = { waitSeconds: LOCK_WAIT_SECONDS, msMax: SWEEP_MS_MAX };
  await whileLocked(deps, repository, bounds, () => sweepRepository(repository));
}

/** Only for who holds the repository's lock: then no push is under way. */
export async function sweepRepository(repository: string): Promise<void> {
  for (const name of await staleIn(repository)) {
    await rm(path.join(repository, 'objects', name), { recursive: true, force: true });
  }
}

async function staleIn(repository: string): Promise<string[]> {
  const objects = path.join(repository, 'objects');
  const packs = await readdir(path.join(objects, 'pack'));
  return [
    ...(await readdir(objects)).filter((name) => QUARANTINE_NAME.test(name)),
    ...packs.filter((name) => name.startsWith('tmp_')).map((name) => `pack/${name}`),
  ];
}
