// A site's checkpoints as its page and the API show them.

import type { Db } from '../db/client.ts';
import type { Checkpoint, Site } from '../db/generated/client.ts';
import { diskShareOf } from './disk-share.ts';
import { isNearFull, MANUAL_MAX } from './plan.ts';

export interface CheckpointView {
  id: string;
  /** Who wanted it: somebody, the deployment or the restore that was about to begin. */
  cause: 'manual' | 'deployment' | 'restore';
  label: string | null;
  status: Checkpoint['status'];
  problem: string | null;
  /** The release that was live. */
  release: { number: number; subject: string | null } | null;
  /** What would be free without it; null: not weighed yet. */
  heldBytes: number | null;
  createdAt: string;
}

export interface CheckpointList {
  /** The newest first. */
  checkpoints: CheckpointView[];
  /** What they hold together that the disk itself has not; null: not weighed yet. */
  heldBytes: number | null;
  manual: { made: number; max: number };
  /** Near the disk's limit none is made by itself, and a restore cannot be undone. */
  isNearFull: boolean;
  /** The one whose content the site is about to have again. */
  restoring: string | null;
}

type Owner = Pick<Site, 'id' | 'restoringId' | 'checkpointsBytes'>;

export async function listCheckpoints(db: Db, site: Owner): Promise<CheckpointList> {
  const [rows, disk] = await Promise.all([
    db.checkpoint.findMany({ where: { siteId: site.id, cause: { not: 'clone' } }, orderBy: { createdAt: 'desc' } }),
    diskShareOf(db, site.id),
  ]);
  const numbers = rows.flatMap(({ deploymentNumber }) => deploymentNumber ?? []);
  const deployments = await db.deployment.findMany({
    where: { siteId: site.id, number: { in: numbers } },
    select: { number: true, subject: true },
  });
  const subjects = new Map(deployments.map(({ number, subject }) => [number, subject]));
  const checkpoints = rows.map((row) => viewCheckpoint(row, subjects));
  return {
    checkpoints,
    heldBytes: site.checkpointsBytes === null ? null : Number(site.checkpointsBytes),
    manual: {
      made: checkpoints.filter(({ cause, status }) => cause === 'manual' && isThere(status)).length,
      max: MANUAL_MAX,
    },
    isNearFull: disk !== null && isNearFull(disk.usedBytes, disk.bytesMax),
    restoring: site.restoringId,
  };
}

export function viewCheckpoint(
  row: Checkpoint,
  subjects: ReadonlyMap<number, string | null> = new Map(),
): CheckpointView {
  const { id, label, status, problem, deploymentNumber: number } = row;
  return {
    ...{ id, label, status, problem },
    cause: row.cause === 'clone' ? 'manual' : row.cause,
    release: number === null ? null : { number, subject: subjects.get(number) ?? null },
    heldBytes: row.heldBytes === null ? null : Number(row.heldBytes),
    createdAt: row.createdAt.toISOString(),
  };
}

function isThere(status: Checkpoint['status']): boolean {
  return status === 'making' || status === 'ready';
}
