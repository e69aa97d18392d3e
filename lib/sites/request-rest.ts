// The owner's wishes about sleep. A worker fulfils them: who is in the site at that moment is not disturbed. `by` is the
// admin who wishes it for somebody else's site.

import { audit, type Who } from '../audit/audit.ts';
import type { Db } from '../db/client.ts';
import { notify } from '../db/notify.ts';
import { AppError } from '../errors/app-error.ts';
import { addJob } from '../jobs/add.ts';

type SiteName = { id: string; name: string };

/** The site is to sleep until somebody comes; safe to repeat. Throws `site-not-ready` unless it is live and not held. */
export async function requestSleep(
  db: Db,
  site: SiteName,
  rest: 'frozen' | 'stopped',
  by: Who | null = null,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const where = { id: site.id, state: 'live' as const, heldBy: null };
    const { count } = await tx.site.updateMany({ where, data: { rest } });
    if (count === 0) throw notLive(site.name, 'put to sleep');
    if (by) await audit(tx, { ...by, action: 'site.sleep', subject: site.name, siteId: site.id, after: { rest } });
    await addJob(tx, 'converge', { siteId: site.id });
    await notify(tx, 'site', site.id);
  });
}

/** The site is to run again; safe to repeat. Throws `site-not-ready` unless it is live and not held. */
export async function requestWake(db: Db, site: SiteName, by: Who | null = null): Promise<void> {
  await db.$transaction(async (tx) => {
    if (!(await tx.site.findFirst({ where: { id: site.id, state: 'live', heldBy: null } }))) {
      throw notLive(site.name, 'woken');
    }
    if (by) await audit(tx, { ...by, action: 'site.wake', subject: site.name, siteId: site.id });
    await addJob(tx, 'wake', { siteId: site.id });
  });
}

function notLive(name: string, what: string): AppError {
  return new AppError('site-not-ready', {
    message: `The site ${name} is not live, so it cannot be ${what}.`,
    hint: 'Its page says what it waits for.',
  });
}
