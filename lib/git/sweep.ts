// Removes what an interrupted push left in a repository: git cleans up when it fails, but not when a signal ends it.

import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { QUARANTINE_NAME } from './confine.ts';
import type { GitDeps } from './deps.ts';
import { whileLocked } from './lock.ts';

const SWEEP_MS_MAX = 30_000;
const LOCK_WAIT_SECONDS = 5;

/** Takes the repository's lock, unless a push has it by now: that one sweeps for itself. */
export async function sweepUnlocked(deps: Pick<GitDeps, 'confinement'>, repository: string): Promise<void> {
  const bounds = { waitSeconds: LOCK_WAIT_SECONDS, msMax: SWEEP_MS_MAX };
  await whileLocked(deps, repository, bounds, () => sweepRepository(repository));
}

/** Only for who holds the repository's lock: then no push is under way. */
export async function sweepRepository(repository: string): Promise<void> {
  const objects = path.join(repository, 'objects');
  const packs = await readdir(path.join(objects, 'pack'));
  const stale = [
    ...(await readdir(objects)).filter((name) => QUARANTINE_NAME.test(name)),
    ...packs.filter((name) => name.startsWith('tmp_')).map((name) => `pack/${name}`),
  ];
  for (const name of stale) await rm(path.join(objects, name), { recursive: true, force: true });
}
