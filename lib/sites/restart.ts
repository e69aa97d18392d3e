// The wish to restart: a new container on the same disk. It needs nothing of the old one, so it also helps a site whose
// process slots or memory are all taken, in which nothing can be started that would end something.

import { audit, type Who } from '../audit/audit.ts';
import type { Db } from '../db/client.ts';
import { notify } from '../db/notify.ts';
import { AppError } from '../errors/app-error.ts';
import { addJob } from '../jobs/add.ts';
import { siteHeld } from './held.ts';

/** A restart costs the machine as much as a launch. */
const PAUSE_MS = 10_000;

/**
 * Throws `site-not-ready` unless the site is live, `site-held` when it is stopped, and `too-many-requests` within ten seconds of the last restart. `by` is
 * the admin who does it to somebody else's site.
 */
export async function requestRestart(db: Db, site: { id: string; name: string }, by: Who | null = null): Promise<void> {
  await db.$transaction(async (tx) => {
    const seen = await tx.site.findUnique({ where: { id: site.id }, select: { heldBy: true, heldFor: true } });
    if (seen?.heldBy) throw siteHeld(seen);
    const where = { id: site.id, state: 'live' as const };
    const { count } = await tx.site.updateMany({
      where,
      data: { generation: { increment: 1 }, rest: 'awake', activeAt: new Date() },
    });
    if (count === 0) {
      throw new AppError('site-not-ready', {
        message: `The site ${site.name} is not live, so it cannot be restarted.`,
        hint: 'Its page says what it waits for.',
      });
    }
    const since = new Date(Date.now() - PAUSE_MS);
    if (await tx.event.findFirst({ where: { siteId: site.id, kind: 'restarted', at: { gt: since } } })) {
      throw new AppError('too-many-requests', {
        message: `The site ${site.name} was restarted less than ${PAUSE_MS / 1000} seconds ago.`,
        hint: 'Wait a moment and see whether it is well by now.',
      });
    }
    const text = `${by ? 'An admin' : 'You'} restarted the site: all of its processes ended, and the live release was started again.`;
    if (by) await audit(tx, { ...by, action: 'site.restart', subject: site.name, siteId: site.id });
    await tx.event.create({ data: { siteId: site.id, kind: 'restarted', text } });
    await addJob(tx, 'converge', { siteId: site.id });
    await notify(tx, 'site', site.id);
  });
}
