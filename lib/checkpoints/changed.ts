// Tells whoever looks at a site's checkpoints that they changed.

import type { Transaction } from '../db/client.ts';
import { notify } from '../db/notify.ts';

export async function checkpointsChanged(tx: Transaction, siteId: string): Promise<void> {
  await tx.site.updateMany({ where: { id: siteId }, data: { checkpointsAt: new Date() } });
  await notify(tx, 'site', siteId);
}
