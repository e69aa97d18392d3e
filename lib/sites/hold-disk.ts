// Disks that may not grow, looked at again and again: what their owners freed meanwhile is not to be filled with more.

import type { Db } from '../db/client.ts';
import type { Disk } from '../disk/disk.ts';
import { withLease } from '../jobs/lease.ts';
import type { Log } from '../log.ts';
import { limitsOf } from './limits.ts';
import { diskLimits } from './machine-limits.ts';

export interface TightenDeps {
  db: Db;
  disk: Pick<Disk, 'resize'>;
  log: Log;
  runner: string;
}

/** Each held disk's limit follows its use down. One that fails, or is worked on just now, does not keep the others from it. */
export async function tightenHeldDisks(deps: TightenDeps): Promise<void> {
  const where = { diskHeldFor: { not: null }, state: 'live' as const };
  for (const { id } of await deps.db.site.findMany({ where, select: { id: true } })) {
    const holder = `tighten:${deps.runner}:${crypto.randomUUID()}`;
    await withLease(deps.db, `converge:${id}`, holder, 0, async () => {
      // One that has been released meanwhile has its own limit again.
      const site = await deps.db.site.findFirst({ where: { ...where, id }, include: { plan: true } });
      if (site) await deps.disk.resize(id, diskLimits(limitsOf(site), site));
    }).catch((cause) => deps.log.warn({ siteId: id, cause: String(cause) }, 'a held disk was not tightened'));
  }
}
