// A site that its owner deleted and may have back: to everybody else, and on every other way, it is gone already.

import type { Db } from '../db/client.ts';
import { notify } from '../db/notify.ts';
import { requireSecret, type Settings } from '../env.ts';
import { siteNotFound } from '../errors/app-error.ts';
import { addJob } from '../jobs/add.ts';
import { includes, standingOf, type Viewer } from './access.ts';
import { isSiteName } from './names.ts';

export interface DeletedSite {
  id: string;
  name: string;
  ownerId: string | null;
  undoUntil: Date;
}

interface Deps {
  db: Db;
  settings: Settings;
  viewer: Viewer;
}

/** Null: there is none of this name that the viewer owns and may have back. */
export async function findDeleted({ db, settings, viewer }: Deps, name: string): Promise<DeletedSite | null> {
  if (!isSiteName(name)) return null;
  const site = await db.site.findFirst({
    where: { name, state: 'deleting', undoUntil: { gt: new Date() } },
    include: { members: true },
  });
  const standing = site && standingOf(requireSecret(settings), viewer, site);
  if (!standing || !includes(standing.access, 'own') || !site.undoUntil) return null;
  return { id: site.id, name: site.name, ownerId: site.ownerId, undoUntil: site.undoUntil };
}

/** Those of a user, the newest deleted first. */
export async function deletedSitesOf(db: Db, userId: string): Promise<{ name: string; undoUntil: Date }[]> {
  const rows = await db.site.findMany({
    where: { ownerId: userId, state: 'deleting', undoUntil: { gt: new Date() } },
    orderBy: { undoUntil: 'desc' },
    select: { name: true, undoUntil: true },
  });
  return rows.flatMap(({ name, undoUntil }) => (undoUntil ? [{ name, undoUntil }] : []));
}

/** The site is as it was. Throws `not-found` when it was too late. */
export async function bringBack(db: Db, { id }: Pick<DeletedSite, 'id'>): Promise<void> {
  await db.$transaction(async (tx) => {
    const { count } = await tx.site.updateMany({
      where: { id, state: 'deleting', undoUntil: { gt: new Date() } },
      data: { state: 'live', undoUntil: null, activeAt: new Date() },
    });
    if (count === 0) throw siteNotFound();
    await tx.event.create({ data: { siteId: id, kind: 'brought-back', text: 'You brought the deleted site back.' } });
    await addJob(tx, 'converge', { siteId: id });
    await notify(tx, 'site', id);
  });
}
