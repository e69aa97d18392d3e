// The plans an instance starts with. A plan that exists is left as the operator made it.

import type { Db } from '#lib/db/client.ts';

const MB = 1n << 20n;

export const PLANS = [
  {
    name: 'guest',
    diskBytesMax: 1024n * MB,
    inodesMax: 200_000,
    memoryBytesMax: 256n * MB,
    cpuMillisMax: 1_000,
    pidsMax: 128,
    openFilesMax: 4_096,
    logBytesMax: 2n * MB,
    tmpfsBytesMax: 64n * MB,
    pushBytesMax: 100n * MB,
    lifetimeMinutes: 24 * 60,
    sitesMax: 1,
    totalDiskBytesMax: 1024n * MB,
    totalMemoryBytesMax: 256n * MB,
    bandwidthBytesMax: 5n * MB,
    connectionsMax: 500,
    newConnectionsMax: 20,
    freezeAfterMinutes: 30,
    stopAfterMinutes: 240,
  },
  {
    name: 'member',
    diskBytesMax: 2048n * MB,
    inodesMax: 400_000,
    memoryBytesMax: 512n * MB,
    cpuMillisMax: 1_000,
    pidsMax: 256,
    openFilesMax: 4_096,
    logBytesMax: 4n * MB,
    tmpfsBytesMax: 128n * MB,
    pushBytesMax: 200n * MB,
    lifetimeMinutes: null,
    sitesMax: 5,
    totalDiskBytesMax: 5n * 2048n * MB,
    totalMemoryBytesMax: 5n * 512n * MB,
    bandwidthBytesMax: 10n * MB,
    connectionsMax: 1_000,
    newConnectionsMax: 50,
    freezeAfterMinutes: null,
    stopAfterMinutes: null,
  },
];

/** Inserts the plans that are missing. */
export async function seedPlans(db: Db): Promise<void> {
  await db.plan.createMany({ data: PLANS, skipDuplicates: true });
}
