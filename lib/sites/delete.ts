// The wish to delete. From here on the site is gone for everybody; a worker removes what it had.

import { audit, type Who } from '../audit/audit.ts';
import type { Db } from '../db/client.ts';
import { notify } from '../db/notify.ts';
import { addJob } from '../jobs/add.ts';

/** Marks the site; safe to repeat. `by` is who does it to somebody else's site: the audit log keeps it. */
export async function requestDelete(db: Db, site: { id: string }, by: Who | null = null): Promise<void> {
  await db.$transaction(async (tx) => {
    const { id } = site;
    const before =
      by && (await tx.site.findUnique({ where: { id }, select: { name: true, state: true, ownerId: true } }));
    const data = { state: 'deleting' as const, launchKey: null };
    const { count } = await tx.site.updateMany({ where: { id, state: { not: 'deleting' } }, data });
    if (by && before && count > 0) {
      await audit(tx, { ...by, action: 'site.delete', subject: before.name, siteId: id, before });
    }
    await addJob(tx, 'converge', { siteId: id });
    await notify(tx, 'site', id);
  });
}
