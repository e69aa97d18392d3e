// Whose disk is full when a site's write fails: its own, or the one that all sites share.

import { statfsSync } from 'node:fs';
import { formatShare } from '../bytes.ts';
import { POOL_RESERVE_SHARE } from '../limits/judge-pool.ts';

/** statfs(2)'s type of a btrfs. */
export const BTRFS_MAGIC = 0x9123_683e;

/**
 * What is used of the pool that the path lies in, such as "9.9 GB of 10 GB", once its reserve is begun: from there on disks
 * are held. Null: it has room, or the filesystem is the site's own.
 */
export function findFullPool(path: string): string | null {
  const { type, bsize, blocks, bavail } = statfsSync(path);
  if (type !== BTRFS_MAGIC || bavail >= blocks * POOL_RESERVE_SHARE) return null;
  return formatShare(bsize * (blocks - bavail), bsize * blocks);
}
