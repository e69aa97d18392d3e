// Disks that may not grow, looked at again and again: what their owners freed meanwhile is not to be filled with more.

import type { Db } from '../db/client.ts';
import type { Disk } from '../disk/disk.ts';
import type { Log } from '../log.ts';
import { limitsOf } from './limits.ts';
import { diskLimits } from './machine-limits.ts';

/** Each held disk's limit follows its use down. One that fails does not keep the others from it. */
export async function tightenHeldDisks({ db, disk, log }: { db: Db; disk: Disk; log: Log }): Promise<void> {
  const where = { diskHeldFor: { not: null }, state: 'live' as const };
  for (const { id } of await db.site.findMany({ where, select: { id: true } })) {
    // One that has been released meanwhile has its own limit again.
    const site = await db.site.findFirst({ where: { ...where, id }, include: { plan: true } });
    if (!site) continue;
    await disk
      .resize(id, diskLimits(limitsOf(site), site))
      .catch((cause) => log.warn({ siteId: id, cause: String(cause) }, 'a held disk was not tightened'));
  }
}
