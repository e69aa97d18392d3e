// btrfs's accounting (btrfs-qgroup(8)) in our words. A site has one group of level 1, named by its id: it has the limit,
// and every subvolume of the site is a member, so that content which a restore moved, and a subvolume made inside by a
// trick, count too. The sites' groups together are in one of level 2, whose limit is the pool without its reserve. Under
// simple quotas the sums are always right; there is no rescan.

import { statfs } from 'node:fs/promises';
import { DiskCommandError, type RunResult, run } from './run.ts';

export interface Qgroup {
  /** Such as `0/257` (a subvolume) or `1/22136` (a site). */
  id: string;
  bytes: number;
  bytesMax: number | null;
  parents: string[];
  /** Level 1: of a site that was removed. */
  retired: boolean;
  /** Level 0: the subvolume is gone. */
  stale: boolean;
}

/** A limit on exclusive bytes that nothing reaches: what a removed site's group is known by. */
const RETIRED_BYTES_MAX = 2 ** 50;

/** The site's group: the first 48 bits of its id, which is what a group's number can hold. */
export function qgroupOf(siteId: string): string {
  return `1/${Number.parseInt(siteId.replaceAll('-', '').slice(0, 12), 16)}`;
}

/** Reads `btrfs qgroup show -rep --raw`. */
export function parseQgroups(stdout: string): Qgroup[] {
  return stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+\/\d+)\s+(\d+)\s+\d+\s+(\d+|none)\s+(\d+|none)\s+(\S+)(?:\s+(.*))?$/.exec(line);
    const [, id, bytes, bytesMax, exclusiveMax, parents = '-', path = ''] = match ?? [];
    if (!id) return [];
    return [
      {
        id,
        bytes: Number(bytes),
        bytesMax: bytesMax === 'none' ? null : Number(bytesMax),
        parents: parents.split(',').filter((parent) => parent.includes('/')),
        retired: exclusiveMax === String(RETIRED_BYTES_MAX),
        stale: path.trim() === '<stale>',
      },
    ];
  });
}

const READINGS_MAX = 5;

/**
 * All groups with one call, a few milliseconds. The program looks up what it has just listed: a group whose subvolume is
 * cleaned away in between ends it, and it is asked again.
 */
export async function readQgroups(poolDir: string): Promise<Qgroup[]> {
  for (let left = READINGS_MAX; ; left -= 1) {
    try {
      return parseQgroups((await run('btrfs', ['qgroup', 'show', '-rep', '--raw', poolDir])).stdout);
    } catch (error) {
      const isMoving = error instanceof DiskCommandError && error.stderr.includes('cannot find the qgroup');
      if (!isMoving || left <= 1) throw error;
    }
  }
}

/** Of all sites together. */
const POOL_GROUP = '2/1';
const RESERVE_SHARE = 0.03;
/** Two of the pieces of 256 MB that btrfs hands out for metadata, which are nobody's use until they are written. */
const RESERVE_BYTES_MIN = 512 << 20;

/**
 * Sets the limit of all sites together: a btrfs that is full to the last block cannot even delete. `roomBytes` of the
 * reserve are lent for a moment. Safe to repeat, also after the pool has grown.
 */
export async function limitPool(poolDir: string, roomBytes = 0): Promise<void> {
  const { bsize, blocks } = await statfs(poolDir);
  const reserve = Math.max(bsize * blocks * RESERVE_SHARE, RESERVE_BYTES_MIN);
  await ensureQgroup(poolDir, POOL_GROUP);
  await limitQgroup(poolDir, POOL_GROUP, bsize * blocks - reserve + roomBytes);
}

/** Makes the site's group with its limit, inside that of all sites. Safe to repeat. */
export async function makeQgroup(poolDir: string, id: string, bytesMax: number): Promise<void> {
  await ensureQgroup(poolDir, id);
  await limitQgroup(poolDir, id, bytesMax);
  await run('btrfs', ['qgroup', 'assign', '--no-rescan', id, POOL_GROUP, poolDir], { allow: [1] }).then(expectExisting);
}

async function ensureQgroup(poolDir: string, id: string): Promise<void> {
  await run('btrfs', ['qgroup', 'create', id, poolDir], { allow: [1] }).then(expectExisting);
}

function expectExisting({ exitCode, stderr }: RunResult): void {
  if (exitCode !== 0 && !stderr.includes('File exists')) throw new Error(`btrfs qgroup: ${stderr.trim()}`);
}

/** Sets the limit of a group that is there; it holds from the next write on. */
export async function limitQgroup(poolDir: string, id: string, bytesMax: number): Promise<void> {
  await run('btrfs', ['qgroup', 'limit', String(Math.floor(bytesMax)), id, poolDir]);
}

/**
 * Takes the limit from a site's group, which goes later, once it is empty: at a limit not even deleting a subvolume would
 * work, and what is being deleted must count in the pool until it is gone. Absent is no error.
 */
export async function retireQgroup(poolDir: string, id: string): Promise<void> {
  await run('btrfs', ['qgroup', 'limit', '-e', String(RETIRED_BYTES_MAX), id, poolDir], { allow: [1] });
  await run('btrfs', ['qgroup', 'limit', 'none', id, poolDir], { allow: [1] });
}

/** Puts a subvolume into a group, with what it holds already. Being in it is no error. */
export async function joinQgroup(poolDir: string, subvolumeId: number, id: string): Promise<void> {
  const assign = ['qgroup', 'assign', '--no-rescan', `0/${subvolumeId}`, id, poolDir];
  await run('btrfs', assign, { allow: [1] }).then(expectExisting);
}

/** Empty groups that nobody needs: retired ones, and on kernels that keep those, the ones of deleted subvolumes. */
export function leftQgroups(groups: Qgroup[]): string[] {
  const parents = new Set(groups.flatMap((group) => group.parents));
  return groups
    .filter(({ id, bytes, retired, stale }) =>
      id.startsWith('1/') ? retired && !parents.has(id) : stale && bytes === 0,
    )
    .map(({ id }) => id);
}

const DROPPED_AT_ONCE_MAX = 20;

/** Removes some of them; one that is in use again, or gone, is no error. */
export async function dropQgroups(poolDir: string, ids: string[]): Promise<void> {
  for (const id of ids.slice(0, DROPPED_AT_ONCE_MAX))
    await run('btrfs', ['qgroup', 'destroy', id, poolDir], { allow: [1] });
}
