// btrfs subvolumes (btrfs-subvolume(8)), as far as a site's disk needs them.

import { isThere } from './layout.ts';
import { run } from './run.ts';

/** How deep and how many subvolumes inside one another are followed at deletion. */
const NESTED_MAX = 1_000;

export async function subvolumeId(directory: string): Promise<number> {
  return Number((await run('btrfs', ['inspect-internal', 'rootid', directory])).stdout.trim());
}

/**
 * Deletes a subvolume with those inside it. Its name is gone at once, its space comes back in the background within
 * seconds. Absent is no error.
 */
export async function deleteSubvolume(poolDir: string, directory: string): Promise<void> {
  if (!(await isThere(directory))) return;
  if ((await run('btrfs', ['subvolume', 'delete', directory], { allow: [1] })).exitCode === 0) return;
  // By number and not by path: the paths inside are the tenant's words.
  const { stdout } = await run('btrfs', ['subvolume', 'list', poolDir]);
  for (const id of nestedSubvolumes(stdout, await subvolumeId(directory))) {
    await run('btrfs', ['subvolume', 'delete', '--subvolid', String(id), poolDir]);
  }
  await run('btrfs', ['subvolume', 'delete', directory]);
}

/** Reads `btrfs subvolume list`: all that lie inside `id`, innermost first. */
export function nestedSubvolumes(stdout: string, id: number): number[] {
  const rows = [...stdout.matchAll(/^ID (\d+) gen \d+ top level (\d+) /gm)];
  const all = rows.map(([, own, parent]) => ({ own: Number(own), parent: Number(parent) }));
  const found: number[] = [];
  for (let level = [id]; level.length > 0 && found.length < NESTED_MAX; ) {
    level = all.filter(({ parent }) => level.includes(parent)).map(({ own }) => own);
    found.unshift(...level);
  }
  return found;
}
