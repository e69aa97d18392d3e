// btrfs's accounting (btrfs-qgroup(8)) in our words. A site has one group of level 1, named by its id: it has the limit,
// and every subvolume of the site is a member, so that content which a restore moved, and a subvolume made inside by a
// trick, count too. Under simple quotas the sums are always right; there is no rescan.

import { run } from './run.ts';

export interface Qgroup {
  /** Such as `0/257` (a subvolume) or `1/22136` (a site). */
  id: string;
  bytes: number;
  bytesMax: number | null;
  parents: string[];
  /** Level 0: the subvolume is gone. */
  stale: boolean;
}

/** The site's group: the first 48 bits of its id, which is what a group's number can hold. */
export function qgroupOf(siteId: string): string {
  return `1/${Number.parseInt(siteId.replaceAll('-', '').slice(0, 12), 16)}`;
}

/** Reads `btrfs qgroup show -rep --raw`. */
export function parseQgroups(stdout: string): Qgroup[] {
  return stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+\/\d+)\s+(\d+)\s+\d+\s+(\d+|none)\s+(?:\d+|none)\s+(\S+)(?:\s+(.*))?$/.exec(line);
    const [, id, bytes, bytesMax, parents = '-', path = ''] = match ?? [];
    if (!id) return [];
    return [
      {
        id,
        bytes: Number(bytes),
        bytesMax: bytesMax === 'none' ? null : Number(bytesMax),
        parents: parents.split(',').filter((parent) => parent.includes('/')),
        stale: path.trim() === '<stale>',
      },
    ];
  });
}

/** All groups with one call, a few milliseconds. */
export async function readQgroups(poolDir: string): Promise<Qgroup[]> {
  return parseQgroups((await run('btrfs', ['qgroup', 'show', '-rep', '--raw', poolDir])).stdout);
}

/** Makes the group if it is not there, and sets its limit, which holds from the next write on. */
export async function limitQgroup(poolDir: string, id: string, bytesMax: number): Promise<void> {
  const limit = ['qgroup', 'limit', String(Math.floor(bytesMax)), id, poolDir];
  if ((await run('btrfs', limit, { allow: [1] })).exitCode === 0) return;
  await run('btrfs', ['qgroup', 'create', id, poolDir], { allow: [1] });
  await run('btrfs', limit);
}

/** At a group's limit not even deleting a subvolume would work. */
export async function unlimitQgroup(poolDir: string, id: string): Promise<void> {
  await run('btrfs', ['qgroup', 'limit', 'none', id, poolDir], { allow: [1] });
}

/** Puts a subvolume into a group, with what it holds already. Being in it is no error. */
export async function joinQgroup(poolDir: string, subvolumeId: number, id: string): Promise<void> {
  const member = `0/${subvolumeId}`;
  const assign = ['qgroup', 'assign', '--no-rescan', member, id, poolDir];
  if ((await run('btrfs', assign, { allow: [1] })).exitCode === 0) return;
  const isIn = (await readQgroups(poolDir)).some((group) => group.id === member && group.parents.includes(id));
  if (!isIn) await run('btrfs', assign);
}

const STALE_DROPPED_MAX = 50;

/**
 * Removes a site's group. Members whose subvolume is still being deleted leave it first; the kernel drops them when they
 * are empty. Also removes what is left of earlier sites: groups that no limit and no member has, and, on kernels that
 * keep those, empty groups of subvolumes that are gone. Absent is no error.
 */
export async function dropQgroup(poolDir: string, id: string): Promise<void> {
  const groups = await readQgroups(poolDir);
  const members = groups.filter(({ parents }) => parents.includes(id));
  for (const member of members) {
    await run('btrfs', ['qgroup', 'remove', '--no-rescan', member.id, id, poolDir], { allow: [1] });
  }
  const parents = new Set(groups.flatMap((group) => group.parents));
  const left = groups.filter((group) =>
    group.id.startsWith('1/')
      ? group.bytesMax === null && !parents.has(group.id) && group.id !== id
      : group.stale && group.bytes === 0,
  );
  const own = groups.filter((group) => group.id === id);
  for (const group of [...own, ...left.slice(0, STALE_DROPPED_MAX)]) {
    await run('btrfs', ['qgroup', 'destroy', group.id, poolDir], { allow: [1] });
  }
}
