// A site's limits as the engine, the disk and the network take them.

import type { Site } from '../db/generated/client.ts';
import type { DiskLimits } from '../disk/disk.ts';
import type { ContainerLimits } from '../engine/engine.ts';
import type { NetworkLimits } from '../network/network.ts';
import type { SiteLimits } from './limits.ts';

/** A process keeps this limit for its life, while the disk may grow under it: the disk's own limit is what holds. */
const FILE_BYTES_MAX_LEAST = 64 * 2 ** 30;

export function containerLimits(limits: SiteLimits): ContainerLimits {
  const { memoryBytesMax, cpuMillisMax, pidsMax, openFilesMax, tmpfsBytesMax } = limits;
  const fileBytesMax = Math.max(limits.diskBytesMax, FILE_BYTES_MAX_LEAST);
  return { memoryBytesMax, cpuMillisMax, pidsMax, openFilesMax, tmpfsBytesMax, fileBytesMax };
}

/** A disk with too many files is held at what it uses, whatever its limit is. */
export function diskLimits(
  { diskBytesMax, inodesMax }: SiteLimits,
  { diskHeldFor }: Pick<Site, 'diskHeldFor'>,
): DiskLimits {
  return { diskBytesMax, inodesMax, held: diskHeldFor !== null };
}

export function networkLimits({ bandwidthBytesMax, connectionsMax, newConnectionsMax }: SiteLimits): NetworkLimits {
  return { bandwidthBytesMax, connectionsMax, newConnectionsMax };
}
