// Disks that may not grow, looked at again and again: what their owners freed meanwhile is not to be filled with more.

import type { Db } from '../db/client.ts';
import type { Disk } from '../disk/disk.ts';
import type { Log } from '../log.ts';
import { limitsOf } from './limits.ts';
import { diskLimits } from './machine-limits.ts';

/** Each held disk's limit follows its use down. One that fails does not keep the others from it. */
export async function tightenHeldDisks({ db, disk, log }: { db: Db; disk: Disk; log: Log }): Promise<void> {
  const held = await db.site.findMany({
    where: { diskHeldFor: { not: null }, state: 'live' },
    include: { plan: true },
  });
  for (const site of held) {
    await disk
      .resize(site.id, diskLimits(limitsOf(site), site))
      .catch((cause) => log.warn({ siteId: site.id, cause: String(cause) }, 'a held disk was not tightened'));
  }
}
