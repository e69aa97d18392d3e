// Whose disk is full when a site's write fails: its own, or the one that all sites share.

import { type StatsFs, statfsSync } from 'node:fs';
import { formatShare } from '../bytes.ts';
import { POOL_RESERVE_SHARE } from '../limits/judge-pool.ts';

/** statfs(2)'s type of a btrfs. */
export const BTRFS_MAGIC = 0x9123_683e;

/**
 * What is used of the pool that the path lies in, such as "9.9 GB of 10 GB", once its reserve is begun: from there on disks
 * are held. Null: it has room, the filesystem is the site's own, or the path has gone meanwhile.
 */
export function findFullPool(path: string): string | null {
  const room = readRoom(path);
  if (room?.type !== BTRFS_MAGIC) return null;
  const { bsize, blocks, bavail } = room;
  return bavail < blocks * POOL_RESERVE_SHARE ? formatShare(bsize * (blocks - bavail), bsize * blocks) : null;
}

function readRoom(path: string): StatsFs | null {
  try {
    return statfsSync(path);
  } catch {
    return null; // It only says whose disk is full: what failed is told all the same.
  }
}
