// The wish to delete. From here on the site is gone for everybody; a worker removes what it had, at once or when its
// owner can no longer want it back.

import { audit, type Who } from '../audit/audit.ts';
import type { Db } from '../db/client.ts';
import { notify } from '../db/notify.ts';
import { addJob } from '../jobs/add.ts';

/** Marks the site, also one that could have been brought back; safe to repeat. `by` is who does it to somebody else's site: the audit log keeps it. */
export async function requestDelete(db: Db, site: { id: string }, by: Who | null = null): Promise<void> {
  await db.$transaction(async (tx) => {
    const { id } = site;
    const before =
      by && (await tx.site.findUnique({ where: { id }, select: { name: true, state: true, ownerId: true } }));
    const data = { state: 'deleting' as const, undoUntil: null, launchKey: null };
    const stays = [{ state: { not: 'deleting' as const } }, { undoUntil: { not: null } }];
    const { count } = await tx.site.updateMany({ where: { id, OR: stays }, data });
    if (by && before && count > 0) {
      await audit(tx, { ...by, action: 'site.delete', subject: before.name, siteId: id, before });
    }
    await addJob(tx, 'converge', { siteId: id });
    await notify(tx, 'site', id);
  });
}

/**
 * As `requestDelete`, but for a while its owner may have the site back (lib/sites/undelete.ts): it stops, and keeps its
 * name, port and disk. A guest's site, and one that is not live, goes at once. Answers until when; null: it goes at once.
 */
export async function requestDeleteWithUndo(
  db: Db,
  { id, ownerId }: { id: string; ownerId: string | null },
  undoHours: number,
  now = new Date(),
): Promise<Date | null> {
  const owner = ownerId && (await db.user.findUnique({ where: { id: ownerId }, select: { role: true } }));
  const undoUntil = new Date(now.getTime() + undoHours * 3_600_000);
  const mayUndo = undoHours > 0 && owner && owner.role !== 'guest';
  if (mayUndo && (await markForUndo(db, id, undoUntil))) return undoUntil;
  await requestDelete(db, { id });
  return null;
}

async function markForUndo(db: Db, id: string, undoUntil: Date): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const data = { state: 'deleting' as const, undoUntil, launchKey: null };
    const { count } = await tx.site.updateMany({ where: { id, state: 'live' }, data });
    if (count === 0) return false;
    await addJob(tx, 'converge', { siteId: id });
    await notify(tx, 'site', id);
    return true;
  });
}
