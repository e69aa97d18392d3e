// Makes one checkpoint of a site whose lease the caller holds: a snapshot, and the row that knows which releases are in it.

import type { Db } from '../db/client.ts';
import type { Disk } from '../disk/disk.ts';
import type { Log } from '../log.ts';
import { checkpointsChanged } from './changed.ts';

export interface MakeDeps {
  db: Db;
  disk: Pick<Disk, 'snapshot' | 'dropSnapshot'>;
  log: Log;
}

/** A release went live between the look and the snapshot: then once more. */
const ATTEMPTS = 3;
const FAULT = 'The checkpoint could not be made because of a fault on our side. Try again.';

interface Releases {
  deploymentNumber: number | null;
  keptNumbers: number[];
}

/** Safe to repeat and to be killed in. False: it failed, which its row says. */
export async function makeCheckpoint(deps: MakeDeps, siteId: string, id: string): Promise<boolean> {
  try {
    const releases = await snapshotBetweenReleases(deps, siteId, id);
    await deps.db.$transaction(async (tx) => {
      await tx.checkpoint.updateMany({ where: { id, status: 'making' }, data: { ...releases, status: 'ready' } });
      await checkpointsChanged(tx, siteId);
    });
    return true;
  } catch (cause) {
    deps.log.error({ siteId, checkpoint: id, cause: String(cause) }, 'a checkpoint could not be made');
    await deps.db.$transaction(async (tx) => {
      await tx.checkpoint.updateMany({ where: { id, status: 'making' }, data: { status: 'failed', problem: FAULT } });
      await checkpointsChanged(tx, siteId);
    });
    return false;
  }
}

/** Deployments go on meanwhile. The row that is not ready yet has no snapshot, or one of unknown releases. */
async function snapshotBetweenReleases({ db, disk }: MakeDeps, siteId: string, id: string): Promise<Releases> {
  for (let attempt = 1; ; attempt += 1) {
    await disk.dropSnapshot(siteId, id);
    const before = await releasesOf(db, siteId);
    await disk.snapshot(siteId, id);
    const after = await releasesOf(db, siteId);
    if (JSON.stringify(before) === JSON.stringify(after)) return after;
    if (attempt === ATTEMPTS) throw new Error('releases kept going live');
  }
}

async function releasesOf(db: Db, siteId: string): Promise<Releases> {
  const site = await db.site.findUniqueOrThrow({
    where: { id: siteId },
    select: {
      liveDeployment: { select: { number: true } },
      deployments: { where: { kept: true }, select: { number: true }, orderBy: { number: 'asc' } },
    },
  });
  return {
    deploymentNumber: site.liveDeployment?.number ?? null,
    keptNumbers: site.deployments.map(({ number }) => number),
  };
}
