// The wish to delete. From here on the site is gone for everybody; a worker removes what it had.

import type { Db } from '../db/client.ts';
import { notify } from '../db/notify.ts';
import { addJob } from '../jobs/add.ts';

/** Marks the site; safe to repeat. */
export async function requestDelete(db: Db, site: { id: string }): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.site.updateMany({ where: { id: site.id }, data: { state: 'deleting', launchKey: null } });
    await addJob(tx, 'converge', { siteId: site.id });
    await notify(tx, 'site', site.id);
  });
}
