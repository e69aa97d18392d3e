// Makes a site's snapshots what its rows say: makes those that are asked for, drops what is too much or in the way of a disk
// that gets full, and what no row knows. The caller holds the site's lease; safe to repeat and to be killed in.

import { formatShare } from '../bytes.ts';
import type { Db } from '../db/client.ts';
import type { Checkpoint, Site } from '../db/generated/client.ts';
import type { Disk } from '../disk/disk.ts';
import { checkpointsChanged } from './changed.ts';
import { diskShareOf } from './disk-share.ts';
import { type MakeDeps, makeCheckpoint } from './make.ts';
import { NEAR_FULL_SHARE, planExcess, planRelief } from './plan.ts';

export interface TendDeps extends MakeDeps {
  disk: Pick<Disk, 'snapshot' | 'dropSnapshot' | 'snapshots'>;
}

const GONE = 'Its snapshot is not on the disk any more.';

export async function tendCheckpoints(deps: TendDeps, { id, restoringId }: Pick<Site, 'id' | 'restoringId'>) {
  const { db } = deps;
  const asked = await db.checkpoint.findMany({
    where: { siteId: id, status: 'making' },
    orderBy: { createdAt: 'asc' },
  });
  for (const { id: checkpoint, cause } of asked) {
    // The way back from a restore is made when nothing writes any more.
    if (!(cause === 'restore' && restoringId)) await makeCheckpoint(deps, id, checkpoint);
  }
  await chooseDropped(db, id, restoringId);
  const dropping = await db.checkpoint.findMany({ where: { siteId: id, status: 'dropping' } });
  for (const checkpoint of dropping) await drop(deps, id, checkpoint.id);
  await compare(deps, id);
}

async function chooseDropped(db: Db, siteId: string, inUse: string | null): Promise<void> {
  const rows = await db.checkpoint.findMany({ where: { siteId } });
  const disk = await diskShareOf(db, siteId);
  const excess = [...planExcess(rows, inUse), ...(await uncopied(db, rows))];
  const left = rows.filter(({ id }) => !excess.includes(id));
  const relief = disk ? planRelief(left, disk.usedBytes / disk.bytesMax, inUse) : [];
  if (excess.length + relief.length === 0) return;
  await db.$transaction(async (tx) => {
    await tx.checkpoint.updateMany({ where: { id: { in: [...excess, ...relief] } }, data: { status: 'dropping' } });
    if (!disk || relief.length === 0) return;
    const what =
      relief.length === 1 ? 'The oldest checkpoint that was made for you' : 'Checkpoints that were made for you';
    const text = `${what} went, because the disk is more than ${NEAR_FULL_SHARE * 100} percent full: ${formatShare(disk.usedBytes, disk.bytesMax)}.`;
    await tx.event.create({ data: { siteId, kind: 'checkpoint-dropped', text } });
  });
}

/** Those that were made for a copy which is done, or will never be. */
async function uncopied(db: Db, rows: Checkpoint[]): Promise<string[]> {
  const ids = rows.filter(({ cause, status }) => cause === 'clone' && status !== 'dropping').map(({ id }) => id);
  if (ids.length === 0) return [];
  const where = { cloneOfId: { in: ids }, state: { not: 'deleting' as const } };
  const wanted = new Set(
    (await db.site.findMany({ where, select: { cloneOfId: true } })).map((site) => site.cloneOfId),
  );
  return ids.filter((id) => !wanted.has(id));
}

async function drop({ db, disk }: TendDeps, siteId: string, id: string): Promise<void> {
  await disk.dropSnapshot(siteId, id);
  await db.$transaction(async (tx) => {
    await tx.checkpoint.deleteMany({ where: { id } });
    await checkpointsChanged(tx, siteId);
  });
}

/** Snapshots that no row knows go; a row without its snapshot says so. */
async function compare({ db, disk, log }: TendDeps, siteId: string): Promise<void> {
  const there = new Set(await disk.snapshots(siteId));
  const rows = await db.checkpoint.findMany({ where: { siteId } });
  const known = new Set(rows.filter(({ status }) => status !== 'failed').map(({ id }) => id));
  for (const name of there) {
    if (known.has(name)) continue;
    log.warn({ siteId, snapshot: name }, 'dropping a snapshot that no checkpoint knows');
    await disk.dropSnapshot(siteId, name);
  }
  const lost = rows.filter(({ id, status }) => status === 'ready' && !there.has(id)).map(({ id }) => id);
  if (lost.length === 0) return;
  await db.$transaction(async (tx) => {
    await tx.checkpoint.updateMany({ where: { id: { in: lost } }, data: { status: 'failed', problem: GONE } });
    await checkpointsChanged(tx, siteId);
  });
}
