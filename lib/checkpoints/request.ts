// The wishes about checkpoints: make one, drop one, go back to one. Each is a row and a job; the deploy worker fulfils it.
// `by` is the admin who wishes it for somebody else's site.

import { audit, type Who } from '../audit/audit.ts';
import type { Db, Transaction } from '../db/client.ts';
import type { Checkpoint, Site } from '../db/generated/client.ts';
import { AppError, siteNotFound } from '../errors/app-error.ts';
import { addJob } from '../jobs/add.ts';
import { judgeRoom } from '../sites/admission.ts';
import { siteHeld } from '../sites/held.ts';
import { checkpointsChanged } from './changed.ts';
import { diskShareOf } from './disk-share.ts';
import { parseLabel } from './label.ts';
import { isNearFull, MANUAL_MAX } from './plan.ts';

type Named = Pick<Site, 'id' | 'name'>;

/** Throws `too-many-checkpoints`, `host-full`, and `site-not-ready` unless the site is live. */
export async function requestCheckpoint(
  db: Db,
  site: Named,
  label: string | null,
  by: Who | null = null,
): Promise<Checkpoint> {
  return db.$transaction(async (tx) => {
    await requireCalm(tx, site, 'A checkpoint of it can be made');
    const where = { siteId: site.id, cause: 'manual' as const, status: { in: ['making' as const, 'ready' as const] } };
    if ((await tx.checkpoint.count({ where })) >= MANUAL_MAX) throw tooMany(site.name);
    const host = await tx.host.findUnique({ where: { node: 'local' } });
    if (host) judgeRoom({ poolBytes: Number(host.poolBytes), poolBytesFree: Number(host.poolBytesFree) });
    const data = { siteId: site.id, cause: 'manual' as const, label: parseLabel(label) };
    const checkpoint = await tx.checkpoint.create({ data });
    await note(tx, site, by, 'site.checkpoint', { checkpoint: checkpoint.id });
    return checkpoint;
  });
}

/** Safe to repeat while it is being dropped. Throws `not-found`, and `site-not-ready` for one that is being restored. */
export async function requestDrop(db: Db, site: Named, id: string, by: Who | null = null): Promise<void> {
  await db.$transaction(async (tx) => {
    const { restoringId } = await lockSite(tx, site.id);
    await requireCheckpoint(tx, site, id);
    if (restoringId === id) throw restoring(site.name, 'Its checkpoint can be deleted');
    await tx.checkpoint.update({ where: { id }, data: { status: 'dropping' } });
    await note(tx, site, by, 'site.drop-checkpoint', { checkpoint: id });
  });
}

/**
 * Answers whether it can be undone: near the limit of the disk there is no room for a checkpoint of what is there now.
 * Throws `no-way-back` then, unless `withoutUndo` says that it is meant; `deployment-running` while one is; and
 * `site-not-ready` or `site-held` for a site that cannot be restored now.
 */
export async function requestRestore(
  db: Db,
  site: Named,
  id: string,
  { withoutUndo, by = null }: { withoutUndo: boolean; by?: Who | null },
): Promise<{ undo: boolean }> {
  return db.$transaction(async (tx) => {
    const { heldBy, heldFor } = await requireCalm(tx, site, 'It can be restored');
    const checkpoint = await requireCheckpoint(tx, site, id);
    if (heldBy && heldBy !== 'storm') throw siteHeld({ heldBy, heldFor });
    if (checkpoint.status !== 'ready') throw notReady(checkpoint);
    if (await tx.deployment.findFirst({ where: { siteId: site.id, status: 'running' } })) throw busy(site.name);
    const disk = await diskShareOf(tx, site.id);
    const undo = !disk || !isNearFull(disk.usedBytes, disk.bytesMax);
    if (!undo && !withoutUndo) throw noWayBack();
    if (undo) await tx.checkpoint.create({ data: { siteId: site.id, cause: 'restore' } });
    await tx.site.update({ where: { id: site.id }, data: { restoringId: id, activeAt: new Date() } });
    await note(tx, site, by, 'site.restore', { checkpoint: id, undo });
    return { undo };
  });
}

/** Throws `not-found` for one that is absent, another site's, or only there while a site is copied. */
export async function requireCheckpoint(tx: Db | Transaction, site: Named, id: string): Promise<Checkpoint> {
  const checkpoint = await tx.checkpoint.findFirst({ where: { id, siteId: site.id, cause: { not: 'clone' } } });
  if (checkpoint) return checkpoint;
  throw new AppError('not-found', {
    message: `The site ${site.name} has no such checkpoint.`,
    hint: 'Its page lists those that it has.',
  });
}

/** Wishes about one site follow each other. */
export async function lockSite(tx: Transaction, id: string) {
  await tx.$executeRaw`select 1 from "Site" where id = ${id}::uuid for update`;
  const site = await tx.site.findUnique({
    where: { id },
    select: { state: true, restoringId: true, heldBy: true, heldFor: true },
  });
  if (!site) throw siteNotFound();
  return site;
}

async function requireCalm(tx: Transaction, { id, name }: Named, what: string) {
  const site = await lockSite(tx, id);
  if (site.state !== 'live') {
    throw new AppError('site-not-ready', {
      message: `The site ${name} is not live. ${what} once it is.`,
      hint: 'Its page says what it waits for.',
    });
  }
  if (site.restoringId) throw restoring(name, what);
  return site;
}

async function note(
  tx: Transaction,
  { id, name }: Named,
  by: Who | null,
  action: string,
  after: Record<string, unknown>,
): Promise<void> {
  if (by) await audit(tx, { ...by, action, subject: name, siteId: id, after });
  await addJob(tx, 'converge', { siteId: id });
  await checkpointsChanged(tx, id);
}

function restoring(name: string, what: string): AppError {
  return new AppError('site-not-ready', {
    message: `The site ${name} is being restored. ${what} afterwards.`,
    hint: 'It takes some seconds; its page follows.',
  });
}

export function notReady({ status }: Pick<Checkpoint, 'status'>): AppError {
  return new AppError('site-not-ready', {
    message: status === 'making' ? 'That checkpoint is still being made.' : 'That checkpoint is not there any more.',
    hint: status === 'making' ? 'Try again in a moment.' : 'Choose another one.',
  });
}

function tooMany(name: string): AppError {
  return new AppError('too-many-checkpoints', {
    message: `The site ${name} has ${MANUAL_MAX} checkpoints that were made by hand, which is the most.`,
    hint: 'Delete one of them to make another.',
  });
}

function busy(name: string): AppError {
  return new AppError('deployment-running', {
    message: `A deployment of ${name} is running, so the site cannot be restored now.`,
    hint: 'Wait for its end, then try again.',
  });
}

function noWayBack(): AppError {
  return new AppError('no-way-back', {
    message: 'This restore could not be undone: the disk is too full to keep what is there now as well.',
    hint: 'Free some space or delete a checkpoint first, or restore without a way back (`withoutUndo`).',
  });
}
